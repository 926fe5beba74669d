"""The table: each gesture at both sizes, side by side, with what misses its aim marked."""

import os
import statistics
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.bench.moteurs import Figure

RATIO_DES_TAILLES = 1.3
RATIO_CORBEILLE = 3.0
CORBEILLE = "corbeille"


@dataclass
class Serie:
    """The measures of one gesture on one base, in seconds, and its numbers of SQL queries."""

    durees: list[float] = field(default_factory=list)
    unites: list[float] = field(default_factory=list)  # the empty page at the same time
    requetes: tuple[int, int] = (0, 0)

    @property
    def mediane(self) -> float:
        return statistics.median(self.durees) * 1000

    @property
    def p95(self) -> float:
        return sorted(self.durees)[int(len(self.durees) * 0.95)] * 1000


@dataclass(frozen=True)
class Ligne:
    nom: str
    petite: Serie
    grande: Serie

    @property
    def ratio(self) -> float:
        return self.grande.mediane / self.petite.mediane

    @property
    def en_pages_vides(self) -> float:
        return self.grande.mediane / (statistics.median(self.grande.unites) * 1000)

    def manques(self) -> list[str]:
        fautes = []
        if self.ratio > RATIO_DES_TAILLES:
            fautes.append(f"> {RATIO_DES_TAILLES} entre les deux tailles")
        if self.nom == CORBEILLE and self.en_pages_vides > RATIO_CORBEILLE:
            fautes.append(f"> {RATIO_CORBEILLE:.0f} pages vides")
        if self.grande.requetes > self.petite.requetes:
            fautes.append("plus de requêtes")
        return fautes

    def texte(self) -> str:
        fautes = self.manques()
        return (
            f"{self.nom:<32}"
            f"{self.petite.mediane:9.1f}{self.petite.p95:8.1f}"
            f"{self.grande.mediane:11.1f}{self.grande.p95:8.1f}"
            f"{self.ratio:8.2f}{self.en_pages_vides:9.2f}"
            f"{'+'.join(map(str, self.grande.requetes)):>9}"
            f"   {'MANQUE : ' + ', '.join(fautes) if fautes else 'tenu'}"
        )


def comparer(petites: dict[str, Serie], grandes: dict[str, Serie]) -> list[Ligne]:
    return [Ligne(nom, petites[nom], grandes[nom]) for nom in grandes]


def imprimer(
    tailles: tuple[int, int], lignes: Iterable[Ligne], figures: Iterable[Figure], charges: list[str]
) -> None:
    petite, grande = (f"{taille:,}".replace(",", " ") for taille in tailles)
    print(f"\n{'millisecondes':<32}{petite + ' fiches':>17}{grande + ' fiches':>19}")
    print(
        f"{'':<32}{'médiane':>9}{'p95':>8}{'médiane':>11}{'p95':>8}"
        f"{'ratio':>8}{'/ vide':>9}{'SQL':>9}"
    )
    for ligne in lignes:
        print(ligne.texte())
    print()
    for figure in figures:
        print(f"{figure.nom:<48}{figure.valeur}{'' if figure.tenu else '   MANQUE'}")
    print(f"\nCharge de la machine ({os.cpu_count()} cœurs) : {', '.join(charges)}.")
    print("SQL : requêtes à la base + au coffre. Buts : ≤ 1,3 entre les deux tailles ;")
    print("corbeille ≤ 3 pages vides ; PDF à chaud < 40 ms.")
