"""Somebody leaves: what the database refuses by itself, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Agent
from relais.fiches.actions import envois
from relais.fiches.models import Fiche
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT, apres
from tests.personas import Personas


@pytest.mark.parametrize("etat", ["brouillon", "envoyée", "répondue", "rappelée"])
def test_la_base_seule_refuse_de_fermer_le_compte_qui_suit_une_fiche(
    personas: Personas, etat: str
) -> None:
    ts = personas.ts_rennes
    fiche = gestes.ecrire(ts) if etat == "brouillon" else gestes.transmettre(ts)
    if etat == "répondue":
        gestes.repondre(personas.agent_caisse, fiche)
    if etat == "rappelée":
        with contexte(ts):
            envois.rappeler(fiche, par=ts, maintenant=apres(hours=1))
    for requete in (
        "UPDATE annuaire_agent SET is_active = false WHERE id = %s",
        "UPDATE annuaire_affectation SET active = false WHERE agent_id = %s",
        "UPDATE annuaire_affectation SET role = 'referent' WHERE agent_id = %s",
        "DELETE FROM annuaire_affectation WHERE agent_id = %s",
    ):
        with (
            pytest.raises(IntegrityError, match="still has open fiches"),
            transaction.atomic(),
            connection.cursor() as curseur,
        ):
            curseur.execute(requete, [ts.agent_id])


def test_la_base_laisse_partir_qui_n_a_plus_que_des_fiches_terminees(personas: Personas) -> None:
    ts = personas.ts_rennes
    fiche = gestes.transmettre(ts)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(ts, fiche)
    Agent.objects.filter(pk=ts.agent_id).update(is_active=False)
    assert not Agent.objects.get(pk=ts.agent_id).is_active


def test_la_base_seule_retient_aussi_l_agent_de_la_caisse(personas: Personas) -> None:
    kim = personas.agent_caisse
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(kim, fiche)
    with pytest.raises(IntegrityError, match="still has open fiches"), transaction.atomic():
        Agent.objects.filter(pk=kim.agent_id).update(is_active=False)
    gestes.repondre(kim, fiche)
    Agent.objects.filter(pk=kim.agent_id).update(is_active=False)


def test_la_base_seule_refuse_de_donner_une_fiche_a_qui_ne_peut_rien_en_faire(
    personas: Personas,
) -> None:
    """A closed account, another équipe, another role: raw SQL does not pass either."""
    fiche = gestes.transmettre(personas.ts_rennes)
    Agent.objects.filter(pk=personas.ts_rennes_collegue.agent_id).update(is_active=False)
    for nom in ("ts_rennes_collegue", "ts_redon", "referent_departement", "agent_caisse"):
        with (
            gestes.vu_de(DEPARTEMENT),
            pytest.raises(IntegrityError, match="its owner cannot act"),
            transaction.atomic(),
        ):
            Fiche.objects.filter(pk=fiche.pk).update(proprietaire=getattr(personas, nom).agent)
    with (
        gestes.vu_de(CAISSE),
        pytest.raises(IntegrityError, match="who is in charge"),
        transaction.atomic(),
    ):
        Fiche.objects.filter(pk=fiche.pk).update(chargee_a=personas.agent_autre_caisse.agent)


def test_le_refus_de_la_base_ne_leve_pas_le_mur(personas: Personas) -> None:
    """The trigger looks behind each wall in turn, and gives back the one that stood."""
    gestes.transmettre(personas.ts_rennes)
    with gestes.vu_de("autre-caisse"):
        Agent.objects.filter(pk=personas.ts_redon.agent_id).update(is_active=False)
        assert Fiche.objects.count() == 0
        with pytest.raises(IntegrityError), transaction.atomic():
            Agent.objects.filter(pk=personas.ts_rennes.agent_id).update(is_active=False)
        assert Fiche.objects.count() == 0
