"""Properties of the audiences, of the levels and of a household."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relais.regles import explication, foyer, lecture
from relais.regles.calendrier import age, decaler
from relais.regles.publics import Public
from relais.regles.subsidiarite import Aah, Code, echeances
from relais.regles.urgence import Urgence, urgence

CONVENTIONS = Path(__file__).parents[2] / "conventions"
CD35 = lecture.charger(CONVENTIONS / "cd35-carsat-bretagne.toml")
DROIT = CD35.droit
NAISSANCES = st.dates(min_value=date(1920, 1, 1), max_value=date(2010, 12, 31))
JOURS = st.dates(min_value=date(2025, 7, 7), max_value=date(2040, 12, 31))
ADULTES = st.builds(
    foyer.Adulte,
    naissance=NAISSANCES,
    precision=st.sampled_from(foyer.Precision),
    aah=st.sampled_from([None, *Aah]),
    inapte=st.booleans(),
    signale=st.booleans(),
    invalidite=st.booleans(),
    saspa=st.booleans(),
    travaille=st.booleans(),
    pensionne=st.booleans(),
    suspendu=st.just(False),
)


@given(st.lists(ADULTES, max_size=4), JOURS)
def test_chaque_adulte_d_un_foyer_est_examine_comme_s_il_etait_seul(
    adultes: list[foyer.Adulte], au: date
) -> None:
    ensemble = foyer.examiner_foyer(adultes, au=au, convention=CD35)
    assert list(ensemble) == [foyer.examiner(un, au=au, convention=CD35) for un in adultes]


@given(st.lists(ADULTES, min_size=1, max_size=4), JOURS)
def test_un_rsa_suspendu_passe_avant_tout_pour_tout_le_foyer(
    adultes: list[foyer.Adulte], au: date
) -> None:
    adultes[-1] = adultes[-1]._replace(suspendu=True)
    examens = foyer.examiner_foyer(adultes, au=au, convention=CD35)
    assert {examen.urgence for examen in examens} == {Urgence.EN_PREMIER}
    assert all(examen.motifs[0].code == Code.SUSPENSION for examen in examens)
    verser = [Code.PENSION_VERSEE in {m.code for m in examen.motifs} for examen in examens]
    assert verser == [adulte.pensionne for adulte in adultes]


@given(ADULTES, JOURS, st.integers(0, 2000))
def test_le_temps_qui_passe_ne_rend_jamais_moins_urgent(
    adulte: foyer.Adulte, au: date, ecart: int
) -> None:
    adulte = adulte._replace(pensionne=False)
    avant = foyer.examiner(adulte, au=au, convention=CD35)
    apres = foyer.examiner(adulte, au=au + timedelta(days=ecart), convention=CD35)
    assert apres.urgence <= avant.urgence


@given(ADULTES, JOURS)
def test_le_niveau_suit_la_date_les_publics_et_la_pension(adulte: foyer.Adulte, au: date) -> None:
    examen = foyer.examiner(adulte, au=au, convention=CD35)
    dates = examen.echeances
    due_le = min(dates.retraite_due_le or date.max, dates.aspa_due_le)
    if examen.publics:
        assert examen.urgence <= Urgence.A_INFORMER
    if adulte.pensionne:
        assert examen.urgence >= Urgence.CE_MOIS_CI
    else:
        assert (examen.urgence == Urgence.EN_PREMIER) == (due_le <= au)
    if examen.urgence == Urgence.PLUS_TARD:
        assert decaler(due_le, mois=-30) > au


@given(ADULTES, JOURS)
def test_les_publics_sont_ceux_de_l_age_au_jour_choisi(adulte: foyer.Adulte, au: date) -> None:
    examen = foyer.examiner(adulte, au=au, convention=CD35)
    annees = age(examen.naissance, au=au)
    assert (Public.ORDINAIRE in examen.publics) == (annees >= 63)
    assert (Public.INVALIDITE in examen.publics) == (adulte.invalidite and annees >= 61)
    if Public.A_CONFIRMER in examen.publics:
        assert examen.publics == (Public.A_CONFIRMER,)
        assert annees in (61, 62)


@given(NAISSANCES, st.sampled_from(foyer.Precision))
def test_une_naissance_incomplete_est_la_plus_tardive_possible(
    lue: date, precision: foyer.Precision
) -> None:
    retenue = foyer.naissance_retenue(lue, precision=precision)
    assert retenue >= lue
    assert retenue.year == lue.year
    assert foyer.naissance_retenue(retenue, precision=precision) == retenue


def test_une_demande_faite_n_est_plus_a_faire() -> None:
    dates = echeances(date(1960, 6, 15), droit=DROIT)
    au = date(2027, 6, 15)
    assert urgence(dates, au=au, droit=DROIT) == Urgence.EN_PREMIER
    faites = {"retraite_demandee": True, "aspa_demandee": True}
    assert urgence(dates, au=au, droit=DROIT, **faites) == Urgence.PLUS_TARD


@pytest.mark.parametrize(
    ("naissance", "au", "attendu"),
    [
        (date(1964, 2, 29), date(2027, 2, 27), 62),
        (date(1964, 2, 29), date(2027, 2, 28), 63),
        (date(1964, 2, 29), date(2028, 2, 28), 63),
        (date(1964, 2, 29), date(2028, 2, 29), 64),
        (date(1964, 12, 31), date(2026, 1, 1), 61),
        (date(1964, 1, 1), date(2026, 1, 1), 62),
    ],
)
def test_un_age_se_compte_en_annees_revolues(naissance: date, au: date, attendu: int) -> None:
    assert age(naissance, au=au) == attendu


@given(ADULTES, st.booleans(), JOURS, st.booleans())
def test_une_explication_se_lit_a_voix_haute(
    adulte: foyer.Adulte, suspendu: bool, au: date, articles: bool
) -> None:
    examen = foyer.examiner(adulte._replace(suspendu=suspendu), au=au, convention=CD35)
    dite = explication.expliquer(
        examen, source="votre fichier", au=au, convention=CD35, articles=articles
    )
    textes = [raison.texte for raison in dite.raisons]
    tout = " ".join([*textes, dite.origine, dite.premier_contact])
    assert bool(dite.naissance) == (adulte.precision == foyer.Precision.CONNUE)
    # Told in one paragraph: without a base scheme, an invalidity and an AAH that may go on.
    aah = adulte.aah in (Aah.DE_80_OU_PLUS, Aah.INCONNU)
    assert len(textes) == len(examen.motifs) - adulte.saspa * (adulte.invalidite + aah)
    assert all(texte[0].isupper() and texte[-1] in ".?" for texte in textes)
    assert "{" not in tout
    assert "  " not in tout
    assert not {"refus", "défaut", "dépassé", "sanction"} & set(tout.lower().split())
    assert articles or not any(code in tout for code in ("CSS", "CASF", "CRPA", "Cnav"))
