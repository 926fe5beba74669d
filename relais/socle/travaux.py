"""Works that must not hold each other back: one that fails leaves the others done."""

from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


def tenter_chacun(travaux: Iterable[Callable[[], T]], *, sinon: str) -> list[T]:
    """Do each of them in turn; what they returned.

    Raises ExceptionGroup, `sinon` being what it says, once all were tried and when some failed.
    """
    faits: list[T] = []
    erreurs: list[Exception] = []
    for travail in travaux:
        try:
            faits.append(travail())
        except Exception as erreur:
            erreurs.append(erreur)
    if erreurs:
        raise ExceptionGroup(sinon, erreurs)
    return faits
