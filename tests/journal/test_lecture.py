"""What a DPO reads of the journal: exact, walled, by an index."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db.models import QuerySet

from relais.journal import lecture
from relais.journal.lecture import Periode
from relais.journal.models import Action
from relais.journal.mur import pour
from relais.regles import lecture as fichiers
from relais.regles.convention import Convention
from tests.fiches.plans import plan_avec_le_seul, verifier_son_index

from .conftest import ADA, CARSAT, CD35

PARIS = ZoneInfo("Europe/Paris")
BO = UUID(int=2)
LUNDI = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS)
SEMAINE = Periode(LUNDI - timedelta(days=1), LUNDI + timedelta(days=6))


@cache
def convention() -> Convention:
    return fichiers.charger(Path("conventions/demonstration.toml"))


def lus(acte: QuerySet[Any]) -> list[tuple[str, str]]:
    with pour(CD35):
        return [(un.action, un.objet) for un in acte]


def test_un_journal_se_lit_par_reference_agent_action_et_periode(
    noter: Callable[..., None],
) -> None:
    noter(LUNDI)
    noter(LUNDI + timedelta(hours=1), action="copie_nir", objet="K7QF-3MWP:erreur", agent=BO)
    noter(LUNDI + timedelta(hours=2), objet="K7QF-3MWQ")
    noter(LUNDI + timedelta(days=9), objet="")
    noter(LUNDI, organisation=CARSAT)
    assert lus(lecture.actes(CD35)) == [
        ("lecture", ""),
        ("lecture", "K7QF-3MWQ"),
        ("copie_nir", "K7QF-3MWP:erreur"),
        ("lecture", "K7QF-3MWP"),
    ]
    assert lus(lecture.actes(CD35, reference="K7QF-3MWP")) == [
        ("copie_nir", "K7QF-3MWP:erreur"),
        ("lecture", "K7QF-3MWP"),
    ]
    assert lus(lecture.actes(CD35, agent=BO)) == [("copie_nir", "K7QF-3MWP:erreur")]
    assert len(lus(lecture.actes(CD35, action=Action.LECTURE, periode=SEMAINE))) == 2
    assert lus(lecture.copies_de_nir(CD35, SEMAINE)) == [("copie_nir", "K7QF-3MWP:erreur")]
    assert lus(lecture.actes(CD35, reference="K7QF-3MWP", agent=ADA)) == [("lecture", "K7QF-3MWP")]


def test_le_journal_de_l_autre_partie_ne_se_lit_pas(noter: Callable[..., None]) -> None:
    noter(LUNDI, organisation=CARSAT)
    assert lus(lecture.actes(CARSAT)) == []


def test_beaucoup_de_fiches_lues_en_une_heure_ressortent(noter: Callable[..., None]) -> None:
    seuil = convention().surveillance.lectures_par_heure.exigee(LUNDI.date())
    references = [f"AAAA-{rang:04d}" for rang in range(seuil + 1)]
    for reference in references:
        noter(LUNDI, objet=reference)  # one more than the threshold
        noter(LUNDI + timedelta(minutes=59), objet=reference)  # the same ones, seen again
    for reference in references[:-1]:
        noter(LUNDI, objet=reference, agent=BO)  # the threshold itself
        noter(LUNDI + timedelta(hours=3), objet=reference, issue="refuse")
    noter(LUNDI + timedelta(hours=1), objet=references[0], agent=BO)
    with pour(CD35):
        trouvees = list(lecture.rafales(CD35, SEMAINE, convention=convention()))
    assert trouvees == [{"agent": ADA, "heure": LUNDI, "nombre": seuil + 1}]


def test_lire_imprimer_et_copier_un_numero_comptent_ensemble(noter: Callable[..., None]) -> None:
    """The same fiche three ways is one; a reason after its reference does not make another."""
    seuil = convention().surveillance.lectures_par_heure.exigee(LUNDI.date())
    actions = ("lecture", "document_imprime", "copie_nir")
    for rang in range(seuil):
        noter(LUNDI, objet=f"AAAA-{rang:04d}", action=actions[rang % 3])
        noter(LUNDI, objet=f"AAAA-{rang:04d}:erreur", action=actions[(rang + 1) % 3])
    with pour(CD35):
        assert not lecture.rafales(CD35, SEMAINE, convention=convention())
        noter(LUNDI, objet="BBBB-0000:erreur", action="copie_nir")
        (une,) = lecture.rafales(CD35, SEMAINE, convention=convention())
    assert une == {"agent": ADA, "heure": LUNDI, "nombre": seuil + 1}


def test_beaucoup_de_lignes_en_une_heure_ressortent(noter: Callable[..., None]) -> None:
    seuil = convention().surveillance.lignes_par_heure.exigee(LUNDI.date())
    noter(LUNDI, objet="", action="lecture_liste", nombre=seuil - 3)
    noter(LUNDI, objet="fiches.csv", action="export", nombre=2)
    noter(LUNDI, objet="nir", action="recherche")
    noter(LUNDI, action="lecture", nombre=seuil)
    noter(LUNDI, objet="fiches.csv", action="export", nombre=seuil + 1, issue="refuse")
    noter(LUNDI + timedelta(hours=1), objet="", action="lecture_liste", nombre=seuil, agent=BO)
    with pour(CD35):
        assert not lecture.volumes(CD35, SEMAINE, convention=convention())
        noter(LUNDI, objet="nom", action="recherche")
        (une,) = lecture.volumes(CD35, SEMAINE, convention=convention())
    assert une == {"agent": ADA, "heure": LUNDI, "nombre": seuil + 1}


@pytest.mark.parametrize(
    ("instant", "ressort"),
    [
        (datetime(2026, 11, 23, 6, 59, 59, tzinfo=PARIS), True),
        (datetime(2026, 11, 23, 7, 0, tzinfo=PARIS), False),
        (datetime(2026, 11, 23, 19, 59, 59, tzinfo=PARIS), False),
        (datetime(2026, 11, 23, 20, 0, tzinfo=PARIS), True),
        (datetime(2026, 11, 28, 11, 0, tzinfo=PARIS), True),  # a Saturday
        (datetime(2026, 11, 11, 11, 0, tzinfo=PARIS), True),  # a Wednesday, holiday
        (datetime(2026, 7, 6, 5, 30, tzinfo=UTC), False),  # 7:30 in summer
        (datetime(2026, 12, 7, 5, 30, tzinfo=UTC), True),  # 6:30 in winter
    ],
)
def test_un_acte_hors_des_heures_de_la_convention_ressort(
    instant: datetime, ressort: bool, noter: Callable[..., None]
) -> None:
    noter(instant)
    noter(instant, agent=None)  # a job of the night is nobody's
    periode = Periode(instant - timedelta(days=2), instant + timedelta(days=2))
    trouves = lus(lecture.hors_horaires(CD35, periode, convention=convention()))
    assert trouves == [("lecture", "K7QF-3MWP")] * ressort


INDEX = {
    "journal_par_date": lambda: lecture.actes(CD35, periode=SEMAINE),
    "journal_par_agent": lambda: lecture.actes(CD35, agent=ADA),
    "journal_par_action": lambda: lecture.copies_de_nir(CD35, SEMAINE),
}


@pytest.mark.django_db
@pytest.mark.parametrize("index", INDEX)
def test_une_page_du_journal_suit_son_index(index: str) -> None:
    with pour(CD35):
        verifier_son_index(index, INDEX[index]()[:25], CD35)


@pytest.mark.django_db
def test_une_reference_se_trouve_par_son_index() -> None:
    with pour(CD35):
        plan = plan_avec_le_seul(
            "journal_par_objet", lecture.actes(CD35, reference="K7QF-3MWP")[:25], CD35
        )
    conditions = [ligne for ligne in plan.splitlines() if "Index Cond" in ligne]  # one a month
    assert conditions
    assert all("K7QF-3MWP" in condition for condition in conditions), plan


CE_QUI_RESSORT = (
    ("journal_par_action", lecture.rafales),
    ("journal_par_action", lecture.volumes),
    ("journal_par_date", lecture.hors_horaires),
)


@pytest.mark.django_db
@pytest.mark.parametrize(("index", "lire"), CE_QUI_RESSORT)
def test_ce_qui_ressort_ne_lit_que_la_periode(index: str, lire: Callable[..., Any]) -> None:
    with pour(CD35):
        plan = plan_avec_le_seul(index, lire(CD35, SEMAINE, convention=convention()), CD35)
    (condition,) = [ligne for ligne in plan.splitlines() if "Index Cond" in ligne]
    assert "cree_le >=" in condition, plan
