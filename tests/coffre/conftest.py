"""A key store of one's own for each test: a real file, real commits, no PostgreSQL."""

import itertools
import multiprocessing
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections

FOURCHE = multiprocessing.get_context("fork")
NUMEROS = itertools.count()


@dataclass(frozen=True)
class Coffre:
    """Where a test's store lies."""

    dossier: Path

    @property
    def fichier(self) -> Path:
        return self.dossier / "coffre" / "coffre.sqlite3"

    @property
    def journal(self) -> Path:
        return self.dossier / "coffre" / "coffre.sqlite3-journal"

    @property
    def copies(self) -> Path:
        return self.dossier / "coffre-copies"

    @property
    def racine(self) -> Path:
        return self.dossier / "racine" / "racine.cle"

    def sql(self, requete: str, *valeurs: Any) -> list[Any]:
        """As somebody who holds the file would; the journal stays a persistent one."""
        with closing(sqlite3.connect(self.fichier, isolation_level=None, timeout=20)) as base:
            base.execute("PRAGMA journal_mode=PERSIST")
            return base.execute(requete, valeurs).fetchall()

    def lancer(self, geste: Callable[..., None], *arguments: Any) -> "Processus":
        """A gesture of tests/coffre/gestes.py on this store, in a process of its own."""
        connections["coffre"].close()  # nothing of SQLite may cross a fork
        return Processus(geste, arguments, self.dossier / f"sortie-{next(NUMEROS)}")


class Processus:
    """A child and what it said, line by line, until it ended or was killed."""

    def __init__(self, geste: Callable[..., None], arguments: tuple[Any, ...], sortie: Path):
        sortie.touch()
        self.sortie = sortie
        self.enfant = FOURCHE.Process(target=_agir, args=(geste, arguments, sortie))
        self.enfant.start()

    def attendre_une_ligne(self) -> None:
        limite = time.monotonic() + 60
        while True:
            vivant = self.enfant.is_alive()  # asked first: it may say its line and end meanwhile
            if self.sortie.read_text().endswith("\n"):
                return
            assert vivant
            assert time.monotonic() < limite
            time.sleep(0.001)

    def tuer(self) -> list[str]:
        self.enfant.kill()
        self.enfant.join()
        return self.lignes()

    def finir(self) -> int | None:
        self.enfant.join(60)
        return self.enfant.exitcode

    def lignes(self) -> list[str]:
        return self.sortie.read_text().splitlines()


def _agir(geste: Callable[..., None], arguments: tuple[Any, ...], sortie: Path) -> None:
    with sortie.open("a", buffering=1) as ecrit:
        try:
            geste(lambda ligne: print(ligne, file=ecrit), *arguments)
        except BaseException as faute:
            print(f"! {type(faute).__module__}.{type(faute).__name__}: {faute}", file=ecrit)
            os._exit(1)
    os._exit(0)


def contenu(dossier: Path) -> list[str]:
    return sorted(chemin.name for chemin in dossier.iterdir())


@contextmanager
def dirige(dossier: Path) -> Iterator[Coffre]:
    """The settings and alias `coffre` of this thread on another folder, then back."""
    ici = Coffre(dossier)
    valeurs = {"COFFRE": ici.fichier, "COFFRE_COPIES": ici.copies, "CLE_RACINE": ici.racine}
    avant = {cle: getattr(settings, cle) for cle in valeurs}
    nom = connections.settings["coffre"]["NAME"]

    def poser(reglages: dict[str, Path], fichier: Path) -> None:
        connections["coffre"].close()
        connections.settings["coffre"]["NAME"] = fichier
        for cle, valeur in reglages.items():
            setattr(settings, cle, valeur)

    poser(valeurs, ici.fichier)
    try:
        yield ici
    finally:
        poser(avant, nom)


@pytest.fixture(scope="session")
def modele_de_coffre(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    from relais.coffre.initialisation import initialiser

    dossier = tmp_path_factory.mktemp("modele")
    with django_db_blocker.unblock(), dirige(dossier):
        initialiser()
    return dossier


@pytest.fixture
def coffre(modele_de_coffre: Path, tmp_path: Path, django_db_blocker: Any) -> Iterator[Coffre]:
    """A store just initialised, alone in its folder."""
    shutil.copytree(modele_de_coffre, tmp_path / "c")
    with django_db_blocker.unblock(), dirige(tmp_path / "c") as ici:
        yield ici


@pytest.fixture
def sans_coffre(tmp_path: Path, django_db_blocker: Any) -> Iterator[Coffre]:
    """Settings that name a store which was never made."""
    with django_db_blocker.unblock(), dirige(tmp_path / "c") as ici:
        yield ici
