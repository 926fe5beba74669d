"""One process for each base: the same request goes to one, then to the other, again and again.

What else the machine is doing then weighs the same on both.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from tests import banc
from tests.bench.decor import Decor
from tests.bench.gestes import chronometrer, compter_les_requetes, mettre_en_scene
from tests.bench.tableau import Serie

TIEDE, FOIS = 3, 60
COMPTER, CHRONOMETRER = "compter", "chronometrer"


class PosteEnPanne(Exception):
    """A process could not do a gesture; its own words."""


class Poste:
    """The agents' browsers on one base, in a process of its own."""

    def __init__(self, base: banc.Base, decor: Decor) -> None:
        self._tuyau, bout = multiprocessing.Pipe()
        fourche = multiprocessing.get_context("fork")
        self._processus = fourche.Process(target=_tenir, args=(base, decor, bout), daemon=True)
        self._processus.start()
        bout.close()  # so that a process that dies is heard
        self.gestes: list[str] = self._recevoir()

    def demander(self, quoi: str, geste: str) -> Any:
        self._tuyau.send((quoi, geste))
        return self._recevoir()

    def fermer(self) -> None:
        self._tuyau.send(None)
        self._processus.join()

    def _recevoir(self) -> Any:
        reponse = self._tuyau.recv()
        if isinstance(reponse, Exception):
            raise PosteEnPanne(str(reponse)) from reponse
        return reponse


@contextmanager
def ouverts(bases: list[banc.Base], decor: Decor) -> Iterator[list[Poste]]:
    postes = [Poste(base, decor) for base in bases]
    yield postes
    for poste in postes:
        poste.fermer()


def mesurer(postes: list[Poste]) -> list[dict[str, Serie]]:
    """Each gesture in turn: warm-up, queries, then one base after the other, `FOIS` times.

    The unit, the empty page, is measured beside each gesture: in the same minute, at the same load.
    """
    unite = postes[0].gestes[0]
    series = [{nom: Serie() for nom in poste.gestes} for poste in postes]
    tours = list(zip(postes, series, strict=True))
    for geste in postes[0].gestes:
        for poste, mesures in tours:
            for _ in range(TIEDE):
                poste.demander(CHRONOMETRER, geste)
            mesures[geste].requetes = poste.demander(COMPTER, geste)
        for fois in range(FOIS):
            for poste, mesures in tours if fois % 2 else reversed(tours):
                mesures[geste].unites.append(poste.demander(CHRONOMETRER, unite))
                mesures[geste].durees.append(poste.demander(CHRONOMETRER, geste))
    return series


def _tenir(base: banc.Base, decor: Decor, bout: "Connection[Any, Any]") -> None:
    faire = {COMPTER: compter_les_requetes, CHRONOMETRER: chronometrer}
    with banc.branche_sur(base):
        gestes = mettre_en_scene(base, decor).gestes()
        bout.send(list(gestes))
        while (ordre := bout.recv()) is not None:
            quoi, geste = ordre
            try:
                bout.send(faire[quoi](gestes[geste]))
            except Exception as faute:  # told to the other process, which stops everything
                bout.send(faute)
