"""A file given, read, confirmed, as a person and a worker do it one after the other."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from relais.coffre.models import Cle
from relais.fiches import effacement
from relais.reperage.actions import applications, depots, lectures
from relais.reperage.models import Import, Morceau
from relais.socle import horloge
from tests.fiches.gestes import vu_de
from tests.reperage.flux import flux, foyer, personne

ADRESSE = "/reperage/importer/"
UN_FLUX = flux(foyer(personne()))

LE = horloge.maintenant()
ORGANISATION = "cd35"


def donner(navigateur: Client, octets: bytes = UN_FLUX) -> Any:
    """What the page answers to that file."""
    return navigateur.post(ADRESSE, {"fichier": SimpleUploadedFile("flux.xml", octets)})


def restes(organisation: str = "cd35") -> tuple[int, int, int]:
    """Imports, parts and keys of files that are there."""
    with vu_de(organisation):
        lignes = (Import.objects.count(), Morceau.objects.count())
    return (*lignes, Cle.objects.filter(genre="depot").count())


def dernier() -> Import:
    """The last import, as it is now."""
    with vu_de(ORGANISATION):
        return Import.objects.latest("cree_le")


def deposer(navigateur: Client, octets: bytes) -> Import:
    """Given, not read yet."""
    reponse = donner(navigateur, octets)
    assert reponse.status_code == 302, reponse.content.decode()
    return dernier()


def lire(depot: Import) -> Import:
    """What the worker does."""
    lectures.lire(depot.pk, organisation=ORGANISATION, maintenant=LE)
    return apres_l_acte()


def appliquer(depot: Import) -> Import:
    applications.appliquer(depot.pk, organisation=ORGANISATION, maintenant=LE)
    return apres_l_acte()


def vider(depot: Import) -> Import:
    depots.vider_pour(ORGANISATION, depot.pk, maintenant=LE)
    return apres_l_acte()


def apres_l_acte() -> Import:
    """What a commit, or the purge, does of the keys to destroy."""
    effacement.achever(ORGANISATION, maintenant=LE)
    return dernier()


def importer(navigateur: Client, octets: bytes, **confirme: Any) -> Import:
    """All of it, confirmed."""
    depot = lire(deposer(navigateur, octets))
    reponse = navigateur.post(f"/reperage/imports/{depot.pk}/confirmer/", confirme)
    assert reponse.status_code == 302, reponse.content.decode()
    return appliquer(depot)
