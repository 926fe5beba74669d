"""A real process of the product, killed by SIGKILL at its nth point, before it or after it.

A point: a statement on either base, a COMMIT, the zeroing of the key store's journal.
"""

import multiprocessing
import os
import signal
import tempfile
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connections

from relais.coffre import magasin

FOURCHE = multiprocessing.get_context("fork")
ALIAS = ("default", "coffre")
JAMAIS = 10_000

# Deaths that each long test counts at least (`compter`); together, what the product promises.
MORTS_AU_MOINS = {
    "créer": 40,
    "écrire": 40,
    "signer": 50,
    "transmettre": 120,
    "répondre": 90,
    "demander une précision": 90,
    "compléter": 90,
    "rappeler": 50,
    "retirer": 50,
    "purge de la caisse": 60,
    "purge du Département": 100,
    "tourner_kek": 150,
    "tourner_racine": 150,
}


def compter(quoi: str, morts: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Say how many times it died, which is not less than it was."""
    with capsys.disabled():
        print(f"\n{quoi} : {morts} morts", end=" ")
    assert morts >= MORTS_AU_MOINS[quoi]


def tuer_au(rang: int, geste: Callable[[], Any], *, dossier: Path, apres: bool) -> bool:
    """Play `geste` in a child that dies at its point `rang`; whether it died before its end.

    `apres`: once the point was passed, rather than before it. Its temporary files are in `dossier`.
    """
    connections.close_all()
    connections["default"].close_pool()  # nothing of it may cross a fork
    (dossier / "temporaire").mkdir(exist_ok=True)
    trace = dossier / "couteau.log"
    enfant = FOURCHE.Process(target=_agir, args=(rang, geste, apres, dossier))
    enfant.start()
    enfant.join(60)
    assert enfant.exitcode in (0, -signal.SIGKILL), trace.read_text() if trace.exists() else ""
    return enfant.exitcode != 0


class Couteau:
    """Counts the points, and strikes at one."""

    def __init__(self, rang: int, *, apres: bool) -> None:
        self.rang, self.apres, self.faits = rang, apres, 0

    def passer(self, executer: Callable[..., Any], *arguments: Any) -> Any:
        self.faits += 1
        ici = self.faits == self.rang
        if ici and not self.apres:
            os.kill(os.getpid(), signal.SIGKILL)
        resultat = executer(*arguments)
        if ici:
            os.kill(os.getpid(), signal.SIGKILL)
        return resultat

    @contextmanager
    def tenu(self) -> Iterator[None]:
        with ExitStack() as pile:
            for alias in ALIAS:
                connexion = connections[alias]
                pile.enter_context(connexion.execute_wrapper(self.passer))
                valider = connexion._commit
                pile.enter_context(
                    patch.object(connexion, "_commit", lambda v=valider: self.passer(v))
                )
            zero = magasin.mettre_a_zero
            pile.enter_context(
                patch.object(magasin, "mettre_a_zero", lambda f: self.passer(zero, f))
            )
            yield


def _agir(rang: int, geste: Callable[[], Any], apres: bool, dossier: Path) -> None:
    tempfile.tempdir = str(dossier / "temporaire")
    try:
        with Couteau(rang, apres=apres).tenu():
            geste()
    except BaseException:
        (dossier / "couteau.log").write_text(traceback.format_exc())
        os._exit(1)
    os._exit(0)
