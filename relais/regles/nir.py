"""The NIR (numéro de sécurité sociale): S AA MM LLLLL OOO and a key of two digits.

Décret n° 82-103 of 22 January 1982; key: 97 - (N mod 97) over the 13 characters, with 2A counted as
19 and 2B as 18. The expected key is never shown to anyone: a person corrects the number, not the
key. Errors and representations never carry the whole number, so that a log cannot either.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

LONGUEUR_CORPS = 13
LONGUEUR = 15
# Accepted on input: spaces (ordinary, no-break, narrow, thin), dot, hyphen (ordinary, no-break).
_COMPACTER = str.maketrans("ab", "AB", " \u00a0\u202f\u2009.-\u2011")

_PREMIER = "[1-478]"
_MOIS = "(?:0[1-9]|1[0-2]|[23][0-9]|4[0-2]|[5-9][0-9])"
_LIEU = (
    "(?:(?:0[1-9]|[1-8][0-9]|9[0-6]|99|2[AB])(?!000)[0-9]{3}"  # commune, or 99 and a country
    "|9[78][0-9](?!00)[0-9]{2})"  # overseas
)
_ENTIER = re.compile(f"({_PREMIER}[0-9]{{2}}{_MOIS}{_LIEU}(?!000)[0-9]{{3}})([0-9]{{2}})?")
_CARACTERES = re.compile("[0-9AB]*")
# What a spreadsheet leaves of a number: 1,85058E+14; a decimal zero; digits rounded to zeros.
_TABLEUR = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,2}|[0-9]{13,15}(?:,0+|\.0)")
_ARRONDI = re.compile("[1-9][0-9]{0,6}0{6}(?:00)?")


class MotifNir(StrEnum):
    """Why a number is refused."""

    LONGUEUR = "longueur"
    CARACTERE = "caractere"
    PREMIER = "premier"
    MOIS = "mois"
    LIEU = "lieu"
    ORDRE = "ordre"
    CLE = "cle"
    CLE_ABSENTE = "cle_absente"
    TABLEUR = "tableur"


_PHRASES = {
    MotifNir.LONGUEUR: (
        "Vous avez saisi {n} caractère{s}. Il en faut 15 : 13, puis la clé de 2 chiffres."
    ),
    MotifNir.CARACTERE: (
        "{c} n'est pas possible. Le numéro ne contient que des chiffres, et 2A ou 2B pour la Corse."
    ),
    MotifNir.PREMIER: (
        "Il ne peut pas être {c}. C'est 1 ou 2 ; 3, 4, 7 ou 8 si le numéro est provisoire."
    ),
    MotifNir.MOIS: "{mm} ne correspond à aucun mois de naissance.",
    MotifNir.LIEU: (
        "{lllll} ne correspond à aucun lieu de naissance. Naissance hors de France : ils commencent"
        " par 99 ; en Algérie, au Maroc ou en Tunisie avant l'indépendance, parfois par 91 à 96."
    ),
    MotifNir.ORDRE: "Ces trois chiffres ne peuvent pas être 000.",
    MotifNir.CLE: (
        "La clé ne va pas avec le numéro. Souvent, un chiffre est faux ou deux sont inversés."
        " Relisez-le deux par deux avec la personne."
    ),
    MotifNir.CLE_ABSENTE: "Ajoutez les 2 derniers chiffres : ils vérifient les autres.",
    MotifNir.TABLEUR: (
        "Ce numéro a été arrondi par un tableur. Reprenez-le d'après la carte ou l'attestation."
    ),
}
# The part of the number that the sentence speaks of.
_PARTIES = {
    MotifNir.PREMIER: "Premier chiffre : ",
    MotifNir.MOIS: "Mois (4e et 5e chiffres) : ",
    MotifNir.LIEU: "Lieu (6e au 10e) : ",
    MotifNir.ORDRE: "Ordre (11e au 13e) : ",
}


class NirInvalide(ValueError):
    """A refused number. `details`: what the sentence quotes, never the whole number."""

    def __init__(self, motif: MotifNir, **details: str) -> None:
        super().__init__(motif.value)
        self.motif = motif
        self.details = details


@dataclass(frozen=True, slots=True, repr=False)
class Nir:
    """A valid number: `corps` of 13 characters, `cle` of 2 digits ("" when it was not given)."""

    corps: str
    cle: str
    provisoire: bool  # first digit 3, 4, 7 or 8: the caisse may hold another one

    def __repr__(self) -> str:
        return f"Nir({masquer(self.corps, self.cle)})"


def lire(texte: str, *, sans_cle: bool = False) -> Nir:
    """Read a number as it was typed or pasted. Raises NirInvalide.

    `sans_cle`: 13 characters alone are accepted ("la personne ne connaît pas la clé"); the key then
    stays empty, it is never guessed here: an import that needs it calls `calculer_cle`.
    """
    trouve = _ENTIER.fullmatch(texte)
    if trouve is None:
        compact = texte.strip().translate(_COMPACTER)
        trouve = _ENTIER.fullmatch(compact)
        if trouve is None:
            raise _refus(texte.strip(), compact)
    corps, cle = trouve[1], trouve[2]
    if cle is None:
        if not sans_cle:
            raise NirInvalide(MotifNir.CLE_ABSENTE)
    elif cle != calculer_cle(corps):
        raise NirInvalide(MotifNir.CLE)
    return Nir(corps, cle or "", corps[0] not in "12")


def calculer_cle(corps: str) -> str:
    """The key of 13 valid characters, 01 to 97. For imports only: never displayed."""
    nombre = int(corps if corps.isdecimal() else corps.replace("2A", "19").replace("2B", "18"))
    return f"{97 - nombre % 97:02d}"


def _refus(saisi: str, compact: str) -> NirInvalide:
    """The first reason, in the order in which a person can act on it."""
    rond = len(compact) in (LONGUEUR_CORPS, LONGUEUR) and _ARRONDI.fullmatch(compact)
    if rond or _TABLEUR.fullmatch(saisi):
        return NirInvalide(MotifNir.TABLEUR)
    etranger = _CARACTERES.match(compact).end()  # type: ignore[union-attr]  # "*" always matches
    if etranger < len(compact):
        return NirInvalide(MotifNir.CARACTERE, c=_nommer(compact[etranger]))
    if len(compact) not in (LONGUEUR_CORPS, LONGUEUR):
        n = len(compact)
        return NirInvalide(MotifNir.LONGUEUR, n=str(n), s="s" if n > 1 else "")
    for rang, caractere in enumerate(compact):
        if caractere in "AB" and (rang != 6 or compact[5] != "2"):
            return NirInvalide(MotifNir.CARACTERE, c=_nommer(caractere))
    return _refus_de_structure(compact)


def _refus_de_structure(compact: str) -> NirInvalide:
    if not re.match(_PREMIER, compact):
        return NirInvalide(MotifNir.PREMIER, c=compact[0])
    if not re.match(_MOIS, compact[3:5]):
        return NirInvalide(MotifNir.MOIS, mm=compact[3:5])
    if not re.match(_LIEU, compact[5:10]):
        return NirInvalide(MotifNir.LIEU, lllll=compact[5:10])
    return NirInvalide(MotifNir.ORDRE)


def _nommer(caractere: str) -> str:
    """A character that a sentence can show: emoji, control and direction marks are named."""
    if unicodedata.category(caractere)[0] in "LNP" or caractere in "+=<>|$€":
        return f"« {caractere} »"
    return "Un caractère invisible" if not caractere.isprintable() else "Un symbole"


def phrase(erreur: NirInvalide) -> str:
    """The refusal in French, to be read aloud: what is wrong, then what to do."""
    dit = _PHRASES[erreur.motif].format(**erreur.details)
    partie = _PARTIES.get(erreur.motif, "")
    return (
        f"Le numéro n'est pas valable. {partie}{dit}"
        " Il figure sur la carte Vitale et sur l'attestation de droits."
    )


def masquer(corps: str, cle: str = "") -> str:
    """What a screen shows of a number: first digit and key, `1 •• •• •• ••• ••• 42`."""
    return f"{corps[:1]} •• •• •• ••• ••• {cle}".rstrip()


def espacer(corps: str, cle: str = "") -> str:
    """The whole number in its usual groups: `1 85 05 78 006 084 36`."""
    bornes = (0, 1, 3, 5, 7, 10, 13)
    groupes = [corps[a:b] for a, b in pairwise(bornes)]
    return " ".join([*groupes, cle]).rstrip()


_ENTRE = r"[\s./_·\-\u2010-\u2015]{0,3}"
_CHIFFRE = f"{_ENTRE}[0-9]"
_REPERE = re.compile(
    rf"(?<![0-9])(?=({_PREMIER}(?:{_CHIFFRE}){{5}}{_ENTRE}[0-9ABab](?:{_CHIFFRE}){{6}}"
    rf"(?:(?:{_CHIFFRE}){{2}})?)(?![0-9]))"
)


def reperer(texte: str) -> list[tuple[int, int]]:
    """Spans (start, end) of what looks like a NIR in free text, key or not, right key or not.

    Broad on purpose: a mistyped NIR is personal data too. Any digits of Unicode are read.
    """
    chiffres = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in texte)
    reperes: list[tuple[int, int]] = []
    for trouve in _REPERE.finditer(chiffres):
        debut, fin = trouve.span(1)
        corps = re.sub(_ENTRE, "", trouve[1])[:LONGUEUR_CORPS].upper()
        if _ENTIER.fullmatch(corps) and (not reperes or debut >= reperes[-1][1]):
            reperes.append((debut, fin))
    return reperes
