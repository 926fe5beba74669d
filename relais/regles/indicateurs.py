"""Figures of article 6, from counts that name nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Part:
    """A share, kept as its two counts."""

    nombre: int
    total: int

    @property
    def pourcent(self) -> int | None:
        """Whole percents, rounded down so that 100 means all; None when there is nothing."""
        return 100 * self.nombre // self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Comptes:
    """Requests whose 72 hours are over or which were answered.

    `etapes_a_temps`: no answer within 72 hours, but an étape.
    """

    demandes: int
    reponses_a_temps: int
    etapes_a_temps: int


@dataclass(frozen=True, slots=True)
class PartsATemps:
    """Share answered within 72 hours (annex 1), étapes left out and counted in."""

    sans_etapes: Part
    avec_etapes: Part


def parts_a_temps(comptes: Comptes) -> PartsATemps:
    """Both shares. Raises ValueError when the counts contradict one another."""
    a_temps = comptes.reponses_a_temps + comptes.etapes_a_temps
    if min(comptes.reponses_a_temps, comptes.etapes_a_temps) < 0 or a_temps > comptes.demandes:
        raise ValueError("more answers than requests")
    return PartsATemps(
        sans_etapes=Part(comptes.reponses_a_temps, comptes.demandes),
        avec_etapes=Part(a_temps, comptes.demandes),
    )


@dataclass(frozen=True, slots=True)
class Tranche:
    """A range of delays: its code in the counters, its words, its upper bound in hours."""

    code: str
    libelle: str
    heures: int


# A delay is kept as the range it falls in: an exact one, alone in its month, would point at a
# fiche long after its purge.
TRANCHES = (
    Tranche("h4", "moins de 4 heures", 4),
    Tranche("h8", "entre 4 et 8 heures", 8),
    Tranche("h24", "entre 8 et 24 heures", 24),
    Tranche("h48", "entre 24 et 48 heures", 48),
    Tranche("h72", "entre 48 et 72 heures", 72),
    Tranche("j5", "entre 3 et 5 jours", 120),
    Tranche("j10", "entre 5 et 10 jours", 240),
    Tranche("j20", "entre 10 et 20 jours", 480),
    Tranche("au_dela", "plus de 20 jours", 0),
)


def tranche(ecart: timedelta) -> Tranche:
    """The range of a delay, upper bounds included (72 hours to the second are « h72 »)."""
    return next((t for t in TRANCHES[:-1] if ecart <= timedelta(hours=t.heures)), TRANCHES[-1])


@dataclass(frozen=True, slots=True)
class Repartition:
    """How many delays fell in each range. `mediane` and `pire` are None when there is none."""

    nombre: int
    mediane: Tranche | None
    pire: Tranche | None


def repartition(nombres: Mapping[str, int]) -> Repartition:
    """The lower median and the longest, from the count of each range by its code."""
    presentes = [(t, nombres.get(t.code, 0)) for t in TRANCHES if nombres.get(t.code, 0) > 0]
    total = sum(nombre for _, nombre in presentes)
    cumul, mediane = 0, None
    for t, nombre in presentes:
        cumul += nombre
        if 2 * cumul >= total:
            mediane = t
            break
    return Repartition(total, mediane, presentes[-1][0] if presentes else None)
