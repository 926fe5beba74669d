"""Many lines, one pure function: by every processor when the file is a big one."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from signal import SIG_IGN, SIGINT, signal
from threading import Thread
from typing import Any, TypeVar

GROS = 5_000_000  # octets; below, starting a process costs more than it spares
_PAR_LOT = 10_000
T = TypeVar("T")

_fonction: Callable[[str], Any]


@contextmanager
def a_plusieurs(
    fabrique: Callable[[], Callable[[str], T]], *, octets: int
) -> Iterator[Callable[[Sequence[str]], list[T]]]:
    """What gives, for lines, what the function says of each, in their order.

    `fabrique` makes the function, once in each process: it and what it bears can be pickled. The
    processes of a file of that many octets start at once, while the caller reads it.
    """
    processeurs = len(os.sched_getaffinity(0))
    if processeurs < 2 or octets < GROS:
        yield lambda lignes: [*map(fabrique(), lignes)]
        return
    # Not forks: the threads of the caller's reader would not follow.
    with ProcessPoolExecutor(
        processeurs, get_context("spawn"), initializer=_preparer, initargs=(fabrique,)
    ) as processus:
        for _ in range(processeurs):
            processus.submit(os.getpid)
        yield lambda lignes: [*processus.map(_dire, lignes, chunksize=_PAR_LOT)]


def _preparer(fabrique: Callable[[], Callable[[str], Any]]) -> None:
    global _fonction
    signal(SIGINT, SIG_IGN)  # Ctrl-C is for the first process, which ends the others
    Thread(target=_finir_avec_le_premier, daemon=True).start()
    _fonction = fabrique()


def _finir_avec_le_premier() -> None:
    """Nobody waits for the answer of a process whose parent was killed."""
    if premier := parent_process():
        premier.join()
        os._exit(1)


def _dire(ligne: str) -> Any:
    return _fonction(ligne)
