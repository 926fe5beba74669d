"""docs/droits.md as rows: what is written there by hand, and the cells that are played.

By hand: titles, texts, columns, and which address, method and step make a row. `make droits` writes
the cells of each row, a new one with none yet included.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MATRICE = Path(__file__).parents[2] / "docs/droits.md"


@dataclass(frozen=True)
class Rangee:
    """One row: an address by a method at a step, and what each column gets."""

    adresse: str
    methode: str
    quand: str
    colonnes: tuple[str, ...]
    cellules: dict[str, str]

    @property
    def cle(self) -> tuple[str, str, str]:
        return self.adresse, self.methode, self.quand

    def ecrite(self, cellules: dict[str, str]) -> str:
        """The line of the document with these cells."""
        valeurs = (cellules[colonne] for colonne in self.colonnes)
        return "| " + " | ".join((f"`{self.adresse}`", *self.cle[1:], *valeurs)) + " |"


def lire() -> list[Rangee]:
    return [rangee for _, rangee in _reperer(MATRICE.read_text(encoding="utf-8").splitlines())]


def ecrire(trouvees: dict[tuple[str, str, str], dict[str, str]]) -> None:
    """Write the cells of the rows that were played, and leave all the rest as it is."""
    lignes = MATRICE.read_text(encoding="utf-8").splitlines()
    for rang, rangee in _reperer(lignes):
        if rangee.cle in trouvees:
            lignes[rang] = rangee.ecrite(trouvees[rangee.cle])
    MATRICE.write_text("\n".join(lignes) + "\n", encoding="utf-8")


def _reperer(lignes: list[str]) -> Iterable[tuple[int, Rangee]]:
    colonnes: tuple[str, ...] = ()
    for rang, ligne in enumerate(lignes):
        cellules = [c.strip() for c in ligne.strip("| ").split("|")]
        if cellules[0] == "Adresse":
            colonnes = tuple(cellules[3:])
        if re.fullmatch(r"`/[^`]*`", cellules[0]):
            adresse, methode, quand, *reste = cellules
            # Fewer cells than columns: a row that nobody has played yet.
            valeurs = dict(zip(colonnes, reste, strict=False))
            yield rang, Rangee(adresse.strip("`"), methode, quand, colonnes, valeurs)
