"""The end of people of the caseload, whatever decides it: rows now, keys with the commit."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from relais.coffre.actions import Genre
from relais.fiches import effacement
from relais.regles.effacement import Cause
from relais.reperage.models import Personne


def detruire(pks: Iterable[UUID], *, organisation: str, regle: Cause, le: datetime) -> None:
    """Delete these locked people inside an act: their keys go right after it, certified."""
    dus = dict.fromkeys(pks, le)
    if dus:
        Personne.objects.d_ids(dus).delete()
        effacement.engager(Genre.PERSONNE, dus, organisation=organisation, regle=regle, le=le)
