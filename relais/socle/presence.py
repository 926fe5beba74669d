"""Who is at work on this machine: the service, or a restore, never both.

A lock of the system on one file of the data folder: it goes with its process, kill -9 included.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

_TENUS: list[int] = []  # for as long as the process lives; the processes that it forks share it


class ServicePresent(Exception):
    """The service, or another restore, is at work."""


def servir() -> None:
    """Held by the web server and the worker, as many as they are; SystemExit during a restore."""
    descripteur = _ouvrir()
    try:
        fcntl.flock(descripteur, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descripteur)
        raise SystemExit("Une restauration est en cours : démarrez quand elle a fini.") from None
    _TENUS.append(descripteur)


@contextmanager
def seul() -> Iterator[None]:
    """Held by a restore: neither the service nor another restore starts meanwhile."""
    descripteur = _ouvrir()
    try:
        fcntl.flock(descripteur, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ServicePresent from None
    finally:
        os.close(descripteur)


def _ouvrir() -> int:
    dossier = Path(settings.DOSSIER)
    dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(dossier / ".presence", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
