"""Unlinked counts, incremented in the act (convention, art. 6)."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from relais.fiches.models import Fiche
from relais.socle.horloge import PARIS

_AJOUTER = """
INSERT INTO fiches_compteur (convention_id, mois, territoire_id, equipe_id, code, nombre)
SELECT %s, %s, %s, %s, code, 1 FROM unnest(%s::text[]) AS code ORDER BY code
ON CONFLICT (convention_id, mois, code, territoire_id, equipe_id)
DO UPDATE SET nombre = fiches_compteur.nombre + 1
"""


def compter(fiche: Fiche, codes: Iterable[str], *, le: datetime) -> None:
    """Add one to each code, for the month of `le` in Paris, the TIS and the équipe of the fiche.

    Codes in sorted order: two acts never wait for each other in a circle.
    """
    mois = le.astimezone(PARIS).date().replace(day=1)
    with connection.cursor() as curseur:
        curseur.execute(
            _AJOUTER,
            [fiche.convention_id, mois, fiche.territoire_id, fiche.equipe_id, sorted(set(codes))],
        )
