"""The caisse's acts: open, take charge, étape, answer, out of perimeter. Each with its refusals."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.fiches.actions import envois, reponses
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.contenu import ContenuReponse
from relais.fiches.exemplaires import reponses as dites
from relais.fiches.models import Avis, Envoi, Exemplaire, Fiche, Tour
from tests.fiches import gestes
from tests.fiches.gestes import (
    AILLEURS,
    CAISSE,
    DEPARTEMENT,
    DISCRETE,
    ETAPE,
    PAIEMENT,
    REPONSES,
    apres,
)
from tests.personas import Personas

SANS_DROIT = (
    "ts_rennes",
    "ts_rennes_collegue",
    "encadrante_rennes",
    "referent_departement",
    "dpo_departement",
    "referent_caisse",
    "dpo_caisse",
    "admin_caisse",
    "agent_autre_caisse",
)
INCOMPLETES = {
    "nature": ContenuReponse(),
    "versement_le": ContenuReponse(nature="paiement_debloque"),
    "pieces": replace(REPONSES["piece_manquante"], pieces=(" ",)),
    "pieces_a_qui": replace(REPONSES["piece_manquante"], pieces_a_qui=""),
    "pieces_moyen": replace(REPONSES["piece_manquante"], pieces_moyen=""),
    "pieces_avant_le": replace(REPONSES["piece_manquante"], pieces_avant_le=date(2026, 11, 22)),
    "droit": replace(REPONSES["droit_accorde"], droit="inconnu"),
    "droit_effet_le": replace(REPONSES["droit_accorde"], droit_effet_le=None),
    "organisme": replace(REPONSES["autre_organisme"], organisme=""),
    "organisme_contact": replace(REPONSES["autre_organisme"], organisme_contact=""),
    "transmis": replace(REPONSES["autre_organisme"], transmis=None),
    "transmis_le": replace(REPONSES["autre_organisme"], transmis=True),
    "texte": replace(REPONSES["autre"], texte=" "),
    "suite_par": replace(REPONSES["autre"], suite_par=""),
    "suite_avant_le": replace(REPONSES["autre"], suite_avant_le=None),
    "prochain_point_le": ContenuReponse(nature="etape"),
    "contactee_le": replace(PAIEMENT, contactee_par="telephone"),
    "contactee_par": replace(PAIEMENT, contactee_le=date(2026, 11, 20)),
}


def test_ouvrir_est_note_une_fois_avec_qui_a_lu(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.lire(personas.agent_caisse, fiche, le=apres(hours=1))
    gestes.lire(personas.agent_caisse_collegue, fiche, le=apres(hours=2))
    assert gestes.relire(fiche, DEPARTEMENT).ouverte_caisse_le == apres(hours=1)
    with gestes.vu_de(DEPARTEMENT):
        envoi = Envoi.objects.get()
        assert (envoi.lu_le, envoi.lu_par) == (apres(hours=1), personas.agent_caisse.agent)


def test_une_fiche_rappelee_ne_s_ouvre_plus(personas: Personas) -> None:
    """The agent had the list on screen: the fiche he clicks is no longer there for him."""
    fiche = gestes.transmettre(personas.ts_rennes)
    with contexte(personas.agent_caisse):
        vue = Fiche.objects.get()
    with contexte(personas.ts_rennes):
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(hours=1))
    with pytest.raises(ActeRefuse, match="rappelée"), contexte(personas.agent_caisse):
        reponses.ouvrir(vue, par=personas.agent_caisse, maintenant=apres(hours=2))
    assert gestes.relire(fiche, DEPARTEMENT).ouverte_caisse_le is None


def test_prendre_en_charge_dit_qui_et_quand(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    prise = gestes.relire(fiche, DEPARTEMENT)
    assert (prise.statut, prise.chargee_a) == ("prise_en_charge", personas.agent_caisse.agent)
    assert prise.premier_geste_le == prise.ouverte_caisse_le == apres(hours=2)
    assert gestes.evenements(fiche, CAISSE) == ["depot_recu", "prendre_en_charge"]
    assert gestes.transitions(fiche, CAISSE)[1:] == [
        ("prendre_en_charge", "transmise", "prise_en_charge")
    ]
    with gestes.vu_de(CAISSE):
        assert Tour.objects.get().premier_geste_le == apres(hours=2)


def test_un_collegue_apprend_qui_a_pris_la_fiche(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    with pytest.raises(ActeRefuse, match="Kim Fictif vient de prendre"):
        gestes.prendre(personas.agent_caisse_collegue, fiche)
    with pytest.raises(ActeRefuse):  # twice by oneself: said too, and nothing is written twice
        gestes.prendre(personas.agent_caisse, fiche)
    assert gestes.evenements(fiche, CAISSE).count("prendre_en_charge") == 1


def test_la_suivante_est_la_plus_urgente_que_personne_n_a(personas: Personas) -> None:
    tard = gestes.transmettre(personas.ts_rennes, le=apres(days=2))
    tot = gestes.transmettre(personas.ts_rennes, le=apres(hours=1))
    prise = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse_collegue, prise)
    qui = personas.agent_caisse
    for attendue in (tot, tard, None):
        with contexte(qui):
            prochaine = reponses.prendre_la_suivante(par=qui, maintenant=apres(days=2))
            assert prochaine == attendue


@pytest.mark.parametrize("qui", SANS_DROIT)
def test_personne_d_autre_ne_fait_les_gestes_de_la_caisse(qui: str, personas: Personas) -> None:
    autre = getattr(personas, qui)
    fiche = gestes.transmettre(personas.ts_rennes)
    for geste in (
        lambda: reponses.ouvrir(fiche, par=autre, maintenant=apres(hours=1)),
        lambda: reponses.prendre_en_charge(fiche, par=autre, maintenant=apres(hours=1)),
        *(
            lambda r=r: reponses.envoyer(fiche, r, par=autre, maintenant=apres(hours=1))
            for r in (PAIEMENT, ETAPE, AILLEURS)
        ),
    ):
        with pytest.raises(PermissionDenied), contexte(autre):
            geste()
    assert gestes.relire(fiche, DEPARTEMENT).statut == "transmise"


@pytest.mark.parametrize("qui", SANS_DROIT[:-1])
def test_seule_la_caisse_prend_la_suivante(qui: str, personas: Personas) -> None:
    gestes.transmettre(personas.ts_rennes)
    autre = getattr(personas, qui)
    with pytest.raises(PermissionDenied), contexte(autre):
        reponses.prendre_la_suivante(par=autre, maintenant=apres(hours=1))


def test_une_autre_caisse_n_a_rien_a_prendre(personas: Personas) -> None:
    gestes.transmettre(personas.ts_rennes)
    autre = personas.agent_autre_caisse
    with contexte(autre):
        assert reponses.prendre_la_suivante(par=autre, maintenant=apres(hours=1)) is None


@pytest.mark.parametrize("nature", REPONSES)
def test_chaque_reponse_arrive_au_departement(nature: str, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    gestes.repondre(personas.agent_caisse, fiche, REPONSES[nature])
    repondue = gestes.relire(fiche, DEPARTEMENT)
    assert (repondue.statut, repondue.repondue_le) == ("repondue", apres(hours=3))
    for organisation, purge in ((CAISSE, apres(days=20, hours=3)), (DEPARTEMENT, None)):
        with gestes.vu_de(organisation):
            ((envoi, dite),) = dites(fiche, organisation)
            assert dite == REPONSES[nature]
            assert (envoi.nature, envoi.envoye_le) == ("reponse", apres(hours=3))
            assert envoi.exemplaires.get().a_purger_le == purge
    assert gestes.evenements(fiche, CAISSE)[1:] == ["prendre_en_charge", "repondre"]
    assert gestes.evenements(fiche, DEPARTEMENT)[2:] == ["depot_recu"]
    assert gestes.compteurs()["repondues_a_temps"] == 1
    assert Avis.objects.get(objet="reponse_a_demande_urgente").agent == personas.ts_rennes.agent


@pytest.mark.parametrize("champ", INCOMPLETES)
def test_une_reponse_incomplete_ne_part_pas(champ: str, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with pytest.raises(ActeRefuse) as refus:
        gestes.repondre(personas.agent_caisse, fiche, INCOMPLETES[champ])
    assert champ in refus.value.manques
    assert gestes.relire(fiche, CAISSE).statut == "transmise"
    assert gestes.evenements(fiche, CAISSE) == ["depot_recu"]


@pytest.mark.parametrize("reponse", [PAIEMENT, ETAPE, AILLEURS], ids=lambda r: r.nature)
def test_le_premier_geste_vaut_prise_en_charge(reponse: ContenuReponse, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche, reponse)
    relue = gestes.relire(fiche, CAISSE)
    assert relue.chargee_a == personas.agent_caisse.agent
    assert relue.premier_geste_le == relue.ouverte_caisse_le == apres(hours=3)
    assert [g for g, _, _ in gestes.transitions(fiche, CAISSE)][1] == "prendre_en_charge"
    assert gestes.evenements(fiche, CAISSE)[1] == "prendre_en_charge"


def test_une_etape_reservee_se_compte_a_part_elle_aussi(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
    gestes.repondre(personas.agent_caisse, fiche, ETAPE)
    gestes.repondre(personas.agent_caisse, fiche, le=apres(hours=5))
    assert gestes.compteurs()["etapes_sans_case"] == 1
    assert gestes.compteurs()["repondues_a_temps_avec_etape_sans_case"] == 1
    assert "repondues_a_temps_avec_etape" not in gestes.compteurs()


def test_une_etape_laisse_la_fiche_a_la_caisse(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    for heures in (3, 4):
        gestes.repondre(personas.agent_caisse, fiche, ETAPE, le=apres(hours=heures))
    relue = gestes.relire(fiche, DEPARTEMENT)
    assert (relue.statut, relue.repondue_le) == ("prise_en_charge", None)
    assert relue.prochain_point_le == ETAPE.prochain_point_le
    with gestes.vu_de(DEPARTEMENT):
        assert Tour.objects.get().etapes == 2
        assert len(dites(fiche, DEPARTEMENT)) == 2
    gestes.repondre(personas.agent_caisse, fiche, le=apres(hours=5))
    assert gestes.relire(fiche, DEPARTEMENT).prochain_point_le is None
    assert gestes.compteurs()["etapes"] == 2
    assert gestes.compteurs()["repondues_a_temps_avec_etape"] == 1
    assert "repondues_a_temps" not in gestes.compteurs()


@pytest.mark.parametrize(
    ("heures", "code"), [(72, "repondues_a_temps"), (72.01, "repondues_en_retard")]
)
def test_le_retard_se_compte_a_la_seconde(heures: float, code: str, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche, le=apres(hours=heures))
    assert gestes.compteurs()[code] == 1


def test_hors_perimetre_oriente_et_compte(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche, AILLEURS)
    assert gestes.relire(fiche, DEPARTEMENT).statut == "hors_perimetre"
    assert gestes.compteurs()["hors_perimetre"] == 1
    assert gestes.evenements(fiche, CAISSE)[-1] == "dire_hors_perimetre"
    with gestes.vu_de(DEPARTEMENT):
        ((envoi, dite),) = dites(fiche, DEPARTEMENT)
        assert (envoi.nature, dite) == ("hors_perimetre", AILLEURS)


@pytest.mark.parametrize("reponse", [PAIEMENT, ETAPE, AILLEURS], ids=lambda r: r.nature)
def test_une_fiche_repondue_n_a_pas_de_seconde_reponse(
    reponse: ContenuReponse, personas: Personas
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    with pytest.raises(ActeRefuse):
        gestes.repondre(personas.agent_caisse_collegue, fiche, reponse, le=apres(hours=4))
    with gestes.vu_de(CAISSE):
        assert Envoi.objects.filter(nature="reponse").count() == 1


def test_sans_la_case_informe_la_reponse_reste_a_la_caisse(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
    gestes.repondre(personas.agent_caisse, fiche, ETAPE, le=apres(hours=2))
    gestes.repondre(personas.agent_caisse, fiche)
    with gestes.vu_de(CAISSE):
        assert len(dites(fiche, CAISSE)) == 2
    with gestes.vu_de(DEPARTEMENT):
        assert dites(fiche, DEPARTEMENT) == []
        assert [e.nature for e in Envoi.objects.order_by("envoye_le")] == ["demande", "reponse"]
        assert "donner_etape" not in [g for g, _, _ in gestes.transitions(fiche, DEPARTEMENT)]
        assert Exemplaire.objects.count() == 1
    assert Avis.objects.filter(objet="reponse_a_demande_urgente").count() == 1


def test_pas_d_acte_sans_evenement_ni_d_evenement_sans_acte(personas: Personas) -> None:
    """Each line of the timeline has its event in its actor's chain, and the other way round."""
    for contenu in (gestes.DEMANDE, DISCRETE):
        fiche = gestes.transmettre(personas.ts_rennes, contenu)
        gestes.prendre(personas.agent_caisse, fiche)
        gestes.repondre(personas.agent_caisse, fiche, ETAPE)
        gestes.repondre(personas.agent_caisse, fiche, AILLEURS, le=apres(hours=4))
        gestes.reprendre(personas.ts_rennes, fiche, le=apres(hours=5))
        gestes.envoyer(personas.ts_rennes, fiche, le=apres(hours=6))
        gestes.repondre(personas.agent_caisse, fiche, le=apres(hours=7))
        gestes.clore(personas.ts_rennes, fiche)
        actes = sorted(g for g, _, _ in gestes.transitions(fiche, CAISSE))
        traces = sorted(
            action
            for organisation in (CAISSE, DEPARTEMENT)
            for action in gestes.evenements(fiche, organisation)
            if action not in ("brouillon_cree", "depot_recu")
        )
        assert actes == traces
        assert len(actes) == 8
