"""Properties of the days on which claims are due."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relais.regles import lecture, subsidiarite
from relais.regles.calendrier import decaler
from relais.regles.convention import Age, Datee, Ligne
from relais.regles.subsidiarite import Code, Reserve, atteint_le, echeances, premier_effet

CONVENTIONS = Path(__file__).parents[2] / "conventions"
DROIT = lecture.charger(CONVENTIONS / "cd35-carsat-bretagne.toml").droit
NAISSANCES = st.dates(min_value=date(1920, 1, 1), max_value=date(2010, 12, 31))
DRAPEAUX = ("inapte", "signale", "invalidite", "saspa", "travaille")
SITUATIONS = st.fixed_dictionaries(
    {
        **dict.fromkeys(DRAPEAUX, st.booleans()),
        "aah": st.sampled_from([None, *subsidiarite.Aah]),
    }
)
Situation = dict[str, Any]


def colonnes(naissance: date, situation: Situation) -> list[date]:
    """The four dates; a retirement that nobody may claim comes at the end of time."""
    e = echeances(naissance, **situation, droit=DROIT)
    return [e.retraite_due_le or date.max, e.aspa_due_le, e.taux_plein_le, e.age_legal_le]


def jamais_plus_tard(tot: list[date], tard: list[date]) -> bool:
    return all(un <= autre for un, autre in zip(tot, tard, strict=True))


@given(NAISSANCES, st.integers(0, 800), SITUATIONS)
def test_qui_nait_plus_tard_n_est_jamais_attendu_plus_tot(
    naissance: date, ecart: int, situation: Situation
) -> None:
    suivante = naissance + timedelta(days=ecart)
    assert jamais_plus_tard(colonnes(naissance, situation), colonnes(suivante, situation))


@pytest.mark.parametrize("situation", [{}, {"inapte": True}, {"saspa": True}])
def test_d_un_jour_de_naissance_au_suivant_aucune_date_ne_recule(situation: Situation) -> None:
    jours = [date(1950, 1, 1) + timedelta(days=rang) for rang in range(366 * 22)]
    tous = [colonnes(jour, situation) for jour in jours]
    assert all(jamais_plus_tard(avant, apres) for avant, apres in pairwise(tous))


@given(NAISSANCES, SITUATIONS)
def test_aucune_date_avant_60_ans_ni_apres_67(naissance: date, situation: Situation) -> None:
    e = echeances(naissance, **situation, droit=DROIT)
    soixante, plein = decaler(naissance, annees=60), decaler(naissance, annees=67)
    dites = [motif.le for motif in e.motifs if motif.code != Code.DEVOIR_DEPUIS]
    for le in (e.retraite_due_le, e.aspa_due_le, e.taux_plein_le, e.age_legal_le, *dites):
        assert le is None or soixante <= le <= plein
    assert e.age_legal_le <= e.taux_plein_le


@given(NAISSANCES, SITUATIONS, st.sampled_from(["inapte", "invalidite", "aah"]))
def test_une_raison_de_plus_ne_retarde_rien(
    naissance: date, situation: Situation, raison: str
) -> None:
    vide = {**situation, raison: None if raison == "aah" else False}
    dite = {**situation, raison: "inconnu" if raison == "aah" else True}
    assert jamais_plus_tard(colonnes(naissance, dite), colonnes(naissance, vide))


@given(NAISSANCES, SITUATIONS)
def test_un_signalement_ne_change_aucune_date_et_travailler_n_avance_rien(
    naissance: date, situation: Situation
) -> None:
    ici = colonnes(naissance, situation)
    assert colonnes(naissance, {**situation, "signale": True}) == ici
    assert jamais_plus_tard(ici, colonnes(naissance, {**situation, "travaille": True}))


@given(NAISSANCES, SITUATIONS)
def test_sans_regime_de_base_aucune_retraite_et_la_mairie_au_plus_tard_a_65_ans(
    naissance: date, situation: Situation
) -> None:
    e = echeances(naissance, **{**situation, "saspa": True}, droit=DROIT)
    assert e.retraite_due_le is None
    assert e.aspa_due_le <= decaler(naissance, annees=65)
    assert e.motifs[0] == subsidiarite.Motif(Code.SASPA, e.aspa_due_le, Reserve.A_VERIFIER)
    assert Code.TAUX_PLEIN not in {motif.code for motif in e.motifs}


@given(NAISSANCES, SITUATIONS)
def test_une_date_a_toujours_un_motif_qui_la_porte(naissance: date, situation: Situation) -> None:
    e = echeances(naissance, **situation, droit=DROIT)
    assert e.aspa_due_le in {motif.le for motif in e.motifs}
    assert all("," not in str(motif) and ";" not in str(motif) for motif in e.motifs)
    aah = [motif for motif in e.motifs if motif.code in subsidiarite.CODES_AAH.values()]
    assert [motif.reserve for motif in aah] == [Reserve.A_VERIFIER] * (situation["aah"] is not None)


def test_avant_la_loi_de_2025_la_generation_1964_attendait_63_ans() -> None:
    ancien = replace(DROIT, age_legal=Datee(DROIT.age_legal.lignes[:1]))
    naissance = date(1964, 1, 1)
    assert echeances(naissance, droit=ancien).age_legal_le == date(2027, 1, 1)
    assert echeances(naissance, droit=DROIT).age_legal_le == date(2026, 10, 1)


@pytest.mark.parametrize(
    ("ages", "attendu"),
    [
        # Reached under the first line when the pension can take effect before the second begins.
        ([(62, 0), (65, 0)], date(2030, 6, 15)),
        ([(60, 0), (65, 0)], date(2025, 6, 15)),
        ([(61, 1), (65, 0)], date(2026, 7, 15)),
        ([(61, 2), (65, 0)], date(2030, 6, 15)),
        # Lowered by a new line: the new age, and nothing before that line begins.
        ([(64, 0), (62, 0)], date(2027, 6, 15)),
        ([(64, 0), (60, 0)], date(2026, 9, 1)),
        # The new age is reached in the month before, the pension takes effect on its first day.
        ([(64, 0), (61, 2)], date(2026, 8, 15)),
    ],
)
def test_une_ligne_gouverne_les_pensions_qui_prennent_effet_depuis_son_jour(
    ages: list[tuple[int, int]], attendu: date
) -> None:
    debuts = (date(2020, 1, 1), date(2026, 9, 1))
    lignes = [
        Ligne(depuis, Age(annees=annees, mois=mois), "x")
        for depuis, (annees, mois) in zip(debuts, ages, strict=True)
    ]
    assert atteint_le(date(1965, 6, 15), Datee(tuple(lignes))) == attendu


def test_une_pension_prend_effet_un_premier_du_mois() -> None:
    assert premier_effet(date(2026, 9, 1)) == date(2026, 9, 1)
    assert premier_effet(date(2026, 8, 2)) == date(2026, 9, 1)
    assert premier_effet(date(2026, 12, 31)) == date(2027, 1, 1)


def test_un_taux_d_aah_inconnu_de_la_regle_est_refuse() -> None:
    with pytest.raises(ValueError, match="79"):
        echeances(date(1965, 6, 15), aah="79", droit=DROIT)


def test_un_motif_s_ecrit_avec_son_code_sa_reserve_et_ses_articles() -> None:
    ecrits = [
        str(m) for m in echeances(date(1965, 6, 15), aah="80", saspa=True, droit=DROIT).motifs
    ]
    assert ecrits == [
        "saspa a_verifier (CSS R.815-1 + CSS R.815-15)",
        "aah_80 a_verifier (CSS L.351-7-1 A + CSS D.351-1-16 + CSS L.821-1)",
    ]
    assert str(subsidiarite.Motif(Code.PENSION_VERSEE)) == "pension_versee"
