"""Open and close alerts: a fault seen twice is one alert."""

from datetime import datetime

from relais.socle import horloge
from relais.socle.models import Alerte


def alerter(nature: Alerte.Nature, objet: str = "", *, maintenant: datetime | None = None) -> bool:
    """Open an alert; whether it is new. `objet` is an id or a task's name, never a person's.

    Safe inside a transaction and for two at once: the open one is unique in the database.
    """
    _, nouvelle = Alerte.objects.get_or_create(
        nature=nature,
        objet=objet,
        close_le=None,
        defaults={"ouverte_le": maintenant or horloge.maintenant()},
    )
    return nouvelle


def clore(nature: Alerte.Nature, objet: str = "", *, maintenant: datetime | None = None) -> None:
    """Close the open alert, if there is one."""
    Alerte.objects.filter(nature=nature, objet=objet, close_le=None).update(
        close_le=maintenant or horloge.maintenant()
    )


def signaler(nature: Alerte.Nature, objet: str, *, si: bool, maintenant: datetime) -> None:
    """Open the alert while that is so, close it when it no longer is."""
    agir = alerter if si else clore
    agir(nature, objet, maintenant=maintenant)


def objets_ouverts(nature: Alerte.Nature) -> set[str]:
    """What the open alerts of that nature are about."""
    ouvertes = Alerte.objects.filter(nature=nature, close_le=None)
    return set(ouvertes.values_list("objet", flat=True))


def ouvertes() -> list[Alerte]:
    """Those that wait for somebody, the oldest first."""
    return list(Alerte.objects.filter(close_le=None).order_by("ouverte_le", "pk"))


def clore_par_numero(numero: int, *, maintenant: datetime) -> bool:
    """Close one that somebody has dealt with; whether it was open."""
    return bool(Alerte.objects.filter(pk=numero, close_le=None).update(close_le=maintenant))
