"""What a person has to agree to before a file is stored: it is surprising, not wrong."""

from enum import StrEnum

from relais.reperage.models import Import

ANNONCES, CONTENUS = "Dossiers annoncés", "Foyers lus"


class Accord(StrEnum):
    """A box of the page; each has its sentence there."""

    TOTAUX = "totaux"
    PLUS_ANCIEN = "plus_ancien"


def a_donner(depot: Import) -> list[Accord]:
    """What that file asks, once it was read."""
    accords = []
    if (
        depot.comptes.get(ANNONCES, 0) != depot.comptes.get(CONTENUS, 0)
        and ANNONCES in depot.comptes
    ):
        accords.append(Accord.TOTAUX)
    dernier = Import.objects.dernier_fait(depot.organisation_id, depot.famille)
    if dernier and dernier.au and depot.au and depot.au < dernier.au:
        accords.append(Accord.PLUS_ANCIEN)
    return accords
