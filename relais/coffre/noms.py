"""Names as the search compares them: accents, case, hyphens, spaces and particles do not count."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i"})
# Only "de" and "d'" are no part of the name (rule of French filing): "du", "des", "la", "le" are,
# and are often stuck to it (Le Goff, Legoff).
_PARTICULES = {"de", "d"}


def normaliser_nom(nom: str) -> str:
    """`d'Hervé  LE-GOFF` gives `hervelegoff`; empty when nothing is left to compare."""
    lettres = nom.casefold()
    if lettres.isascii():  # a lot normalises thousands of names, most of them of one plain word
        if lettres.isalnum():
            return lettres
    else:
        decompose = unicodedata.normalize("NFKD", lettres.translate(_LIGATURES))
        lettres = "".join(c for c in decompose if not unicodedata.combining(c)).casefold()
    mots = re.findall(r"[^\W_]+", lettres)
    while len(mots) > 1 and mots[0] in _PARTICULES:
        del mots[0]
    while len(mots) > 1 and mots[-1] in _PARTICULES:
        del mots[-1]
    return "".join(mots)
