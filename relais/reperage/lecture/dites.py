"""What a file tells of a person's situation: it changes nothing of the rest, told by others.

A column that is absent, and a datum that a family never tells, say nothing. A blank cell of a
column that is there says no.
"""

from collections.abc import Collection
from dataclasses import fields

from relais.reperage.dossier import Situation
from relais.reperage.lecture.titres import Champ

PRECISION = "precision"  # how well the birth date is known: TYPEDTNAI, where it is written
TOUTES = (*(champ.name for champ in fields(Situation)), PRECISION)
DU_FLUX = ("signale", "invalidite", "travaille", "pensionne", "suspendu", "veuf")
DES_COLONNES: dict[Champ, tuple[str, ...]] = {
    Champ.INAPTE: ("inapte",),
    Champ.SIGNALE: ("signale",),
    Champ.INVALIDITE: ("invalidite",),
    Champ.AAH: ("aah",),
    Champ.SASPA: ("saspa",),
    Champ.TRAVAILLE: ("travaille",),
    Champ.ACTIVITE: ("signale", "invalidite", "travaille", "pensionne"),
}


def du_flux(precision: str) -> tuple[str, ...]:
    """What the flow tells of an adult. `precision`: the text of TYPEDTNAI."""
    return (*DU_FLUX, PRECISION) if precision else DU_FLUX


def du_tableau(colonnes: Collection[Champ]) -> tuple[str, ...]:
    """What a sheet that has these columns tells, row by row: see `avec_precision` too."""
    dites = {nom for champ in colonnes for nom in DES_COLONNES.get(champ, ())}
    return tuple(nom for nom in TOUTES if nom in dites)


def avec_precision(dites: tuple[str, ...], precision: str) -> tuple[str, ...]:
    """The same, and how well the birth date is known where a cell says so."""
    return (*dites, PRECISION) if precision else dites
