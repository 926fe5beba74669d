"""Texts of files as they are kept: on one line, visible, no longer than a name or an address."""

LONGUEUR = 200


def propre(texte: str) -> str:
    """The text without what is not seen (control characters, marks of direction), and cut."""
    compact = " ".join(texte[: 4 * LONGUEUR].split())
    if not compact.isprintable():
        compact = " ".join("".join(c for c in compact if c.isprintable()).split())
    return compact[:LONGUEUR].rstrip()
