"""Somebody leaves: what goes to whom, and who has what afterwards."""

import pytest

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation, Agent
from relais.fiches.actions import departs
from relais.fiches.departs import Heritage
from relais.fiches.models import Fiche
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT, apres
from tests.personas import Personas


def vers(a: Affectation, **par_fiche: Affectation) -> Heritage:
    equipe = None if a.a_la_caisse else a.equipe_id
    return Heritage({equipe: a}, par_fiche)


def partir(qui: Affectation, heritage: Heritage, *, par: Affectation) -> int:
    with contexte(par):
        return departs.partir(qui.agent, heritage, par=par, maintenant=apres(hours=5))


def passer(qui: Affectation, heritage: Heritage, *, par: Affectation) -> int:
    with contexte(par):
        return departs.passer(qui.agent, heritage, par=par, maintenant=apres(hours=5))


def actif(qui: Affectation) -> bool:
    return Agent.objects.get(pk=qui.agent_id).is_active


def proprietaires() -> set[str]:
    with gestes.vu_de(DEPARTEMENT):
        return {f.proprietaire.prenom for f in Fiche.objects.select_related("proprietaire")}


def orphelines() -> int:
    with gestes.vu_de(DEPARTEMENT):
        return Fiche.objects.sans_proprietaire_actif().count()


@pytest.fixture
def trois(personas: Personas) -> list[Fiche]:
    """A sent fiche, an answered one, a draft: all of ts_rennes."""
    ts = personas.ts_rennes
    repondue = gestes.transmettre(ts)
    gestes.repondre(personas.agent_caisse, repondue)
    return [gestes.transmettre(ts), repondue, gestes.ecrire(ts)]
