"""A precision asked by the caisse, answered in the same tour: both sides, and what refuses it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.fiches.actions import brouillons, envois, reponses, reprises
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.contenu import ContenuReponse
from relais.fiches.exemplaires import derniere_demande, lire_page
from relais.fiches.exemplaires import reponses as dites
from relais.fiches.models import Avis, Brouillon, Envoi, Fiche, Tour
from relais.regles.fiche import ObjetComplement
from relais.regles.retrait import MotifRetrait
from tests.fiches import gestes
from tests.fiches.etapes import demandee
from tests.fiches.gestes import (
    CAISSE,
    DEMANDE,
    DEPARTEMENT,
    DISCRETE,
    ETAPE,
    IDENTITE,
    PAIEMENT,
    PRECISION,
    TRAIT,
    apres,
)
from tests.personas import Personas, connecter

DISCRETS = [objet for objet in ObjetComplement if objet != ObjetComplement.DOSSIER]


def test_demander_une_precision_passe_la_main_au_departement(personas: Personas) -> None:
    fiche = demandee(personas)
    assert fiche.statut == "complement_demande"
    assert fiche.chargee_a == personas.agent_caisse.agent  # the first act counts as taking charge
    assert gestes.transitions(fiche, CAISSE)[1:] == [
        ("prendre_en_charge", "transmise", "prise_en_charge"),
        ("demander_complement", "prise_en_charge", "complement_demande"),
    ]
    assert gestes.evenements(fiche, CAISSE)[-1] == "demander_complement"
    assert gestes.compteurs()["complements_demandes"] == 1
    with gestes.vu_de(DEPARTEMENT):
        ((envoi, dite),) = dites(fiche, DEPARTEMENT)
        assert (envoi.nature, dite) == ("complement_demande", PRECISION)
        assert Tour.objects.get().complement_demande_le == apres(hours=3)
    avis = Avis.objects.get(objet="reponse_a_demande_urgente")
    assert avis.agent == personas.ts_rennes.agent


def test_completer_renvoie_toute_la_demande_dans_le_meme_tour(personas: Personas) -> None:
    fiche = demandee(personas)
    gestes.completer(personas.ts_rennes, fiche, le=apres(hours=10), prenom="Camilla")
    relue = gestes.relire(fiche, CAISSE)
    assert relue.statut == "prise_en_charge"
    assert relue.reponse_due_le == apres(hours=72)  # the clock has not stopped
    assert relue.complement_recu_le == apres(hours=10)
    assert gestes.transitions(fiche, DEPARTEMENT)[-1] == (
        "completer",
        "complement_demande",
        "prise_en_charge",
    )
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "completer"
    assert gestes.compteurs()["complements_rendus"] == 1
    assert gestes.compteurs()["demandes"] == 1
    for organisation, purge in ((DEPARTEMENT, None), (CAISSE, apres(hours=10, days=20))):
        with gestes.vu_de(organisation):
            copie, contenu = derniere_demande(fiche, organisation) or (None, None)
            assert copie
            assert contenu
            assert copie.envoi.nature == "complement"
            assert copie.a_purger_le == purge  # its own twenty days
            assert contenu.personne == replace(DEMANDE.personne, prenom="Camilla")
            assert contenu.complement == "Déposée le 12 mars 2026."
            assert contenu.commentaire == DEMANDE.commentaire
            assert contenu.signature == gestes.SIGNEE
            assert lire_page(copie) == TRAIT
    with gestes.vu_de(CAISSE):
        assert Tour.objects.get().attente == timedelta(hours=7)
        assert Tour.objects.get().complement_demande_le is None


def test_completer_previent_la_boite_et_l_agent_en_charge(personas: Personas) -> None:
    fiche = demandee(personas)
    gestes.completer(personas.ts_rennes, fiche, le=apres(hours=10))
    derniers = Avis.objects.filter(cree_le=apres(hours=10))
    assert {a.agent for a in derniers} == {None, personas.agent_caisse.agent}
    assert {a.objet for a in derniers} == {"demande_urgente"}


def test_l_attente_se_cumule_d_une_precision_a_l_autre(personas: Personas) -> None:
    fiche = demandee(personas)
    gestes.completer(personas.ts_rennes, fiche, le=apres(hours=5))
    gestes.repondre(personas.agent_caisse, fiche, IDENTITE, le=apres(hours=6))
    gestes.completer(personas.ts_rennes, fiche, "Identité vérifiée.", le=apres(hours=9))
    gestes.repondre(personas.agent_caisse, fiche, PRECISION, le=apres(hours=10))
    gestes.repondre(personas.agent_caisse, fiche, PAIEMENT, le=apres(hours=20))  # all the same
    with gestes.vu_de(CAISSE):
        assert Tour.objects.get().attente == timedelta(hours=2 + 3 + 10)
    assert gestes.compteurs()["repondues_apres_complement"] == 1
    assert gestes.compteurs()["repondues_a_temps"] == 1


@pytest.mark.parametrize("reponse", [PAIEMENT, gestes.AILLEURS], ids=lambda r: r.nature)
def test_la_caisse_peut_repondre_sans_attendre(reponse: ContenuReponse, personas: Personas) -> None:
    fiche = demandee(personas)
    gestes.repondre(personas.agent_caisse, fiche, reponse, le=apres(hours=5))
    assert gestes.relire(fiche, DEPARTEMENT).statut in ("repondue", "hors_perimetre")


def test_la_caisse_ne_demande_pas_deux_precisions_a_la_fois(personas: Personas) -> None:
    fiche = demandee(personas)
    for reponse in (PRECISION, ETAPE):
        with pytest.raises(ActeRefuse):
            gestes.repondre(personas.agent_caisse_collegue, fiche, reponse, le=apres(hours=5))


@pytest.mark.parametrize("objet", DISCRETS)
def test_sans_la_case_informe_la_phrase_est_toute_faite(objet: str, personas: Personas) -> None:
    reponse = ContenuReponse(
        nature="complement_demande",
        objet_complement=objet,
        contactee_le=gestes.JOUR,
        contactee_par="telephone",
        agent_nom="Kim Fictif",
    )
    fiche = demandee(personas, DISCRETE, reponse)
    with gestes.vu_de(DEPARTEMENT):
        ((_, dite),) = dites(fiche, DEPARTEMENT)
        assert dite == replace(reponse, contactee_le=None, contactee_par=None)
    with gestes.vu_de(CAISSE):
        assert dites(fiche, CAISSE)[0][1] == reponse
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Précision demandée" in page
    assert "contactée directement" not in page


@pytest.mark.parametrize(
    ("champ", "reponse"),
    [
        ("objet_complement", replace(PRECISION, texte="")),
        ("texte", replace(IDENTITE, texte="Sa date de départ est le 1er mars.")),
        ("objet_complement", replace(IDENTITE, objet_complement="")),
    ],
)
def test_sans_la_case_informe_rien_du_dossier_ne_part(
    champ: str, reponse: ContenuReponse, personas: Personas
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
    with pytest.raises(ActeRefuse) as refus:
        gestes.repondre(personas.agent_caisse, fiche, reponse)
    assert champ in refus.value.manques
    assert gestes.relire(fiche, CAISSE).statut == "transmise"


@pytest.mark.parametrize(
    ("champ", "reponse"),
    [
        ("texte", replace(PRECISION, texte=" ")),
        ("objet_complement", replace(PRECISION, objet_complement="autre")),
    ],
)
def test_une_precision_dit_sur_quoi_elle_porte(
    champ: str, reponse: ContenuReponse, personas: Personas
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with pytest.raises(ActeRefuse) as refus:
        gestes.repondre(personas.agent_caisse, fiche, reponse)
    assert set(refus.value.manques) == {champ}


def test_un_nouvel_envoi_repart_tel_quel(personas: Personas) -> None:
    nouvel_envoi = replace(IDENTITE, objet_complement="nouvel_envoi")
    fiche = demandee(personas, DISCRETE, nouvel_envoi)
    gestes.completer(personas.ts_rennes, fiche, "", le=apres(days=21))
    with gestes.vu_de(CAISSE):
        copie, contenu = derniere_demande(fiche, CAISSE) or (None, None)
        assert copie
        assert contenu
        assert copie.a_purger_le == apres(days=41)
        assert contenu.personne == DISCRETE.personne


@pytest.mark.parametrize("reponse", [PRECISION, IDENTITE], ids=lambda r: r.objet_complement)
def test_completer_sans_rien_changer_est_refuse(
    reponse: ContenuReponse, personas: Personas
) -> None:
    fiche = demandee(personas, DEMANDE, reponse)
    with pytest.raises(ActeRefuse) as refus:
        gestes.completer(personas.ts_rennes, fiche, "", le=apres(hours=10))
    assert set(refus.value.manques) == {"complement"}


def test_une_precision_incomplete_ne_part_pas(personas: Personas) -> None:
    fiche = demandee(personas)
    with pytest.raises(ActeRefuse) as refus:
        gestes.completer(personas.ts_rennes, fiche, le=apres(hours=10), nom_naissance="")
    assert set(refus.value.manques) == {"nom_naissance"}
    assert gestes.relire(fiche, CAISSE).statut == "complement_demande"


def test_completer_ne_touche_a_rien_de_ce_qui_est_signe(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = demandee(personas)
    with contexte(par):
        brouillon = reprises.reprendre(fiche, par=par, maintenant=apres(hours=4))
        avant = brouillons.lire(brouillon)
        autre = replace(
            avant,
            informe=False,
            non_opposition=False,
            motifs=("rupture",),
            commentaire="Autre chose.",
            complement="Une précision.",
        )
        brouillon = brouillons.enregistrer(
            fiche, autre, version=brouillon.version, par=par, maintenant=apres(hours=5)
        )
        assert brouillons.lire(brouillon) == replace(avant, complement="Une précision.")
        assert brouillons.lire_signature(brouillon) == TRAIT
        for geste in (
            lambda: brouillons.retirer_signature(
                fiche, version=brouillon.version, par=par, maintenant=apres(hours=5)
            ),
            lambda: brouillons.signer(
                fiche,
                TRAIT,
                gestes.SIGNEE,
                version=brouillon.version,
                par=par,
                maintenant=apres(hours=5),
            ),
        ):
            with pytest.raises(ActeRefuse, match="signature de la demande"):
                geste()


@pytest.mark.parametrize(
    "qui", ["ts_rennes_collegue", "ts_redon", "charge_accueil_rennes", "encadrante_rennes"]
)
def test_personne_d_autre_ne_complete(qui: str, personas: Personas) -> None:
    autre = getattr(personas, qui)
    fiche = demandee(personas)
    for geste in (
        lambda: reprises.reprendre(fiche, par=autre, maintenant=apres(hours=4)),
        lambda: envois.completer(fiche, version=1, par=autre, maintenant=apres(hours=4)),
        lambda: reprises.abandonner(fiche, par=autre, maintenant=apres(hours=4)),
    ):
        with pytest.raises(PermissionDenied), contexte(autre):
            geste()


def test_on_ne_complete_que_la_version_qu_on_a_relue(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = demandee(personas)
    with contexte(par):
        brouillon = reprises.reprendre(fiche, par=par, maintenant=apres(hours=4))
        for version in (brouillon.version - 1, brouillon.version + 1):
            with pytest.raises(ActeRefuse, match="relue"):
                envois.completer(fiche, version=version, par=par, maintenant=apres(hours=4))


def test_un_complement_ne_part_pas_comme_une_nouvelle_demande(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = demandee(personas)
    with contexte(par):
        brouillon = reprises.reprendre(fiche, par=par, maintenant=apres(hours=4))
        with pytest.raises(ActeRefuse):
            envois.transmettre(fiche, version=brouillon.version, par=par, maintenant=apres(hours=4))
    with gestes.vu_de(DEPARTEMENT):
        assert Tour.objects.count() == 1


def test_la_caisse_repond_pendant_qu_on_complete_rien_n_est_perdu(personas: Personas) -> None:
    """The words become part of a new request if one is made; the signature does not follow."""
    par = personas.ts_rennes
    fiche = demandee(personas)
    brouillon = gestes.preparer(par, fiche, "Déposée en mars.", le=apres(hours=4))
    gestes.repondre(personas.agent_caisse, fiche, PAIEMENT, le=apres(hours=5))
    for envoyer in (envois.completer, envois.transmettre):
        with pytest.raises(ActeRefuse, match="entre-temps"), contexte(par):
            envoyer(fiche, version=brouillon.version, par=par, maintenant=apres(hours=6))
    with contexte(par):
        repris = reprises.reprendre(fiche, par=par, maintenant=apres(hours=7))
        contenu = brouillons.lire(repris)
        assert contenu.commentaire.endswith("Déposée en mars.")
        assert (contenu.signature, contenu.informe, contenu.complement) == (None, False, "")
        assert brouillons.lire_signature(repris) is None
        assert repris.pk == brouillon.pk


def test_retirer_pendant_l_attente_emporte_ce_qui_s_ecrivait(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = demandee(personas)
    with contexte(par):
        reprises.reprendre(fiche, par=par, maintenant=apres(hours=4))
        envois.retirer(fiche, MotifRetrait.DECES, par=par, maintenant=apres(hours=5))
        assert not Brouillon.objects.exists()
        assert Tour.objects.get().attente == timedelta(hours=2)


def test_abandonner_laisse_la_fiche_comme_elle_etait(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = demandee(personas)
    with contexte(par):
        with pytest.raises(ActeRefuse, match="rien à abandonner"):
            reprises.abandonner(fiche, par=par, maintenant=apres(hours=4))
        reprises.reprendre(fiche, par=par, maintenant=apres(hours=4))
        reprises.abandonner(fiche, par=par, maintenant=apres(hours=5))
        assert not Brouillon.objects.exists()
    assert gestes.relire(fiche, DEPARTEMENT).statut == "complement_demande"
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "brouillon_supprime"


def test_un_premier_brouillon_se_supprime_il_ne_s_abandonne_pas(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    with pytest.raises(ActeRefuse), contexte(personas.ts_rennes):
        reprises.abandonner(fiche, par=personas.ts_rennes, maintenant=apres(hours=4))


def test_la_precision_recue_se_voit_jusqu_a_ce_que_l_agent_en_charge_l_ouvre(
    personas: Personas,
) -> None:
    fiche = demandee(personas)
    gestes.completer(personas.ts_rennes, fiche, le=apres(hours=10))
    for qui, vue in (
        (personas.agent_caisse_collegue, True),
        (personas.agent_caisse, True),  # new this once
        (personas.agent_caisse, False),
    ):
        page = connecter(qui).get(f"/fiches/{fiche.reference}/").content.decode()
        assert ("Précision reçue" in page) == vue
    with gestes.vu_de(CAISSE):
        lu = Envoi.objects.get(nature="complement")
        assert lu.lu_par == personas.agent_caisse_collegue.agent


@pytest.mark.parametrize("reponse", [ETAPE, PAIEMENT, PRECISION], ids=lambda r: r.nature)
def test_agir_vaut_lecture_du_complement(reponse: ContenuReponse, personas: Personas) -> None:
    fiche = demandee(personas)
    gestes.completer(personas.ts_rennes, fiche, le=apres(hours=10))
    gestes.repondre(personas.agent_caisse_collegue, fiche, reponse, le=apres(hours=11))
    assert gestes.relire(fiche, CAISSE).complement_recu_le is None


def test_sur_bluefiles_rien_ne_se_complete_ici(personas: Personas) -> None:
    par, qui = personas.ts_rennes, personas.agent_caisse
    fiche, demandee_la = gestes.transmettre(par), demandee(personas)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.update(canal="bluefiles")
    for acteur, geste in (
        (
            qui,
            lambda: reponses.demander_complement(
                fiche, PRECISION, par=qui, maintenant=apres(hours=4)
            ),
        ),
        (par, lambda: reprises.reprendre(demandee_la, par=par, maintenant=apres(hours=4))),
        (par, lambda: envois.completer(demandee_la, version=1, par=par, maintenant=apres(hours=4))),
    ):
        with pytest.raises(ActeRefuse, match="partie par BlueFiles"), contexte(acteur):
            geste()
