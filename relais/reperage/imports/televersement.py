"""A file of the caseload as it arrives: sealed part by part, never whole in memory nor in clear.

Its rows are written in the transaction of the request. Whoever did not take it in the end (a
wrong token, a refusal, an error) calls `oublier`: neither key nor row is left.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from relais.coffre.actions import Genre, creer_cle, detruire, sceller
from relais.reperage.models import Morceau

CHAMP = "fichier"
MORCEAU = 1 << 20  # bytes of a part, but for the last one


def partie(rang: int) -> str:
    """What a sealed part is called: it opens at its own rank alone."""
    return f"morceau:{rang}"


class FichierScelle(UploadedFile):
    """What a form gets: how big it is, its digest, the import whose key seals it."""

    def __init__(self, reception: "Reception", octets: int) -> None:
        super().__init__(file=None, name="fichier", size=octets)
        self.octets = octets
        self.numero, self.empreinte = reception.numero, reception.somme.hexdigest()


class Reception(FileUploadHandler):
    """Takes the one file of the form. `trop_gros`: it was, and was dropped on the way."""

    def __init__(self, requete: HttpRequest, *, organisation: str) -> None:
        super().__init__(requete)
        self.organisation = organisation
        self.numero = uuid4()
        self.somme = hashlib.sha256()
        self.trop_gros = self.pris = False
        self._reste = bytearray()
        self._octets = self._rang = 0
        self._recu = False

    def new_file(self, field_name: str, *args: Any, **options: Any) -> None:
        if field_name != CHAMP or self._recu:
            raise SkipFile
        self._recu = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._octets += len(raw_data)
        if self._octets > settings.IMPORT_OCTETS:
            self.trop_gros = True
            self._reste.clear()
            raise SkipFile
        self.somme.update(raw_data)
        self._reste += raw_data
        while len(self._reste) >= MORCEAU:
            self._garder(MORCEAU)

    def file_complete(self, file_size: int) -> FichierScelle | None:
        if not self._recu or self.trop_gros:
            return None
        if self._reste:
            self._garder(len(self._reste))
        return FichierScelle(self, self._octets)

    def oublier(self) -> None:
        """Leave no key of it: what is sealed under it is lost at once."""
        if self._rang:
            detruire(Genre.DEPOT, [self.numero])

    def _garder(self, octets: int) -> None:
        clair = bytes(self._reste[:octets])
        del self._reste[:octets]
        self._rang += 1
        if self._rang == 1:
            creer_cle(Genre.DEPOT, self.numero, organisation=self.organisation)
        Morceau.objects.create(
            depot_id=self.numero,
            organisation_id=self.organisation,
            rang=self._rang,
            chiffre=sceller(
                Genre.DEPOT,
                self.numero,
                clair,
                organisation=self.organisation,
                partie=partie(self._rang),
            ),
        )


@contextmanager
def recevoir(requete: HttpRequest, *, organisation: str) -> Iterator[Reception]:
    """Take what that request posts; forget it unless somebody said `pris`."""
    reception = Reception(requete, organisation=organisation)
    # Read already when the page that asks for the password came between: it carries no file.
    with suppress(AttributeError):
        requete.upload_handlers = [reception]
    try:
        yield reception
    except BaseException:
        reception.oublier()  # its rows are undone with the request
        raise
    if not reception.pris:
        reception.oublier()
        Morceau.objects.d_un_depot(reception.numero).delete()
