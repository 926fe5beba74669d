"""Figures of article 6, from counts that name nobody."""

from dataclasses import dataclass


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
