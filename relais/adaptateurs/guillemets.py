"""Rows of a CSV that an unclosed quote swallows: a file is refused for it, with the row's number.

A reader of CSV takes what follows such a quote for one cell, and says nothing. A cell may well run
over lines: it is then closed where a cell ends, and does not hold rows of its own.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from relais.adaptateurs.fichier import FichierRefuse

_VIRGULES_D_UNE_ADRESSE = 6  # fewer than these in a cell that runs over lines may be an address's


class Guillemets:
    """The lines of a CSV for its reader, those of the row being read kept to look at again."""

    def __init__(self, lignes: Iterable[str], separateur: str) -> None:
        self.lignes = lignes
        self.separateur = separateur
        self.lues: list[str] = []
        self.numero = 1
        self.largeur = 0  # the most cells of a row so far
        self.pleines = 0  # rows that were as wide
        fin = re.escape(separateur)
        self.case = re.compile(
            rf'(?: *"(?P<dedans>(?:[^"]+|"")*)(?P<ferme>"?))?(?P<reste>[^{fin}\r\n]*)'
            rf"(?:{fin}|\r\n?|\n|\Z)"
        )

    def __iter__(self) -> Iterator[str]:
        for ligne in self.lignes:
            self.lues.append(ligne)
            yield ligne

    def verifier(self, rangee: Sequence[str]) -> None:
        """Look at a row once read; the next one may come. Raises FichierRefuse."""
        if len(self.lues) > 1 and self._avale(rangee):
            self._refuser()
        self.lues.clear()
        self.numero += 1
        if len(rangee) > self.largeur:
            self.largeur, self.pleines = len(rangee), 0
        self.pleines += len(rangee) == self.largeur

    def refuser_si_ouvert(self) -> None:
        """The reader gave up on a row. Raises FichierRefuse when it ran over lines."""
        if len(self.lues) > 1:
            self._refuser()

    def _avale(self, rangee: Sequence[str]) -> bool:
        cases = [c for c in self._cases() if "\n" in c["dedans"] or "\r" in c["dedans"]]
        au_moins = max(self.largeur - 1, 2)
        if self.separateur == ",":
            au_moins = max(au_moins, _VIRGULES_D_UNE_ADRESSE)
        de_trop = rangee[self.largeur :] if cases and self.pleines > 1 else ()
        return (
            any(map(_mal_fermee, cases))
            or any(case["dedans"].count(self.separateur) >= au_moins for case in cases)
            or any(case.strip() for case in de_trop)
        )

    def _cases(self) -> Iterator[dict[str, str]]:
        for trouve in self.case.finditer("".join(self.lues)):
            yield trouve.groupdict(default="")

    def _refuser(self) -> None:
        raise FichierRefuse(
            f"Ligne {self.numero} : un guillemet s’y ouvre et ne se ferme pas à la fin de sa case,"
            " si bien que les lignes suivantes se perdraient. Retirez ce guillemet, ou enregistrez"
            " le tableau en XLSX."
        )


def _mal_fermee(case: dict[str, str]) -> bool:
    """Closed in the middle of a cell, or not at all while lines follow."""
    if case["ferme"]:
        return bool(case["reste"])
    return bool("".join(case["dedans"].splitlines()[1:]).strip())
