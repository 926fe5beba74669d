"""Calendar arithmetic: public holidays, working days, months that end early."""

from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def paques(annee: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher's computation)."""
    a, b, c = annee % 19, annee // 100, annee % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    mois, jour = divmod(h + m - 7 * n + 114, 31)
    return date(annee, mois, jour + 1)


@lru_cache(maxsize=64)
def jours_feries(annee: int) -> frozenset[date]:
    """The eleven legal holidays (Code du travail, L.3133-1), without the local ones of Alsace."""
    dimanche = paques(annee)
    mobiles = {dimanche + timedelta(days=ecart) for ecart in (1, 39, 50)}
    fixes = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    return frozenset(mobiles | {date(annee, mois, jour) for mois, jour in fixes})


def ferie(jour: date) -> bool:
    """Is that day a legal holiday?"""
    return jour in jours_feries(jour.year)


def ouvre(jour: date) -> bool:
    """Is that day worked: Monday to Friday, holidays excluded?"""
    return jour.weekday() < 5 and not ferie(jour)


def dernier_jour_ouvre(debut: date, fin: date) -> date | None:
    """The last worked day from `debut` to `fin`, both included."""
    jour = fin
    while jour >= debut:
        if ouvre(jour):
            return jour
        jour -= timedelta(days=1)
    return None


def decaler(jour: date, *, mois: int = 0, annees: int = 0) -> date:
    """That many calendar months later (or earlier): same day number, else the month's last day.

    29 February: 28 February in common years.
    """
    rang = (jour.year + annees) * 12 + jour.month - 1 + mois
    annee, mois_0 = divmod(rang, 12)
    if jour.day <= 28:
        return date(annee, mois_0 + 1, jour.day)  # by the million: every month has that day
    return date(annee, mois_0 + 1, min(jour.day, monthrange(annee, mois_0 + 1)[1]))


def age(naissance: date, *, au: date) -> int:
    """Age in full years on that day; negative before the birth."""
    annees = au.year - naissance.year
    if au.month != naissance.month:
        return annees if au.month > naissance.month else annees - 1
    return annees if decaler(naissance, annees=annees) <= au else annees - 1
