"""An absence told by its agent or by the encadrant, on the day that a test sets."""

from datetime import UTC, date, datetime, timedelta

import pytest

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Absence, Affectation
from relais.fiches.actions import absences
from relais.fiches.models import Fiche
from relais.socle import horloge

JOUR = date(2026, 11, 25)


@pytest.fixture
def au(monkeypatch: pytest.MonkeyPatch) -> object:
    """`au(jour)`: it is noon that day for the whole product."""

    def regler(jour: date, heure: int = 12) -> datetime:
        instant = datetime(jour.year, jour.month, jour.day, heure, tzinfo=UTC)
        monkeypatch.setattr(horloge, "maintenant", lambda: instant)
        return instant

    regler(JOUR)
    return regler


def declarer(
    absent: Affectation,
    remplacant: Affectation | None,
    *,
    par: Affectation | None = None,
    du: date = JOUR,
    au: date = JOUR + timedelta(days=7),
) -> Absence:
    par = par or absent
    with contexte(par):
        return absences.declarer(
            absent, du=du, au=au, remplacant=remplacant, par=par, maintenant=horloge.maintenant()
        )


def visible(qui: Affectation, fiche: Fiche) -> bool:
    with contexte(qui):
        return Fiche.objects.visibles_par(qui).filter(pk=fiche.pk).exists()
