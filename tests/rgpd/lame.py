"""A real process of the product, killed by SIGKILL at its nth line of some files, or after a while,
whatever it and the programs that it runs are doing then."""

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from django.db import connections

import relais

FOURCHE = multiprocessing.get_context("fork")


def tuer_a_la_ligne(
    rang: int, geste: Callable[[], Any], *, lues: tuple[str, ...], dossier: Path
) -> bool:
    """The same before its line `rang` among those of these files, or functions, of `relais`."""
    return _lancer(_suivre, (rang, geste, lues), dossier, secondes=60)


def tuer_apres(secondes: float, geste: Callable[[], Any], *, dossier: Path) -> bool:
    """The same after so many seconds, the programs that it runs left to themselves."""
    return _lancer(_suivre, (0, geste, ()), dossier, secondes=secondes)


def compter_les_lignes(geste: Callable[[], Any], *, lues: tuple[str, ...]) -> int:
    """How many lines of these files, or functions, it runs, killed by nobody."""
    comptees = _a_chaque_ligne(lues, lambda rang: None)
    try:
        geste()
    finally:
        sys.settrace(None)
    return comptees()


def lacher() -> None:
    """No connection of ours on either base: none may cross a fork, nor keep a base in use."""
    connections.close_all()
    connections["default"].close_pool()


def _lancer(
    cible: Callable[..., None], arguments: tuple[Any, ...], dossier: Path, *, secondes: float
) -> bool:
    lacher()
    trace = dossier / "couteau.log"
    enfant = FOURCHE.Process(target=cible, args=(*arguments, trace))
    enfant.start()
    enfant.join(secondes)
    enfant.kill()
    enfant.join()
    assert enfant.exitcode in (0, -signal.SIGKILL), trace.read_text() if trace.exists() else ""
    return enfant.exitcode != 0


def _suivre(rang: int, geste: Callable[[], Any], lues: tuple[str, ...], trace: Path) -> None:
    def mourir(faites: int) -> None:
        if faites == rang:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        if rang:
            _a_chaque_ligne(lues, mourir)
        geste()
    except BaseException:
        sys.settrace(None)
        trace.write_text(traceback.format_exc())
        os._exit(1)
    os._exit(0)


def _a_chaque_ligne(lues: tuple[str, ...], dire: Callable[[int], None]) -> Callable[[], int]:
    """`lues`: `socle/base.py` for a whole file, `socle/base.py:accorder` for a function of it."""
    paquet = str(Path(relais.__file__).parent)
    suivis = {f"{paquet}/{un}" for un in lues}
    nombre = 0

    def suivre(cadre: FrameType, evenement: str, _: object) -> object:
        nonlocal nombre
        fichier, fonction = cadre.f_code.co_filename, cadre.f_code.co_name
        if not suivis & {fichier, f"{fichier}:{fonction}"}:
            return None
        if evenement == "line":
            nombre += 1
            dire(nombre)
        return suivre

    sys.settrace(suivre)
    return lambda: nombre
