"""In which order people are to be seen: five levels, from the earliest date still to claim.

Months are calendar months counted back from the date, as a claim is filed: four months before 31
March is 30 November. What the levels use (4, 6 and 30 months) is in `droit-commun.toml`.
"""

from collections.abc import Collection
from datetime import date
from enum import IntEnum
from functools import lru_cache

from relais.regles.calendrier import decaler
from relais.regles.convention import DroitCommun
from relais.regles.publics import Public
from relais.regles.subsidiarite import Code, Echeances

# The income that stops by itself on the day of the reason (CSS L.341-15, L.341-16 and L.821-2).
# An AAH whose rate is unknown is not among them: its rate is to be checked first.
_FINS = {Code.INVALIDITE, Code.INVALIDITE_TRAVAIL, Code.AAH_50_79}


class Urgence(IntEnum):
    """A level, the most urgent first. PLUS_TARD is counted and not stored."""

    EN_PREMIER = 1
    CE_MOIS_CI = 2
    A_PREPARER = 3
    A_INFORMER = 4
    PLUS_TARD = 5


LIBELLES_URGENCE: dict[int, str] = {
    Urgence.EN_PREMIER: "À voir en premier",
    Urgence.CE_MOIS_CI: "À voir ce mois-ci",
    Urgence.A_PREPARER: "À préparer",
    Urgence.A_INFORMER: "À informer",
    Urgence.PLUS_TARD: "Plus tard",
}


def urgence(
    dates: Echeances,
    *,
    au: date,
    droit: DroitCommun,
    publics: Collection[Public] = (),
    suspendu: bool = False,
    pensionne: bool = False,
    retraite_demandee: bool = False,
    aspa_demandee: bool = False,
) -> Urgence:
    """The level of one person on that day. ValeurInconnue before the levels have their months.

    `suspendu`: the RSA of the household is suspended for motive 35, the first level for each of its
    adults whatever else holds. `pensionne`: a pension is already drawn: to verify, so informed at
    most, never screened as due. An income that ends by itself within six months (invalidity, AAH of
    50 to 79 %) is level 2 at least, even then. `retraite_demandee`, `aspa_demandee`: what is no
    longer to claim. `publics`: an audience, even to confirm, is level 4 at least.
    """
    if suspendu:
        return Urgence.EN_PREMIER
    retraite_le = None if retraite_demandee else dates.retraite_due_le
    aspa_le = None if aspa_demandee else dates.aspa_due_le
    reste = [le for le in (retraite_le, aspa_le) if le is not None]
    niveau = _niveau(min(reste), au, droit) if reste else Urgence.PLUS_TARD
    if pensionne and niveau < Urgence.A_INFORMER:
        niveau = Urgence.A_INFORMER
    if publics:
        niveau = min(niveau, Urgence.A_INFORMER)
    if _revenu_finissant(dates, au, droit):
        niveau = min(niveau, Urgence.CE_MOIS_CI)
    return niveau


@lru_cache(maxsize=4096)
def _niveau(le: date, au: date, droit: DroitCommun) -> Urgence:
    a_voir = droit.a_voir_mois.exigee(au)
    if le <= au:
        return Urgence.EN_PREMIER
    if decaler(le, mois=-droit.a_informer_mois.exigee(au)) > au:
        return Urgence.PLUS_TARD  # asked first: it is so of nearly everybody in a file
    if decaler(le, mois=-a_voir) <= au:
        return Urgence.CE_MOIS_CI
    if decaler(le, mois=-droit.a_preparer_mois.exigee(au)) <= au:
        return Urgence.A_PREPARER
    return Urgence.A_INFORMER


def _revenu_finissant(dates: Echeances, au: date, droit: DroitCommun) -> bool:
    """Does an income of this person end after that day, within the months of level 3?"""
    for motif in dates.motifs:
        if motif.code in _FINS and motif.le is not None and au < motif.le:
            mois = droit.a_preparer_mois.exigee(au)
            if decaler(motif.le, mois=-mois) <= au:
                return True
    return False
