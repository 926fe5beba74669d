"""The line that leaves the product says nothing to claim where the page says to check first."""

from datetime import date
from pathlib import Path

import pytest

from relais.regles import lecture
from relais.regles.foyer import Adulte, examiner
from relais.regles.subsidiarite import Aah, Code
from relais.reperage.raisons import (
    A_LA_MAIRIE,
    A_VERIFIER,
    RAISONS,
    SASPA_ET_AAH,
    que_faire,
    raison,
)

CONVENTION = Path(__file__).parents[2] / "conventions" / "cd35-carsat-bretagne.toml"


@pytest.mark.parametrize(
    ("aah", "ligne"),
    [
        (None, A_LA_MAIRIE),
        (Aah.DE_50_A_79, A_LA_MAIRIE),
        (Aah.DE_80_OU_PLUS, A_VERIFIER),
        (Aah.INCONNU, A_VERIFIER),
    ],
)
def test_saspa_et_aah_de_80_ne_part_pas_avec_l_aspa_a_demander(aah, ligne):
    adulte = Adulte(date(1961, 12, 15), saspa=True, aah=aah)
    examen = examiner(adulte, au=date(2026, 11, 1), convention=lecture.charger(CONVENTION))
    assert que_faire(examen) == ligne


@pytest.mark.parametrize(
    ("situation", "ligne"),
    [
        ({"saspa": True}, RAISONS[Code.SASPA]),
        ({"saspa": True, "aah": Aah.DE_50_A_79}, RAISONS[Code.SASPA]),
        ({"saspa": True, "aah": Aah.DE_80_OU_PLUS}, SASPA_ET_AAH),
        ({"saspa": True, "aah": Aah.INCONNU}, SASPA_ET_AAH),
        ({"inapte": True}, RAISONS[Code.INAPTITUDE]),
        ({"inapte": True, "aah": Aah.DE_80_OU_PLUS}, RAISONS[Code.AAH_80]),
    ],
)
def test_la_raison_des_listes_ne_demande_pas_une_aspa_qui_est_a_verifier(situation, ligne):
    adulte = Adulte(date(1964, 12, 15), **situation)
    examen = examiner(adulte, au=date(2026, 11, 1), convention=lecture.charger(CONVENTION))
    assert raison(examen) == ligne


def test_une_pension_deja_versee_ne_part_pas_avec_l_aspa_a_la_mairie():
    adulte = Adulte(date(1961, 12, 15), saspa=True, pensionne=True)
    examen = examiner(adulte, au=date(2026, 11, 1), convention=lecture.charger(CONVENTION))
    assert que_faire(examen) == A_VERIFIER
