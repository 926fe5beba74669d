"""Accounts: the day of a review, the life of a link, when an account is unused."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from relais.regles import comptes, lecture

CD35 = lecture.charger(
    Path(__file__).resolve().parents[2] / "conventions" / "cd35-carsat-bretagne.toml"
)
VEILLE = date(2025, 7, 6)
INSTANT = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)  # the night the clocks go back


def test_un_droit_se_revoit_trois_mois_apres_fin_de_mois_comprise() -> None:
    assert comptes.prochaine_revue(date(2026, 11, 30), convention=CD35) == date(2027, 2, 28)


def test_un_lien_vit_72_heures_ecoulees() -> None:
    fin = comptes.fin_du_lien(INSTANT, jour=INSTANT.date(), convention=CD35)
    assert fin - INSTANT == timedelta(hours=72)


def test_un_compte_est_inutilise_au_bout_de_90_jours() -> None:
    seuil = comptes.seuil_d_inutilite(INSTANT, jour=INSTANT.date(), convention=CD35)
    assert seuil == INSTANT - timedelta(days=90)


def test_avant_la_convention_rien_n_est_du() -> None:
    assert comptes.prochaine_revue(VEILLE, convention=CD35) is None
    assert comptes.seuil_d_inutilite(INSTANT, jour=VEILLE, convention=CD35) is None
