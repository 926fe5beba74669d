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

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractIsoWeekDay, TruncDate, TruncHour, TruncTime

from relais.journal.models import Action, Evenement, EvenementQuerySet, Issue
from relais.regles.calendrier import ferie
from relais.regles.convention import Convention, Semaine


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
    """Each agent and clock hour in which more fiches were read than the convention file allows.

    Rows of `agent`, `heure` (aware) and `fiches`, the greatest first.
    """
    jour = periode.debut.date()
    seuil = convention.surveillance.lectures_par_heure.exigee(jour)
    lectures = actes(organisation, action=Action.LECTURE, periode=periode)
    return (
        lectures.filter(issue=Issue.FAIT, agent__isnull=False)
        .order_by()
        .annotate(heure=TruncHour("cree_le", tzinfo=_fuseau(jour, convention)))
        .values("agent", "heure")
        .annotate(fiches=Count("objet", distinct=True))
        .filter(fiches__gt=seuil)
        .order_by("-fiches", "-heure", "agent")
    )


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


def _dans(semaine: Semaine) -> Q:
    plages = [
        Q(semaine=rang, heure__gte=plage.debut, heure__lt=plage.fin)
        for rang, journee in enumerate(semaine, 1)
        for plage in journee
    ]
    return reduce(or_, plages)


def _fuseau(jour: date, convention: Convention) -> ZoneInfo:
    return ZoneInfo(convention.ouverture.fuseau.exigee(jour))
