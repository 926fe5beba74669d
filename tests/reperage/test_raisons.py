"""The line that leaves the product says nothing to claim where the page says to check first."""

from datetime import date
from pathlib import Path

import pytest

from relais.regles import lecture
from relais.regles.foyer import Adulte, examiner
from relais.regles.subsidiarite import Aah
from relais.reperage.raisons import A_LA_MAIRIE, A_VERIFIER, que_faire

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
