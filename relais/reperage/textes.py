"""Texts of files as they are kept: on one line, visible, no longer than a name or an address."""

import re

LONGUEUR = 200
_DEUX_LETTRES = re.compile(r"[^\W\d_]{2}")
# A letter with the marks laid over it, then what follows up to a space, a hyphen, an apostrophe.
_MOT = re.compile(r"([^\W\d_][\u0300-\u036f]*)((?:[^\W\d_]|[\u0300-\u036f])*)")


def propre(texte: str) -> str:
    """The text without what is not seen (control characters, marks of direction), and cut."""
    compact = " ".join(texte[: 4 * LONGUEUR].split())
    if not compact.isprintable():
        compact = " ".join("".join(c for c in compact if c.isprintable()).split())
    return compact[:LONGUEUR].rstrip()


def accorde(combien: int, un: str, plusieurs: str) -> str:
    """A number and its words, as French counts them: from two on, `plusieurs`."""
    return f"{combien} {plusieurs if combien > 1 else un}"


def prenoms_ecrits(prenoms: str) -> str:
    """First names that a file writes in capitals, as people write them: « Marie-Ange », « N’Deye ».

    Accents are left as they are, and none is guessed. So is what has small letters, or initials
    alone: it was written so on purpose.
    """
    if not prenoms.isupper() or not _DEUX_LETTRES.search(prenoms):
        return prenoms
    return _MOT.sub(lambda mot: mot[1] + mot[2].lower(), prenoms)


def telephones_laisses(combien: int) -> str:
    """What is said of numbers that do not read."""
    return accorde(
        combien,
        "numéro de téléphone ne se lit pas, laissé",
        "numéros de téléphone ne se lisent pas, laissés",
    )


def courriels_laisses(combien: int) -> str:
    """What is said of addresses that do not read."""
    return accorde(
        combien, "adresse mail ne se lit pas, laissée", "adresses mail ne se lisent pas, laissées"
    )
