"""The chain of an organisation, read from the database and checked."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from relais.journal.controle import Anomalie, Constat, Defaut, Fait, Ligne, Tete, controler
from relais.journal.models import Chaine
from relais.journal.mur import pour

PAR_LOT = 2_000
LIGNES = """
    SELECT m.sequence, m.lie_le, m.precedent, m.empreinte,
           e.id, e.organisation, e.agent, e.action, e.objet, e.issue, e.nombre, e.cree_le
    FROM journal_maillon m LEFT JOIN journal_evenement e ON e.id = m.evenement
    WHERE m.organisation = %s ORDER BY m.sequence
"""
NON_LIES = """
    SELECT count(*) FROM journal_evenement e
    WHERE e.organisation = %s
      AND NOT EXISTS (SELECT FROM journal_maillon m WHERE m.evenement = e.id)
"""


def verifier(organisation: str) -> Constat:
    """Recompute the whole chain of `organisation` and compare it with its head.

    Tells what the database contradicts by itself; a chain rewritten whole by an administrator
    shows against a signed checkpoint only.
    """
    with pour(organisation):
        # The head first: links made meanwhile come after it, and are checked like the others.
        constat = controler(lignes(organisation), reperes=[tete(organisation)])
        suite = []
        if constat.tete.sequence > tete(organisation).sequence:
            suite.append(Anomalie(Defaut.DESORDRE, constat.tete.sequence))
        if _non_lies(organisation):
            suite.append(Anomalie(Defaut.NON_LIE, constat.tete.sequence))
    return Constat(constat.nombre, constat.tete, (*constat.anomalies, *suite))


def tete(organisation: str) -> Tete:
    """The head as the database keeps it, inside the wall of `organisation`."""
    chaine = Chaine.objects.filter(organisation=organisation).first()
    return Tete(chaine.sequence, bytes(chaine.empreinte)) if chaine else Tete()


def lignes(organisation: str) -> Iterator[Ligne]:
    """The links with their events, in order, inside the wall of `organisation`."""
    with connection.chunked_cursor() as curseur:
        curseur.execute(LIGNES, [organisation])
        while lot := curseur.fetchmany(PAR_LOT):
            yield from map(_ligne, lot)


def _non_lies(organisation: str) -> int:
    with connection.cursor() as curseur:
        curseur.execute(NON_LIES, [organisation])
        return int(curseur.fetchone()[0])


def _ligne(rangee: tuple[Any, ...]) -> Ligne:
    sequence, lie_le, precedent, empreinte, numero, *suite = rangee
    fait = Fait(numero, *suite) if numero is not None else None
    return Ligne(sequence, lie_le, bytes(precedent), bytes(empreinte), fait)
