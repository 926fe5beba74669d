"""A household of the RSA as a file tells it: its adults are examined one by one."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from relais.regles.convention import Convention
from relais.regles.publics import Public, publics
from relais.regles.subsidiarite import Aah, Code, Echeances, Motif, Reserve, echeances
from relais.regles.urgence import Urgence, urgence


class Precision(StrEnum):
    """How well a birth date is known (CNAF, TYPEDTNAI)."""

    CONNUE = "N"
    JOUR_INCONNU = "J"
    MOIS_INCONNU = "O"


def naissance_retenue(lue: date, *, precision: Precision) -> date:
    """The birth date that the rules use: the latest possible one, so that no date comes too early.

    Day unknown: the last day of the month. Day and month unknown: 31 December.
    """
    if precision == Precision.MOIS_INCONNU:
        return date(lue.year, 12, 31)
    if precision == Precision.JOUR_INCONNU:
        return lue.replace(day=monthrange(lue.year, lue.month)[1])
    return lue


class Adulte(NamedTuple):
    """One adult's birth date and situation: whoever has the same ones has the same examination.

    `naissance`: as it was read. `inapte`: recognised by the caisse; `signale`: said unfit or
    handicapped by a file. `pensionne`: draws a pension of old age. `suspendu`: the payment of the
    household's RSA is suspended for motive 35, an old-age claim that is awaited.
    """

    naissance: date
    precision: Precision = Precision.CONNUE
    inapte: bool = False
    signale: bool = False
    invalidite: bool = False
    aah: Aah | None = None
    saspa: bool = False
    travaille: bool = False
    pensionne: bool = False
    suspendu: bool = False


class Examen(NamedTuple):
    """What the rules say of one adult on one day. `motifs`: the most pressing first."""

    naissance: date
    echeances: Echeances
    publics: tuple[Public, ...]
    urgence: Urgence
    motifs: tuple[Motif, ...]


def examiner(adulte: Adulte, *, au: date, convention: Convention) -> Examen:
    """Dates, audiences, level and reasons of one adult on that day (articles 1 and 3).

    Nothing of the conjoint enters but a suspension, which is the household's (`Adulte.suspendu`).
    """
    naissance = naissance_retenue(adulte.naissance, precision=adulte.precision)
    dates = echeances(
        naissance,
        inapte=adulte.inapte,
        signale=adulte.signale,
        invalidite=adulte.invalidite,
        aah=adulte.aah,
        saspa=adulte.saspa,
        travaille=adulte.travaille,
        droit=convention.droit,
    )
    invites = publics(
        naissance,
        au=au,
        invalidite=adulte.invalidite,
        inapte=adulte.inapte,
        signale=adulte.signale,
        aah=adulte.aah,
        reunions=convention.reunions,
    )
    niveau = urgence(
        dates,
        au=au,
        droit=convention.droit,
        publics=invites,
        suspendu=adulte.suspendu,
        pensionne=adulte.pensionne,
    )
    motifs = (*_motifs_du_fichier(adulte, naissance), *dates.motifs)
    return Examen(naissance, dates, invites, niveau, motifs)


def examiner_foyer(
    adultes: Iterable[Adulte], *, au: date, convention: Convention
) -> tuple[Examen, ...]:
    """Each adult of a household, one by one; a suspension told of one of them is everybody's."""
    tous = tuple(adultes)
    if any(adulte.suspendu for adulte in tous):
        tous = tuple(adulte._replace(suspendu=True) for adulte in tous)
    return tuple(examiner(adulte, au=au, convention=convention) for adulte in tous)


def _motifs_du_fichier(adulte: Adulte, naissance: date) -> list[Motif]:
    motifs = []
    if adulte.suspendu:
        motifs.append(Motif(Code.SUSPENSION))
    if adulte.pensionne:
        motifs.append(Motif(Code.PENSION_VERSEE, reserve=Reserve.A_VERIFIER))
    if adulte.precision != Precision.CONNUE:
        motifs.append(Motif(Code.NAISSANCE_INCERTAINE, naissance, Reserve.A_VERIFIER))
    return motifs
