"""Many lines, one pure function: by every processor when the file is a big one."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from signal import SIG_DFL, SIG_IGN, SIGHUP, SIGINT, SIGTERM, signal
from threading import Thread
from typing import Any, TypeVar

GROS = 1_000_000  # octets; below, there is too little to share
_PAR_LOT = 5_000
T = TypeVar("T")

_fonction: Callable[[str], Any]


@contextmanager
def a_plusieurs(
    fonction: Callable[[str], T], *, octets: int
) -> Iterator[Callable[[Sequence[str]], list[T]]]:
    """What gives, for lines, what the function says of each, in their order.

    The processes of a file of that many octets are forks, made at once: to be entered before the
    caller starts a thread, or loads what starts some, for forks do not have them.
    """
    processeurs = len(os.sched_getaffinity(0))
    if processeurs < 2 or octets < GROS:
        yield lambda lignes: [*map(fonction, lignes)]
        return
    with ProcessPoolExecutor(
        processeurs, get_context("fork"), initializer=_preparer, initargs=(fonction,)
    ) as processus:
        processus.submit(os.getpid)  # the first task has them all made
        yield lambda lignes: [*processus.map(_dire, lignes, chunksize=_PAR_LOT)]


def _preparer(fonction: Callable[[str], Any]) -> None:
    global _fonction
    for un in (SIGINT, SIGHUP):  # they are for the first process, which ends the others
        signal(un, SIG_IGN)
    signal(SIGTERM, SIG_DFL)  # by which it does
    Thread(target=_finir_avec_le_premier, daemon=True).start()
    _fonction = fonction


def _finir_avec_le_premier() -> None:
    """Nobody waits for the answer of a process whose parent was killed."""
    if premier := parent_process():
        premier.join()
        os._exit(1)


def _dire(ligne: str) -> Any:
    return _fonction(ligne)
