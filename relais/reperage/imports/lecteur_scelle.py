"""The file of an import read back from its sealed parts, one in memory at a time."""

import io
from typing import Any

from relais.annuaire.contexte import contexte_systeme
from relais.coffre.actions import Genre, ouvrir
from relais.reperage.imports.televersement import MORCEAU, partie
from relais.reperage.models import Import, Morceau


class LecteurScelle(io.RawIOBase):
    """Seekable, read only. Raises `Illisible` once the key of the import is destroyed.

    Each part is fetched in a transaction of its own: a long reading holds none open.
    """

    def __init__(self, depot: Import) -> None:
        self.depot = depot
        self._position = 0
        self._rang, self._clair = 0, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        depart = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.depot.octets}
        self._position = max(0, depart[whence] + offset)
        return self._position

    def readinto(self, tampon: Any) -> int:
        rang, debut = divmod(self._position, MORCEAU)
        lus = self._part(rang + 1)[debut : debut + len(tampon)]
        tampon[: len(lus)] = lus
        self._position += len(lus)
        return len(lus)

    def _part(self, rang: int) -> bytes:
        if self._position >= self.depot.octets:
            return b""
        if rang != self._rang:
            organisation = self.depot.organisation_id
            with contexte_systeme(organisation):
                chiffre = Morceau.objects.chiffre(self.depot.pk, rang)
            self._clair = ouvrir(
                Genre.DEPOT,
                self.depot.pk,
                chiffre,
                organisation=organisation,
                partie=partie(rang),
            )
            self._rang = rang
        return self._clair


def lecteur(depot: Import) -> io.BufferedReader:
    """The file of that import, as the readers of files take it."""
    return io.BufferedReader(LecteurScelle(depot), MORCEAU)
