"""A draft ends 30 × 24 hours after its last act: alone, or with a fiche never sent."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from relais.annuaire.contexte import contexte
from relais.coffre.actions import chercher_nir
from relais.fiches.actions import brouillons, envois
from relais.fiches.models import Brouillon, Fiche
from relais.rgpd import echeances
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT, LUNDI, PRECISION, apres
from tests.personas import Personas
from tests.rgpd.gestes import certifies, dits, lisibles, purger

INSTANT = timedelta(microseconds=1)
NIR = DEMANDE.personne.nir or ""


def cle_du_brouillon(fiche: Fiche) -> UUID:
    with gestes.vu_de(DEPARTEMENT):
        return Brouillon.objects.get(fiche=fiche).pk


def existe(fiche: Fiche) -> bool:
    with gestes.vu_de(DEPARTEMENT):
        return Fiche.objects.filter(pk=fiche.pk).exists()


def test_jamais_envoyee_la_fiche_part_entiere(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    brouillon = cle_du_brouillon(fiche)
    purger(apres(days=30) - INSTANT)
    assert existe(fiche)
    assert gestes.a_une_cle("brouillon", brouillon)
    assert [une.reference for une in echeances.de(DEPARTEMENT, maintenant=apres(days=30))] == [
        fiche.reference
    ]
    purger(apres(days=30))
    assert not existe(fiche)
    assert not gestes.a_une_cle("brouillon", brouillon)
    assert chercher_nir(DEPARTEMENT, NIR) == []
    assert certifies(DEPARTEMENT) == {"brouillon": 1}
    assert (fiche.reference, 1) in dits(DEPARTEMENT, "supprimer")


def test_chaque_enregistrement_la_garde_trente_jours_de_plus(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes, signer=False)
    par = personas.ts_rennes
    with contexte(par):
        brouillon = Brouillon.objects.get(fiche=fiche)
        brouillons.enregistrer(
            fiche,
            replace(brouillons.lire(brouillon), commentaire="Repris."),
            version=brouillon.version,
            par=par,
            maintenant=apres(days=29),
        )
    purger(apres(days=59) - INSTANT)
    assert existe(fiche)
    purger(apres(days=59))
    assert not existe(fiche)


def test_rappelee_et_laissee_la_fiche_part_entiere(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with contexte(personas.ts_rennes):
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(days=1))
    (copie,) = gestes.copies(fiche, DEPARTEMENT)
    purger(apres(days=31) - INSTANT)
    assert lisibles(fiche, DEPARTEMENT) == 1
    purger(apres(days=31))
    assert not existe(fiche)
    assert not gestes.a_une_cle("exemplaire", copie)
    assert certifies(CAISSE) == {"rappel": 1}
    assert certifies(DEPARTEMENT) == {"brouillon_fini": 1, "brouillon": 1}


def test_reprise_apres_un_rappel_la_fiche_suit_l_horloge_du_brouillon(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with contexte(personas.ts_rennes):
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(days=1))
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=20))
    purger(apres(days=50) - INSTANT)
    assert existe(fiche)
    purger(apres(days=50))
    assert not existe(fiche)
    assert gestes.copies(fiche, DEPARTEMENT) == []


def test_redemandee_puis_laissee_seul_le_brouillon_part(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=2))
    purger(apres(days=32))
    relue = gestes.relire(fiche, DEPARTEMENT)
    assert relue.statut == "repondue"
    with gestes.vu_de(DEPARTEMENT):
        assert not Brouillon.objects.exists()
    assert lisibles(fiche, DEPARTEMENT) == 2
    assert (fiche.reference, 1) in dits(DEPARTEMENT, "brouillon_supprime")


def test_rouverte_puis_laissee_la_fiche_reste_close(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(personas.ts_rennes, fiche)
    gestes.rouvrir(personas.ts_rennes, fiche, le=apres(days=2))
    purger(apres(days=32))
    relue = gestes.relire(fiche, DEPARTEMENT)
    assert (relue.statut, relue.rouverte_le) == ("close", None)


def test_un_complement_jamais_envoye_part_seul(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche, PRECISION)
    gestes.preparer(personas.ts_rennes, fiche, "En mars.", le=LUNDI + timedelta(days=1))
    purger(apres(days=31))
    assert gestes.relire(fiche, DEPARTEMENT).statut == "complement_demande"
    with gestes.vu_de(DEPARTEMENT):
        assert not Brouillon.objects.exists()
