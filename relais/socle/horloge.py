"""The only clock of the product: actions receive the time, doors read it here."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def maintenant() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def aujourd_hui() -> date:
    """Today's date in Paris."""
    return maintenant().astimezone(PARIS).date()
