"""Reading the journal for a DPO: who did what and when, and what stands out. Pseudonyms only.

Lazy, ordered and behind the wall: called and sliced inside `pour` or a `contexte`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Aggregate, CharField, Count, Func, Q, QuerySet, Sum, Value
from django.db.models.functions import ExtractIsoWeekDay, TruncDate, TruncHour, TruncTime

from relais.journal.models import Action, Evenement, EvenementQuerySet, Issue
from relais.regles.calendrier import ferie
from relais.regles.convention import Convention, Semaine

# What shows one object whole, under its reference or its UUID; what shows many by a line each.
UN_A_UN = (Action.LECTURE, Action.DOCUMENT_IMPRIME, Action.COPIE_NIR)
EN_NOMBRE = (Action.LECTURE_LISTE, Action.EXPORT, Action.RECHERCHE, Action.DOCUMENT_IMPRIME)


class SplitPart(Func):
    """PostgreSQL's split_part: what is before a separator."""

    function = "split_part"
    output_field = CharField()


@dataclass(frozen=True)
class Periode:
    """From `debut` on, before `fin`."""

    debut: datetime
    fin: datetime

    def jours(self, fuseau: ZoneInfo) -> Iterator[date]:
        """The local days that it touches."""
        jour = self.debut.astimezone(fuseau).date()
        while jour <= self.fin.astimezone(fuseau).date():
            yield jour
            jour += timedelta(days=1)


def actes(
    organisation: str,
    *,
    reference: str = "",
    agent: UUID | None = None,
    action: Action | None = None,
    periode: Periode | None = None,
) -> EvenementQuerySet:
    """The acts that answer all that is given, the last one first."""
    lus = Evenement.objects.du_plus_recent(organisation)
    if reference:
        lus = lus.par_reference(reference)
    if agent is not None:
        lus = lus.par_agent(agent)
    if action is not None:
        lus = lus.par_action(action)
    return lus.entre(periode.debut, periode.fin) if periode else lus


def rafales(
    organisation: str, periode: Periode, *, convention: Convention
) -> QuerySet[Evenement, Any]:
    """Each agent and clock hour in which more was opened than the convention file allows.

    Read, printed, or its NIR copied: a fiche or a person counts once, whatever the reason given.
    Rows of `agent`, `heure` (aware) and `nombre`, the greatest first.
    """
    seuil = convention.surveillance.lectures_par_heure.exigee(periode.debut.date())
    vu = SplitPart("objet", Value(":"), Value(1))
    return _par_heure(organisation, periode, UN_A_UN, Count(vu, distinct=True), seuil, convention)


def volumes(
    organisation: str, periode: Periode, *, convention: Convention
) -> QuerySet[Evenement, Any]:
    """Each agent and clock hour in which lists, exports, searches and prints bore more lines than
    the convention file allows; rows as those of `rafales`.
    """
    seuil = convention.surveillance.lignes_par_heure.exigee(periode.debut.date())
    return _par_heure(organisation, periode, EN_NOMBRE, Sum("nombre"), seuil, convention)


def hors_horaires(
    organisation: str, periode: Periode, *, convention: Convention
) -> EvenementQuerySet:
    """What people did outside the hours of the convention file, holidays included."""
    jour = periode.debut.date()
    fuseau = _fuseau(jour, convention)
    feries = [un for un in periode.jours(fuseau) if ferie(un)]
    return (
        actes(organisation, periode=periode)
        .filter(agent__isnull=False)
        .annotate(
            jour=TruncDate("cree_le", tzinfo=fuseau),
            semaine=ExtractIsoWeekDay("cree_le", tzinfo=fuseau),
            heure=TruncTime("cree_le", tzinfo=fuseau),
        )
        .filter(~_dans(convention.surveillance.horaires.exigee(jour)) | Q(jour__in=feries))
    )


def copies_de_nir(organisation: str, periode: Periode) -> EvenementQuerySet:
    """Each time a whole NIR was shown; the reason, when one was asked, follows the reference."""
    return actes(organisation, action=Action.COPIE_NIR, periode=periode)


def _par_heure(
    organisation: str,
    periode: Periode,
    actions: tuple[Action, ...],
    compte: Aggregate,
    seuil: int,
    convention: Convention,
) -> QuerySet[Evenement, Any]:
    faits = actes(organisation, periode=periode).par_action(*actions)
    fuseau = _fuseau(periode.debut.date(), convention)
    return (
        faits.filter(issue=Issue.FAIT, agent__isnull=False)
        .order_by()
        .annotate(heure=TruncHour("cree_le", tzinfo=fuseau))
        .values("agent", "heure")
        .annotate(nombre=compte)
        .filter(nombre__gt=seuil)
        .order_by("-nombre", "-heure", "agent")
    )


def _dans(semaine: Semaine) -> Q:
    plages = [
        Q(semaine=rang, heure__gte=plage.debut, heure__lt=plage.fin)
        for rang, journee in enumerate(semaine, 1)
        for plage in journee
    ]
    return reduce(or_, plages)


def _fuseau(jour: date, convention: Convention) -> ZoneInfo:
    return ZoneInfo(convention.ouverture.fuseau.exigee(jour))
