"""A NIR as files leave it, and what in a file contradicts it. Never printed."""

import re
from datetime import date

from relais.regles import nir
from relais.regles.nir import MotifNir, Nir, NirInvalide

# Fourteen or fifteen significant digits are whole in the float of a spreadsheet.
_DECIMAL = re.compile(r"([0-9]{13,15})[.,]0+")
_SCIENTIFIQUE = re.compile(r"([0-9])[.,]([0-9]{12,14})[eE]\+?(12|13|14)")


def lire(texte: str) -> Nir | None:
    """The number of a cell: 13 characters (its key is computed) or 15, padded, or a float.

    None when there is none or it is not valid: a file to screen does without.
    """
    brut = "".join(texte.split())
    if trouve := _DECIMAL.fullmatch(brut):
        brut = trouve[1]
    elif trouve := _SCIENTIFIQUE.fullmatch(brut):
        brut = (trouve[1] + trouve[2]).ljust(int(trouve[3]) + 1, "0")
    try:
        lu = nir.lire(brut, sans_cle=True)
    except NirInvalide:
        return None
    return lu if lu.cle else Nir(lu.corps, nir.calculer_cle(lu.corps), lu.provisoire)


def arrondi(texte: str) -> bool:
    """Has a spreadsheet rounded that number?"""
    try:
        nir.lire("".join(texte.split()), sans_cle=True)
    except NirInvalide as refus:
        return refus.motif == MotifNir.TABLEUR
    return False


def discordances(lu: Nir, *, naissance: date, feminin: bool | None) -> list[str]:
    """What does not go with the number: warnings, in French (rules.md, NIR)."""
    sexe, annee, mois = lu.corps[0], lu.corps[1:3], int(lu.corps[3:5])
    dits = []
    if annee != f"{naissance.year % 100:02d}" or _mois(mois) not in (None, naissance.month):
        dits.append("le numéro de sécurité sociale ne va pas avec la date de naissance")
    if feminin is not None and sexe in "1278" and (sexe in "28") != feminin:
        dits.append("le numéro de sécurité sociale ne va pas avec la civilité")
    return dits


def _mois(code: int) -> int | None:
    if code <= 12:
        return code
    return code - 30 if 31 <= code <= 42 else None
