"""People to store, a few hundred at a time, sealed under the key of their import."""

from collections.abc import Sequence
from dataclasses import dataclass

from relais.coffre.actions import Genre, ouvrir, sceller
from relais.fiches import schema
from relais.reperage.actions.enregistrement import Recue
from relais.reperage.lecture.evenements import Contact
from relais.reperage.models import Import, Lot

SCHEMA = "lot/3"
NOMBRE = 500  # people, or a few more: a household is never cut


@dataclass(frozen=True, slots=True)
class Contenu:
    """People to store, and how to reach people who are."""

    recues: tuple[Recue, ...] = ()
    contacts: tuple[Contact, ...] = ()

    @classmethod
    def de(cls, lus: Sequence[Recue | Contact]) -> "Contenu":
        """Those of one file, in their order."""
        return cls(
            tuple(un for un in lus if isinstance(un, Recue)),
            tuple(un for un in lus if isinstance(un, Contact)),
        )


def sceller_un(depot: Import, rang: int, lus: Sequence[Recue | Contact]) -> Lot:
    """The row to write."""
    clair = schema.en_octets(Contenu.de(lus), schema=SCHEMA)
    return Lot(
        depot=depot,
        organisation_id=depot.organisation_id,
        rang=rang,
        nombre=len(lus),
        chiffre=sceller(
            Genre.DEPOT,
            depot.pk,
            clair,
            organisation=depot.organisation_id,
            partie=_partie(rang),
        ),
    )


def ouvrir_un(lot: Lot) -> Contenu:
    """Who is in that lot. Raises Illisible once the key is destroyed."""
    octets = ouvrir(
        Genre.DEPOT,
        lot.depot_id,
        bytes(lot.chiffre),
        organisation=lot.organisation_id,
        partie=_partie(lot.rang),
    )
    return schema.depuis_octets(Contenu, octets, schema=SCHEMA)


def _partie(rang: int) -> str:
    return f"lot:{rang}"
