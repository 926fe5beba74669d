"""References of fiches: random, without meaning, easy to read aloud."""

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O 1 I L
LONGUEUR = 8
COMMENT = "Une référence a huit lettres et chiffres, comme K7QF-3MWP."
_SEPARATEURS = re.compile(r"[\s\u2010-\u2015\u2212._/-]+")
_RONDS = str.maketrans("O0", "QQ")


class ReferenceInvalide(ValueError):
    """What was typed is no reference. `phrase` says it to the person who reads the sheet."""

    def __init__(self, phrase: str) -> None:
        super().__init__()
        self.phrase = phrase


def nouvelle_reference() -> str:
    """Eight random characters as `K7QF-3MWP` (about 39 bits)."""
    return _ecrite("".join(secrets.choice(ALPHABET) for _ in range(LONGUEUR)))


def lire(texte: str) -> str:
    """`k7qf 3mwp` gives `K7QF-3MWP`. Raises ReferenceInvalide.

    Case, spaces and dashes do not count. No reference has an O or a zero: either is a Q misread.
    """
    brute = _SEPARATEURS.sub("", texte.upper()).translate(_RONDS)
    if len(brute) != LONGUEUR or set(brute) - set(ALPHABET) - set("1IL"):
        raise ReferenceInvalide(COMMENT)
    if etranger := set(brute) & set("1IL"):
        raise ReferenceInvalide(
            f"Une référence n’a jamais de {sorted(etranger)[0]} (ni de 1, ni de I, ni de L)."
            " Relisez-la sur la feuille : ce peut être un 7, un J ou un T."
        )
    return _ecrite(brute)


def _ecrite(brute: str) -> str:
    return f"{brute[:4]}-{brute[4:]}"
