"""What a request opens of insured people, and whether the journal says so.

Heard where every opening passes, whoever asks for it and however the page is made.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from relais.coffre import actions
from relais.coffre.models import Genre
from relais.journal.models import Evenement
from tests.fiches.gestes import CAISSE, DEPARTEMENT, vu_de

# The others hold what belongs to an account: a second factor, what its closed session was posting.
DES_PERSONNES = frozenset(
    {Genre.EXEMPLAIRE, Genre.BROUILLON, Genre.NOTE, Genre.PERSONNE, Genre.DEPOT, Genre.EXPORT}
)
# By address and method: what answers with a content, opens a document without an event, and why.
SILENCES = {
    ("/fiches/<str:reference>/brouillon/", "POST"): "says that it is saved, shows nothing of it",
}


@contextmanager
def ouvertures() -> Iterator[set[str]]:
    """The kinds of documents of insured people that are opened inside."""
    ouverts: set[str] = set()
    ouvrir = actions._ouvrir

    def entendre(trousseau: Any, cle: Any, *reste: Any) -> bytes | None:
        clair = ouvrir(trousseau, cle, *reste)
        if clair is not None and cle.genre in DES_PERSONNES:
            ouverts.add(cle.genre)
        return clair

    with mock.patch.object(actions, "_ouvrir", entendre):
        yield ouverts


def evenements() -> int:
    """How many events both parties have."""
    total = 0
    for organisation in (DEPARTEMENT, CAISSE):
        with vu_de(organisation):
            total += Evenement.objects.count()
    return total
