"""Who may do what with a person of the caseload: each right, each persona, each owner."""

from collections.abc import Callable
from typing import Any

import pytest

from relais.annuaire.contexte import contexte
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation
from relais.reperage import droits
from relais.reperage.models import Personne
from tests.personas import PERSONAS, Personas
from tests.reperage import personnes
from tests.reperage.personnes import DEPARTEMENT

LISENT = {"charge_reperage", "encadrante_rennes", "ts_rennes"}
SUIVENT = {"encadrante_rennes", "ts_rennes"}


def commencer(qui: Affectation, personne: Personne) -> bool:
    regles = regles_de_l_organisation(DEPARTEMENT)
    assert regles
    return droits.peut_commencer_une_fiche(qui, personne, regles)


DROITS: dict[str, tuple[Callable[[Affectation, Personne], bool], set[str]]] = {
    "lire": (droits.peut_lire, LISENT),
    "corriger": (droits.peut_corriger, LISENT),
    "decider": (droits.peut_decider, LISENT),
    "opposer": (droits.peut_opposer, LISENT),
    "sortir": (droits.peut_sortir, LISENT),
    "suivre": (droits.peut_suivre, SUIVENT),
    "commencer une fiche": (commencer, SUIVENT),
    "deplacer": (droits.peut_deplacer, {"charge_reperage"}),
}


def qui_peut(personas: Personas, droit: str, personne: Personne) -> set[str]:
    permis, _ = DROITS[droit]
    trouves = set()
    for nom in PERSONAS:
        qui = getattr(personas, nom)
        with contexte(qui):
            if permis(qui, personne):
                trouves.add(nom)
    return trouves


@pytest.mark.parametrize("droit", DROITS)
def test_chaque_droit_a_ses_personnes(personas: Personas, droit: str) -> None:
    """Followed by ts_rennes, in the équipe of encadrante_rennes."""
    personne = personnes.creer(suivie_par=personas.ts_rennes)
    assert qui_peut(personas, droit, personne) == DROITS[droit][1]


@pytest.mark.parametrize("droit", DROITS)
def test_de_qui_n_est_confiee_a_personne_le_travailleur_social_ne_sait_rien(
    personas: Personas, droit: str
) -> None:
    personne = personnes.creer(territoire="T1")
    attendus = DROITS[droit][1] - {"ts_rennes"}
    assert qui_peut(personas, droit, personne) == attendus


@pytest.mark.parametrize("droit", DROITS)
def test_une_autre_equipe_n_y_peut_rien(personas: Personas, droit: str) -> None:
    personne = personnes.creer(suivie_par=personas.ts_redon, territoire="T6")
    attendus = {
        {"ts_rennes": "ts_redon"}.get(nom, nom)
        for nom in DROITS[droit][1]
        if nom != "encadrante_rennes"
    }
    assert qui_peut(personas, droit, personne) == attendus


def test_les_nombres_se_lisent_au_departement_seulement(personas: Personas) -> None:
    trouves: set[Any] = {
        nom for nom in PERSONAS if droits.peut_voir_les_objectifs(getattr(personas, nom))
    }
    assert trouves == {"charge_reperage", "encadrante_rennes", "referent_departement"}
