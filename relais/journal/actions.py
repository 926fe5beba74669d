"""Writing the journal: an event goes with its act, a refusal by itself after the rollback."""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from relais.journal.models import SYSTEME, Action, Evenement, Issue
from relais.journal.mur import pour


class HorsTransaction(RuntimeError):
    """An event was written outside of a transaction: it would not live or die with its act."""


def consigner(
    action: Action,
    *,
    organisation: str,
    agent: UUID | None,
    objet: str = "",
    issue: Issue = Issue.FAIT,
    nombre: int = 1,
) -> None:
    """Journal an act in the transaction of the act (`contexte`), linked when that one commits.

    `agent`: the pseudonym, None for the system. `objet`: a reference, a UUID, a word of the code:
    the database refuses what is none of them. `nombre`: how many objects a grouped read showed.
    Raises HorsTransaction without a transaction, ProgrammingError outside the organisation's wall.
    """
    if not connection.in_atomic_block:
        raise HorsTransaction(action)
    Evenement.objects.create(
        organisation=organisation,
        agent=agent,
        action=action,
        objet=objet,
        issue=issue,
        nombre=nombre,
    )


def consigner_chacun(
    action: Action, objets: Iterable[str], *, organisation: str, agent: UUID | None
) -> None:
    """The same act on several objects: an event for each, in one statement. Raises as above."""
    if not connection.in_atomic_block:
        raise HorsTransaction(action)
    Evenement.objects.bulk_create(
        Evenement(organisation=organisation, agent=agent, action=action, objet=objet)
        for objet in objets
    )


def consigner_refus(
    action: Action,
    *,
    organisation: str | None,
    agent: UUID | None = None,
    objet: str = "",
    issue: Issue = Issue.REFUSE,
) -> None:
    """Journal what was refused or failed, after the rollback, in a transaction of its own.

    `organisation`: None when nobody knows it (failed login on an unknown account): the event goes
    to the system's chain. Raises RuntimeError inside a transaction: it could roll back with it.
    """
    chaine = organisation or SYSTEME
    with pour(chaine, durable=True):
        consigner(action, organisation=chaine, agent=agent, objet=objet, issue=issue)
