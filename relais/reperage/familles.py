"""Which family a file belongs to, from its first bytes."""

import re
from enum import Enum, auto

from relais.adaptateurs.fichier import FichierRefuse, Source, ouvert
from relais.reperage import titres

COLONNES = ("naissance", "inapte", "invalidite", "aah", "saspa", "travaille")
_SEPARATEURS = re.compile(r"[;,\t]")
_DEBUT = 64 * 1024
_MARQUES = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class Famille(Enum):
    """How a file is to be read."""

    SIX_COLONNES = auto()
    FLUX = auto()
    TABLEAU = auto()
    CONTACTS = auto()


def reconnaitre(source: Source) -> Famille:
    """The family of a file. Raises FichierRefuse: empty, or none of them."""
    with ouvert(source) as flux:
        debut = flux.read(_DEBUT)
    for marque in _MARQUES:
        debut = debut.removeprefix(marque)
    if not debut.strip():
        raise FichierRefuse("Ce fichier est vide.")
    if debut.lstrip(b" \t\r\n\0").startswith(b"<"):
        return Famille.FLUX
    premiere, _, reste = debut.partition(b"\n")
    titree = premiere.decode("utf-8", errors="replace")
    if six_colonnes(titree) is None:
        lus = map(sans_guillemets, _SEPARATEURS.split(titree))
        return Famille.CONTACTS if titres.est_de_contacts(list(lus)) else Famille.TABLEAU
    if not reste.strip():
        raise FichierRefuse("Ce fichier n’a que sa ligne de titres.")
    return Famille.SIX_COLONNES


def six_colonnes(premiere_ligne: str) -> tuple[str, ...] | None:
    """The six columns in the order of the file, None when it has others, or one twice."""
    lus = tuple(map(sans_guillemets, premiere_ligne.removeprefix("\ufeff").split(";")))
    return lus if sorted(lus) == sorted(COLONNES) else None


def sans_guillemets(case: str) -> str:
    """A cell without what surrounds it."""
    return case.strip().removeprefix('"').removesuffix('"').strip()
