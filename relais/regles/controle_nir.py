"""`relais nir`: check numbers read on standard input, one line each.

Columns: numero;valide;corps;cle;provisoire;raison. `corps` and `cle` are empty when the number is
refused; the expected key is never printed. A blank line holds no number and gives no line.
"""

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from relais.regles.nir import NirInvalide, lire, phrase

ECHO_MAXIMAL = 60  # characters of a refused line that are printed back
PAQUET = 5000  # lines written at once
BOM = b"\xef\xbb\xbf"
# Nothing that was read may add a column, open a quoted field or reach the terminal.
_INTERDITS = re.compile(r"[^ -~\u00a0-\uffff]|[\u2028-\u202e\u2066-\u2069\ufeff]")


def controler(entree: BinaryIO, sortie: BinaryIO, *, immediat: bool = False) -> int:
    """Write a line per number. Returns 1 when a number was refused, else 0.

    `immediat`: write each line at once (somebody is typing).
    """
    refuses = 0
    paquet: list[str] = []
    for numero in _numeros(entree):
        ligne, valide = examiner(numero)
        refuses += not valide
        paquet.append(ligne)
        if immediat or len(paquet) == PAQUET:
            _ecrire(sortie, paquet)
    _ecrire(sortie, paquet)
    return 1 if refuses else 0


def examiner(numero: str) -> tuple[str, bool]:
    """The line of one number, and whether it is valid."""
    try:
        nir = lire(numero)
    except NirInvalide as refus:
        dit = phrase(refus).replace("« ; »", "Le point-virgule").replace('« " »', "Le guillemet")
        raison = _colonne(f"{refus.motif} : {dit}")
        return f"{_colonne(_abreger(numero))};0;;;0;{raison}\n", False
    return f"{_colonne(numero)};1;{nir.corps};{nir.cle};{int(nir.provisoire)};\n", True


def _numeros(entree: BinaryIO) -> Iterator[str]:
    premiere = True
    for octets in _lignes(entree):
        brut = octets.removeprefix(BOM) if premiere else octets
        premiere = False
        numero = brut.decode("utf-8", errors="replace").strip()
        if numero:
            yield numero


def _lignes(entree: BinaryIO) -> Iterable[bytes]:
    """Lines ended by LF, CRLF or CR alone."""
    for octets in entree:
        if b"\r" in octets:
            yield from octets.splitlines()
        else:
            yield octets


def _abreger(numero: str) -> str:
    return numero if len(numero) <= ECHO_MAXIMAL else numero[:ECHO_MAXIMAL] + "…"


def _colonne(mots: str) -> str:
    if mots.isalnum() and mots.isascii():
        return mots
    return _INTERDITS.sub("\ufffd", mots.replace(";", ",").replace('"', "'"))


def _ecrire(sortie: BinaryIO, paquet: list[str]) -> None:
    sortie.write("".join(paquet).encode())
    sortie.flush()
    paquet.clear()
