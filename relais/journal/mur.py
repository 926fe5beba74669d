"""Writing or reading for an organisation outside of any `contexte` (the layer above)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def pour(organisation: str, *, durable: bool = False) -> Iterator[None]:
    """A transaction walled to `organisation`; inside another one, gives its wall back.

    `durable`: refuse (RuntimeError) to be inside another one, so that it commits by itself.
    """
    imbrique = connection.in_atomic_block
    with transaction.atomic(durable=durable):
        avant = _poser(organisation)
        yield
        if imbrique and not connection.needs_rollback:  # a rollback gives it back by itself
            _poser(avant)


def _poser(organisation: str) -> str:
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT coalesce(current_setting('relais.organisation', true), ''),"
            " set_config('relais.organisation', %s, true)",
            [organisation],
        )
        return str(curseur.fetchone()[0])
