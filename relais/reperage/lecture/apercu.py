"""What a spreadsheet holds, column by column, for whoever says what each one is.

Kinds of cells are shown, never what they hold: nothing of anybody is kept in clear by showing them.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from relais.adaptateurs import feuilles
from relais.adaptateurs.feuilles import Rangee
from relais.adaptateurs.fichier import FichierRefuse, Source
from relais.reperage.lecture import titres
from relais.reperage.lecture.tableaux import rangees_du_tableau
from relais.reperage.lecture.titres import Champ, Choisies

_RANGEES = 50  # looked at for the kinds
_GENRES = 3
_DATE = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}(?:[ T].*)?")
_OUI_NON = {"oui", "non", "o", "n", "x", "vrai", "faux", "true", "false"}
_NOMBRE = re.compile(r"[0-9]+(?:[.,]0+)?")


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its title, what it is proposed to hold, and the kinds of its first cells."""

    lettres: str
    titre: str
    normal: str
    champ: Champ | None
    genres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Apercu:
    """`ligne`: where the titles stand. `refus`: why it cannot be read as it is proposed."""

    ligne: int
    colonnes: tuple[Colonne, ...]
    refus: str = ""


def apercu(source: Source, choisies: Choisies | None = None) -> Apercu:
    """Look at the beginning of a sheet. Raises FichierRefuse: it is empty, or bears no titles."""
    ligne, premiere, rangees = rangees_du_tableau(source, choisies or {})
    if not titres.sont_des_titres(premiere, choisies or {}):
        raise FichierRefuse(titres.SANS_TITRES)
    champs = titres.proposer(premiere, choisies or {})
    suivantes = [rangee for _, rangee in islice(rangees, _RANGEES)]
    colonnes = tuple(
        Colonne(
            feuilles.lettres(rang),
            titres.montrer(titre)[: titres.LONGUEUR],
            titres.normaliser(titre)[: titres.LONGUEUR],
            champ,
            _genres(suivantes, rang),
        )
        for rang, (titre, champ) in enumerate(zip(premiere, champs, strict=True))
        if titre.strip() or any(_case(rangee, rang) for rangee in suivantes)
    )
    try:
        titres.ranger(premiere, champs)
    except FichierRefuse as refus:
        return Apercu(ligne, colonnes, refus.phrase)
    return Apercu(ligne, colonnes)


def genre(case: str) -> str:
    """What a cell looks like, in words that tell nothing of what it holds."""
    compact = "".join(case.split())
    if not compact:
        return "vide"
    if "@" in compact:
        return "adresse mail"
    if _DATE.fullmatch(case.strip()):
        return "date"
    if compact.casefold() in _OUI_NON:
        return "oui ou non"
    if _NOMBRE.fullmatch(compact):
        nombre = len(re.split("[.,]", compact)[0])
        return f"nombre de {nombre} chiffre{'s' if nombre > 1 else ''}"
    if any(c.isdecimal() for c in compact):
        return "texte et chiffres"
    return "texte"


def _genres(rangees: Iterable[Rangee], rang: int) -> tuple[str, ...]:
    pleines = (genre(case) for rangee in rangees if (case := _case(rangee, rang)))
    return tuple(islice(dict.fromkeys(pleines), _GENRES))


def _case(rangee: Rangee, rang: int) -> str:
    return rangee[rang].strip() if rang < len(rangee) else ""
