"""Two birth dates under one number: what is taken meanwhile, then once somebody decided."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from relais.annuaire.contexte import contexte
from relais.regles.reperage import Difference
from relais.regles.urgence import Urgence
from relais.reperage.actions import conflits
from relais.reperage.actions.conflits import Decision
from relais.socle import horloge
from tests.personas import Personas
from tests.reperage.personnes import (
    DECEMBRE,
    NOVEMBRE,
    OCTOBRE,
    ODE,
    REDON,
    TABLEAU,
    dite,
    enregistrer,
    nommee,
    seule,
)

pytestmark = pytest.mark.usefixtures("personas")
GARDEE = date(1963, 1, 15)
AUTRE = replace(
    nommee(dite(ODE, suspendu=True, invalidite=True), naissance=date(1963, 1, 16)),
    coordonnees=REDON,
)


def _decider(par: Any, decision: Decision) -> None:
    personne, dossier = seule()
    (conflit,) = conflits.a_decider(dossier)
    with contexte(par):
        conflits.decider(personne, conflit, decision, par=par, maintenant=horloge.maintenant())


def test_avant_la_decision_la_suspension_et_l_adresse_sont_prises() -> None:
    enregistrer(nommee(ODE, naissance=GARDEE), au=OCTOBRE)
    quoi = {Difference.CONFLIT, Difference.SUSPENSION, Difference.DEMENAGEE}
    assert enregistrer(AUTRE, au=NOVEMBRE) == [quoi]
    personne, dossier = seule()
    assert (personne.urgence, personne.vue_le) == (Urgence.EN_PREMIER, NOVEMBRE)
    assert (dossier.situation.suspendu, dossier.situation.invalidite) == (True, False)
    assert dossier.coordonnees == REDON
    assert dossier.identite.naissance == GARDEE
    assert enregistrer(AUTRE, au=NOVEMBRE) == [{Difference.INCHANGEE}]


def test_apres_garder_les_fichiers_reprennent_avec_la_date_gardee(personas: Personas) -> None:
    enregistrer(nommee(ODE, naissance=GARDEE), au=OCTOBRE)
    enregistrer(AUTRE, au=NOVEMBRE)
    _decider(personas.charge_reperage, Decision.GARDER)
    assert enregistrer(AUTRE, au=DECEMBRE) == [{Difference.INVALIDITE}]
    personne, dossier = seule()
    assert dossier.situation == AUTRE.situation
    assert dossier.identite == nommee(ODE, naissance=GARDEE).identite
    assert not personne.a_decider


def test_la_fin_de_la_suspension_n_efface_personne_avant_la_decision() -> None:
    jeune = nommee(dite(ODE, suspendu=True), naissance=date(1975, 1, 15))
    enregistrer(jeune, au=OCTOBRE)
    assert enregistrer(nommee(ODE, naissance=date(1960, 1, 15)), au=NOVEMBRE) == [
        {Difference.CONFLIT, Difference.SITUATION}
    ]
    assert not seule()[1].situation.suspendu


def test_un_tableau_ne_dit_rien_de_la_suspension_avant_la_decision() -> None:
    enregistrer(nommee(dite(ODE, suspendu=True), naissance=GARDEE), au=OCTOBRE)
    assert enregistrer(nommee(ODE, naissance=date(1963, 1, 16)), au=NOVEMBRE, source=TABLEAU) == [
        {Difference.CONFLIT}
    ]
    assert seule()[1].situation.suspendu
