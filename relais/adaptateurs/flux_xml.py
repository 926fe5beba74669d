"""XML of any size through lxml: a part at a time, memory flat; no DTD, entity nor network."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from lxml import etree

from relais.adaptateurs.fichier import Avancer, FichierRefuse, Source, ouvert

_MORCEAU = 256 * 1024
# A true household takes a few kilobytes: more than this without the end of one is another file.
_SANS_RIEN_AU_PLUS = 32 * 1024 * 1024
_ELEMENTS_REGARDES = 10_000
_NOMS_DITS = 40


def parties(
    source: Source, *, voulues: Collection[str], avancer: Avancer | None = None
) -> Iterator[Any]:
    """The children of the root that bear those names, one at a time, in the order of the file.

    Each is emptied once the next is asked for. Comments and instructions are left out. Raises
    FichierRefuse: a DTD, an XML that is broken or cut, none of these names.
    """
    parseur = etree.XMLPullParser(
        events=("end",),
        tag=tuple(voulues),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    racine, rendues, sans_rien = None, 0, 0
    try:
        for morceau in _morceaux(source, avancer):
            parseur.feed(morceau)
            sans_rien += len(morceau)
            for _, element in parseur.read_events():
                racine = element.getroottree().getroot()
                _refuser_dtd(racine)
                if element.getparent() is racine:
                    yield element
                    rendues, sans_rien = rendues + 1, 0
                    _oublier(element)
            if sans_rien > _SANS_RIEN_AU_PLUS:
                raise FichierRefuse("Ce fichier ne contient aucun foyer, ou un foyer sans fin.")
        racine = parseur.close()
    except etree.XMLSyntaxError as erreur:
        raise FichierRefuse(
            f"Ce XML est coupé, abîmé, ou contient une entité (ligne {erreur.lineno}) :"
            " demandez-le de nouveau."
        ) from None
    _refuser_dtd(racine)
    if not rendues:
        raise FichierRefuse(inconnu(noms(racine)))


def noms(element: Any) -> list[str]:
    """The names met in that element, its own first, each once."""
    return list(dict.fromkeys(str(e.tag) for e in islice(element.iter("*"), _ELEMENTS_REGARDES)))


def inconnu(rencontres: Collection[str]) -> str:
    """The refusal of a file whose people are not where they are looked for."""
    dits = ", ".join(islice(rencontres, _NOMS_DITS))
    return f"Personne n’est reconnu dans ce fichier. Éléments rencontrés : {dits}."


def _morceaux(source: Source, avancer: Avancer | None) -> Iterator[bytes]:
    lus = 0
    with ouvert(source) as flux:
        while morceau := flux.read(_MORCEAU):
            yield morceau
            lus += len(morceau)
            if avancer is not None:
                avancer(lus)


def _refuser_dtd(racine: Any) -> None:
    if racine.getroottree().docinfo.internalDTD is not None:
        raise FichierRefuse("Ce fichier déclare une DTD : il ne vient pas de la CNAF tel quel.")


def _oublier(element: Any) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
