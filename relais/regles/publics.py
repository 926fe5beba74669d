"""Who the information meetings of article 3 are for, on a chosen day."""

from datetime import date
from enum import StrEnum
from functools import lru_cache

from relais.regles.calendrier import age
from relais.regles.convention import Reunions


class Public(StrEnum):
    """An audience. The codes bear the ages of article 3; the ages themselves are the file's."""

    ORDINAIRE = "63+"  # audience A
    INVALIDITE = "61+invalidite"  # audience B
    A_CONFIRMER = "a_confirmer"  # proposed in B


def publics(
    naissance: date,
    *,
    au: date,
    invalidite: bool = False,
    inapte: bool = False,
    signale: bool = False,
    aah: str | None = None,
    reunions: Reunions,
) -> tuple[Public, ...]:
    """The audiences of one person on that day, A first; a person can be in both.

    A: 63 or older. B: 61 or older with invalidity. Unfit (recognised, or said so by a file) or AAH
    without an invalidity pension, from 61 until A takes them in: proposed in B, to confirm. « 61 to
    62 » is read in full years, so that nobody waits for a year between the two. No audience on a
    day when the convention had no meetings yet.
    """
    confirmable = not invalidite and (inapte or signale or aah is not None)
    return _publics(age(naissance, au=au), au, invalidite, confirmable, reunions)


@lru_cache(maxsize=1024)
def _publics(
    annees: int, au: date, invalidite: bool, confirmable: bool, reunions: Reunions
) -> tuple[Public, ...]:
    age_a, age_b = reunions.age_ordinaire.au(au), reunions.age_invalidite.au(au)
    if age_a is None or age_b is None:
        return ()
    retenus = (
        (Public.ORDINAIRE, annees >= age_a),
        (Public.INVALIDITE, invalidite and annees >= age_b),
        (Public.A_CONFIRMER, confirmable and age_b <= annees < age_a),
    )
    return tuple(public for public, oui in retenus if oui)
