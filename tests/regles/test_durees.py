"""The registry of retentions: nothing of the convention is out of it, nothing in it is undated."""

from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from relais.regles import durees, lecture
from relais.regles.convention import Conservation
from relais.regles.durees import LIBELLES_CAUSE, REGLES
from relais.regles.effacement import Cause

CD35 = lecture.charger(Path(__file__).parents[2] / "conventions" / "cd35-carsat-bretagne.toml")
JOUR = date(2026, 11, 23)
NE_DETRUISENT_RIEN = {"revue_mois", "retenue_mois", "support_long"}


def test_chaque_duree_de_la_convention_est_au_registre() -> None:
    cles = {champ.name for champ in fields(Conservation)} - NE_DETRUISENT_RIEN
    assert {regle.cle for regle in REGLES} == cles


def test_chaque_duree_dit_son_article_et_ses_archives() -> None:
    lignes = durees.en_vigueur(CD35, jour=JOUR)
    assert [une.regle for une in lignes] == list(REGLES)
    sans_fin = [une.regle.code for une in lignes if une.valeur is None]
    assert sans_fin == ["dysfonctionnement"]
    assert all(une.source and une.archives for une in lignes if une.valeur is not None)


@pytest.mark.parametrize("cause", Cause)
def test_chaque_cause_a_ses_mots_et_sa_reference_d_archives(cause: Cause) -> None:
    assert LIBELLES_CAUSE[cause]
    assert durees.archives_de(cause, convention=CD35, jour=JOUR)


def test_avant_la_convention_il_n_y_a_pas_de_reference() -> None:
    avant = date(2025, 7, 6)
    assert durees.archives_de(Cause.APRES_RSA, convention=CD35, jour=avant) == ""


def test_une_duree_s_accorde_avec_son_nombre() -> None:
    dites = {une.regle.code: une.duree for une in durees.en_vigueur(CD35, jour=JOUR)}
    assert dites["seance"] == "1 heure"
    assert dites["copie_coffre"] == "24 heures"
    assert dites["journal"] == "36 mois"
    assert dites["dysfonctionnement"] == ""  # as long as the convention
