"""Which family a file belongs to, from its first bytes."""

from enum import Enum, auto
from itertools import islice

from relais.adaptateurs.fichier import FichierRefuse, Source, ouvert
from relais.reperage.lecture import titres

COLONNES = ("naissance", "inapte", "invalidite", "aah", "saspa", "travaille")
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
    if six_colonnes(premiere.decode("utf-8", errors="replace")) is None:
        return Famille.CONTACTS if _de_contacts(source) else Famille.TABLEAU
    if not reste.strip():
        raise FichierRefuse("Ce fichier n’a que sa ligne de titres.")
    return Famille.SIX_COLONNES


def _de_contacts(source: Source) -> bool:
    """Whether one of the first rows bears the titles of the contacts, in any encoding or workbook.

    Read as it will be: what reads workbooks is loaded here, not for the six columns nor the flow.
    """
    from relais.adaptateurs import feuilles

    return any(
        map(
            titres.est_de_contacts,
            islice(feuilles.rangees(source, connus=titres.connus), titres.RANGEES),
        )
    )


def six_colonnes(premiere_ligne: str) -> tuple[str, ...] | None:
    """The six columns in the order of the file, None when it has others, or one twice."""
    lus = tuple(map(sans_guillemets, premiere_ligne.removeprefix("\ufeff").split(";")))
    return lus if sorted(lus) == sorted(COLONNES) else None


def sans_guillemets(case: str) -> str:
    """A cell without what surrounds it."""
    return case.strip().removeprefix('"').removesuffix('"').strip()
