"""Unlinked counts, incremented in the act (convention, art. 6).

What becomes of a request counts for the month when it was sent, whenever it happens: the figures of
a month add up. Issues count for the month of the closing.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from relais.fiches.models import Fiche
from relais.socle.horloge import jour_de

RESERVE = "_sans_case"
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
    ajouter(
        fiche.convention_id, codes, territoire=fiche.territoire_id, equipe=fiche.equipe_id, le=le
    )


def ajouter(
    convention: str,
    codes: Iterable[str],
    *,
    territoire: int | None,
    equipe: int | None,
    le: datetime,
) -> None:
    """The same for what is no fiche: a code of its own (`prefixe:code`), and a place."""
    mois = jour_de(le).replace(day=1)
    with connection.cursor() as curseur:
        curseur.execute(_AJOUTER, [convention, mois, territoire, equipe, sorted(set(codes))])


def reserve(fiche: Fiche, code: str) -> str:
    """The code that the caisse alone reads, when the Département may not learn it (box 1)."""
    return code if fiche.reponse_au_professionnel else f"{code}{RESERVE}"
