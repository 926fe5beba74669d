"""What the tests of retention do: purge at a given time, read certificates, count what is left."""

from datetime import datetime
from uuid import UUID

from relais.coffre.actions import Genre, Illisible, ouvrir
from relais.fiches.models import Exemplaire, Fiche
from relais.journal.models import Certificat, Evenement
from relais.rgpd.actions import purge
from tests.fiches.gestes import CAISSE, DEPARTEMENT, vu_de


def purger(le: datetime, *, lot: int = purge.LOT) -> int:
    """A passage for both parties."""
    return sum(purge.purger(code, maintenant=le, lot=lot) for code in (CAISSE, DEPARTEMENT))


def lisibles(fiche: Fiche, organisation: str) -> int:
    """How many copies of that fiche a party can still open."""
    with vu_de(organisation):
        copies = list(Exemplaire.objects.de(fiche, organisation))
    return sum(_s_ouvre(copie) for copie in copies)


def _s_ouvre(copie: Exemplaire) -> bool:
    try:
        octets = bytes(copie.document)
        ouvrir(Genre.EXEMPLAIRE, copie.pk, octets, organisation=copie.organisation_id)
    except Illisible:
        return False
    return True


def certificats(organisation: str) -> list[Certificat]:
    with vu_de(organisation):
        return list(Certificat.objects.order_by("pk"))


def certifies(organisation: str) -> dict[str, int]:
    """By rule, how many certificates."""
    comptes: dict[str, int] = {}
    for un in certificats(organisation):
        comptes[un.regle] = comptes.get(un.regle, 0) + 1
    return comptes


def objets_certifies(organisation: str) -> list[UUID]:
    return [un.objet_id for un in certificats(organisation)]


def dits(organisation: str, action: str) -> list[tuple[str, int]]:
    """The events of that action: object and number."""
    with vu_de(organisation):
        evenements = Evenement.objects.filter(action=action).order_by("pk")
        return list(evenements.values_list("objet", "nombre"))
