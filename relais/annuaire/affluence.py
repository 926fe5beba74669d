"""How many passwords one process examines at once: a flood of logins leaves room for the rest.

Argon2 takes its memory and its time on purpose. A few are examined together, as many wait for a
place, the next are asked to come back: whoever is logged in goes on, and nobody's account or
address is counted, since an office shares one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.conf import settings

PATIENCE = 5.0  # seconds in the queue


class Affluence(Exception):
    """No place in time; `REVENIR` seconds later there may be one."""

    REVENIR = 5


_guichets = BoundedSemaphore(settings.CONNEXIONS_ENSEMBLE)
_file = BoundedSemaphore(2 * settings.CONNEXIONS_ENSEMBLE)


@contextmanager
def guichet() -> Iterator[None]:
    """Around the examination of a password by somebody who is not logged in; raises Affluence."""
    if not _file.acquire(blocking=False):
        raise Affluence
    try:
        if not _guichets.acquire(timeout=PATIENCE):
            raise Affluence
        try:
            yield
        finally:
            _guichets.release()
    finally:
        _file.release()
