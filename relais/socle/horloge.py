"""The only clock of the product: actions receive the time, doors read it here."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def maintenant() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def montre(depart: datetime) -> Callable[[], datetime]:
    """Says `depart` now, and goes on from there: what is dated while something long is done."""
    lancee = monotonic()
    return lambda: depart + timedelta(seconds=monotonic() - lancee)


def aujourd_hui() -> date:
    """Today's date in Paris."""
    return jour_de(maintenant())


def jour_de(instant: datetime) -> date:
    """The day of that instant in Paris."""
    return instant.astimezone(PARIS).date()


def minuit(jour: date) -> datetime:
    """The instant at which that day starts in Paris."""
    return datetime.combine(jour, time(), PARIS)
