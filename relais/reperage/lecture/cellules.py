"""Cells as spreadsheets leave them: invisible characters, numbers with decimals, lost zeros."""

import re
from collections.abc import Iterator

from relais.adaptateurs.coordonnees import CoordonneeRefusee, lire_mail, lire_telephone
from relais.reperage.lecture import matricules
from relais.reperage.textes import LONGUEUR, propre

COORDONNEES_AU_PLUS = 5  # phones, or mail addresses, of one person
_RIEN = {"", "-", "0", "nc", "neant", "aucun", "aucune", "inconnu", "non renseigne", "sans"}
_DECIMAL = re.compile(r"([0-9]+)[.,]0+")
_SCIENTIFIQUE = re.compile(r"([0-9])[.,]([0-9]+)[eE]\+?([0-9]{1,2})")
_ENTRE_TELEPHONES = re.compile(r"[/;,|\n]|\b(?:ou|et)\b", re.I)
_ENTRE_MAILS = re.compile(r"[/;,|\s]+")
# Five digits, or « 35 000 » as a spreadsheet shows a number.
_LIEU = re.compile(r"(?<![0-9])([0-9]{5}|[0-9]{2}\s[0-9]{3})(?![0-9])")
_CAF, _MSA = 7, 15


def entier(case: str) -> str:
    """The digits of a number that a spreadsheet made of them: « 35000.0 », « 6.12345678E8 ».

    What was rounded stays as it is, and reads as nothing.
    """
    compact = "".join(case.split())
    if trouve := _DECIMAL.fullmatch(compact):
        return trouve[1]
    if trouve := _SCIENTIFIQUE.fullmatch(compact):
        chiffres, exposant = trouve[2], int(trouve[3])
        if exposant - 2 <= len(chiffres) <= exposant:
            return trouve[1] + chiffres.ljust(exposant, "0")
    return case


def matricule(case: str) -> str:
    """A number of allocataire, its zeros in front given back (7 at the CAF, 15 at the MSA).

    Thirteen digits are left: they may be a NIR without its key.
    """
    lu = "".join(entier(propre(case)).split())
    if lu.isascii() and lu.isdecimal() and int(lu):
        if len(lu) < _CAF:
            lu = lu.zfill(_CAF)
        elif len(lu) == _MSA - 1 or (_CAF < len(lu) < _MSA and lu.endswith("0" * 8)):
            lu = lu.zfill(_MSA)
    return matricules.allocataire(lu)


def insee(case: str) -> str:
    """An INSEE code of five characters, else what stands there."""
    lu = "".join(entier(propre(case)).split()).upper()
    return lu.zfill(5) if len(lu) == 4 and lu.isdecimal() else lu


def lieu(postal: str, ville: str) -> tuple[str, str]:
    """The postcode and the name, wherever each stands: « 35000 RENNES », « Rennes (35000) »."""
    postal = entier(propre(postal))
    if len(postal) == 4 and postal.isdecimal():
        postal = postal.zfill(5)
    ville = propre(ville)
    trouve = _LIEU.search(postal) or _LIEU.search(ville)
    if trouve is None:
        return "", ville
    if not ville:
        ville = postal
    return "".join(trouve[1].split()), _LIEU.sub(" ", ville, count=1).strip(" -,()")


def telephones(case: str) -> tuple[tuple[str, ...], int]:
    """The numbers of a cell in E.164, and how many of them do not read."""
    lus, mauvais = [], 0
    for dit in _numeros(case):
        try:
            lus.append(lire_telephone(dit))
        except CoordonneeRefusee:
            mauvais += 1
    return _retenus(lus), mauvais


def courriels(case: str) -> tuple[tuple[str, ...], int]:
    """The mail addresses of a cell, and how many of them do not read."""
    lus, mauvais = [], 0
    for dit in _ENTRE_MAILS.split(case[: 4 * LONGUEUR].strip().lower()):
        if dit.strip("<>") in _RIEN:
            continue
        try:
            lus.append(lire_mail(dit.strip("<>")))
        except CoordonneeRefusee:
            mauvais += 1
    return _retenus(lus), mauvais


def _numeros(case: str) -> Iterator[str]:
    """Each phone number of a cell; ten digits each when nothing parts them."""
    for partie in _ENTRE_TELEPHONES.split(case[: 4 * LONGUEUR]):
        dit = entier(partie.strip())
        chiffres = "".join(c for c in dit if c.isascii() and c.isdecimal())
        if not chiffres.strip("0"):
            if not chiffres and dit.casefold().translate(_SANS_ACCENT) not in _RIEN:
                yield dit
            continue
        dizaines = [chiffres[i : i + 10] for i in range(0, len(chiffres), 10)]
        if len(chiffres) > 10 and all(len(d) == 10 and d[0] == "0" for d in dizaines):
            yield from dizaines
        elif len(chiffres) == 9 and chiffres[0] != "0":
            yield f"0{chiffres}"  # a zero in front is lost in a number
        elif len(chiffres) == 11 and chiffres.startswith("33"):
            yield f"+{chiffres}"
        else:
            yield dit


def _retenus(lus: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lus))[:COORDONNEES_AU_PLUS]


_SANS_ACCENT = str.maketrans("éè", "ee")
