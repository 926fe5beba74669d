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


def prenoms_ecrits(prenoms: str) -> str:
    """First names that a file writes in capitals, as people write them: « Marie-Ange », « N’Deye ».

    Accents are left as they are, and none is guessed. So is what has small letters, or initials
    alone: it was written so on purpose.
    """
    if not prenoms.isupper() or not _DEUX_LETTRES.search(prenoms):
        return prenoms
    return _MOT.sub(lambda mot: mot[1] + mot[2].lower(), prenoms)
