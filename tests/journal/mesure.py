"""Journal acts a second with several writers: for `make bench` and the figures of ADR 0006.

One act is one transaction of `execution`: the wall set, `par_acte` events inserted, the commit.
Never on a base in service: what is written stays written.
"""

import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg


@dataclass(frozen=True)
class Mesure:
    """Acts a second, all writers together; times of one act in milliseconds."""

    par_seconde: float
    mediane_ms: float
    p95_ms: float


def mesurer(
    url: str,
    *,
    redacteurs: int = 8,
    secondes: float = 5.0,
    organisations: Sequence[str] = ("cd35",),
    par_acte: int = 1,
) -> Mesure:
    """Write for `secondes` on the base of `url` (role `execution`), organisations in turn."""
    durees: list[list[float]] = [[] for _ in range(redacteurs)]
    depart = threading.Barrier(redacteurs)
    fils = [
        threading.Thread(
            target=_rediger,
            args=(url, organisations[rang % len(organisations)], par_acte),
            kwargs={"durees": durees[rang], "depart": depart, "secondes": secondes},
        )
        for rang in range(redacteurs)
    ]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    toutes = sorted(duree * 1000 for serie in durees for duree in serie)
    return Mesure(
        len(toutes) / secondes, statistics.median(toutes), toutes[int(len(toutes) * 0.95)]
    )


def _rediger(
    url: str,
    organisation: str,
    par_acte: int,
    *,
    durees: list[float],
    depart: threading.Barrier,
    secondes: float,
) -> None:
    with psycopg.connect(url) as connexion:
        depart.wait()
        fin = time.monotonic() + secondes
        while (debut := time.monotonic()) < fin:
            connexion.execute("SELECT set_config('relais.organisation', %s, true)", [organisation])
            for _ in range(par_acte):
                connexion.execute(
                    "INSERT INTO journal_evenement (organisation, action, objet, issue, nombre)"
                    " VALUES (%s, 'lecture', 'K7QF-3MWP', 'fait', 1)",
                    [organisation],
                )
            connexion.commit()
            durees.append(time.monotonic() - debut)
