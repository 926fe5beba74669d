"""The chain of an organisation, read from the database and checked."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from relais.journal.models import Chaine, MoisSupprime
from relais.journal.mur import pour
from relais.journal.verificateur import (
    Anomalie,
    Constat,
    Defaut,
    Fait,
    Ligne,
    Mois,
    Tete,
    controler,
)

PAR_LOT = 2_000
TOUTE_LA_CHAINE = 2**63 - 1
ORIGINE = datetime(1, 1, 1, tzinfo=UTC)
LIGNES = """
    SELECT m.sequence, m.lie_le, m.precedent, m.empreinte,
           e.id, e.organisation, e.agent, e.action, e.objet, e.issue, e.nombre, e.cree_le
    FROM journal_maillon m LEFT JOIN journal_evenement e ON e.id = m.evenement
    WHERE m.organisation = %s AND m.sequence > %s AND m.sequence <= %s ORDER BY m.sequence
"""
NON_LIES = """
    SELECT count(*) FROM journal_evenement e
    WHERE e.organisation = %s AND e.cree_le >= %s
      AND NOT EXISTS (SELECT FROM journal_maillon m WHERE m.evenement = e.id)
"""


def verifier(organisation: str, *, reperes: Iterable[Tete] = ()) -> Constat:
    """Recompute the whole chain of `organisation` and compare it with its head.

    Tells what the database contradicts by itself; a chain rewritten whole by an administrator
    shows against `reperes`, the heads that were signed.
    """
    with pour(organisation):
        dernier = next(reversed(supprimes(organisation)), None)
        # The head first: links made meanwhile come after it, and are checked like the others.
        constat = controler(
            lignes(organisation),
            depuis=dernier.tete if dernier else None,
            reperes=[*reperes, tete(organisation)],
        )
        suite = []
        if constat.tete.sequence > tete(organisation).sequence:
            suite.append(Anomalie(Defaut.DESORDRE, constat.tete.sequence))
        if _non_lies(organisation, dernier.fin if dernier else ORIGINE):
            suite.append(Anomalie(Defaut.NON_LIE, constat.tete.sequence))
    return Constat(constat.nombre, constat.tete, (*constat.anomalies, *suite))


def tete(organisation: str) -> Tete:
    """The head as the database keeps it, inside the wall of `organisation`."""
    chaine = Chaine.objects.filter(organisation=organisation).first()
    return Tete(chaine.sequence, bytes(chaine.empreinte)) if chaine else Tete()


def lignes(organisation: str, *, apres: int = 0, jusqu_a: int = TOUTE_LA_CHAINE) -> Iterator[Ligne]:
    """The links with their events, in order, inside the wall of `organisation`.

    `apres`, `jusqu_a`: sequences, the first one left out and the last one kept.
    """
    with connection.chunked_cursor() as curseur:
        curseur.execute(LIGNES, [organisation, apres, jusqu_a])
        while lot := curseur.fetchmany(PAR_LOT):
            yield from map(_ligne, lot)


def supprimes(organisation: str) -> list[Mois]:
    """The months that chain has lost past their retention, inside its wall, the oldest first."""
    return [
        Mois(
            *(un.fin, Tete(un.sequence, bytes(un.empreinte)), un.nombre),
            *(un.supprime_le, un.cle, bytes(un.signature)),
        )
        for un in MoisSupprime.objects.filter(organisation=organisation).order_by("fin")
    ]


def _non_lies(organisation: str, depuis: datetime) -> int:
    """The events that no link names; of those before `depuis`, links may have gone first."""
    with connection.cursor() as curseur:
        curseur.execute(NON_LIES, [organisation, depuis])
        return int(curseur.fetchone()[0])


def _ligne(rangee: tuple[Any, ...]) -> Ligne:
    sequence, lie_le, precedent, empreinte, numero, *suite = rangee
    fait = Fait(numero, *suite) if numero is not None else None
    return Ligne(sequence, lie_le, bytes(precedent), bytes(empreinte), fait)
