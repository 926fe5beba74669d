"""Being asked to stop: Ctrl-C, SIGTERM, a closed terminal, all in one way."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNAUX = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Arret(BaseException):
    """Somebody asked to stop (Ctrl-C, SIGTERM, closed terminal). Like KeyboardInterrupt."""


@contextmanager
def arretable() -> Iterator[Callable[[], bool]]:
    """Raise `Arret` at the first Ctrl-C, SIGTERM or closed terminal; later ones change nothing.

    What it gives says whether one came: a library that was being loaded may have made a fault of
    its own of it.
    """
    demande = False

    def demander(_signal: int, _cadre: FrameType | None) -> None:
        nonlocal demande
        if not demande:
            demande = True
            raise Arret

    avant = {un: signal.signal(un, demander) for un in SIGNAUX}
    try:
        yield lambda: demande
    finally:
        for un, ancien in avant.items():
            signal.signal(un, ancien)
