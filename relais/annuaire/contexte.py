"""The only door to walled rows: a transaction opened for one organisation.

Row-level security compares each row with `relais.organisation`; outside of a `contexte`
that setting is empty and walled tables look empty (architecture.md, Transactions).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from relais.annuaire.models import Affectation


@contextmanager
def contexte(affectation: Affectation) -> Iterator[None]:
    """Open the transaction of an agent's act, walled to the organisation of `affectation`."""
    affectation.__dict__.pop("remplaces", None)  # who stands in for whom is read again
    with _mur(affectation.organisation_id, str(affectation.agent.pseudonyme)):
        yield


@contextmanager
def contexte_systeme(organisation: str) -> Iterator[None]:
    """Open the transaction of a job done for the organisation of code `organisation`."""
    with _mur(organisation, ""):
        yield


@contextmanager
def _mur(organisation: str, agent: str) -> Iterator[None]:
    imbrique = connection.in_atomic_block
    with transaction.atomic():
        precedent = _poser(organisation, agent)
        yield
        # A context inside another one gives the outer wall back; a rollback does so by itself.
        if imbrique and not connection.needs_rollback:
            _poser(*precedent)


def _poser(organisation: str, agent: str) -> tuple[str, str]:
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT coalesce(current_setting('relais.organisation', true), ''),"
            " coalesce(current_setting('relais.agent', true), ''),"
            " set_config('relais.organisation', %s, true),"
            " set_config('relais.agent', %s, true)",
            [organisation, agent],
        )
        avant = curseur.fetchone()
    return avant[0], avant[1]
