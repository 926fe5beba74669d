"""What other processes do with the store in the tests, a line said for each thing done."""

import os
import resource
import signal
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from django.db import connections

from relais.coffre import actions, copies, magasin
from relais.coffre.actions import Genre, Index

QUI = "cd35"
Dire = Callable[[str], None]


def creer(dire: Dire, combien: int) -> None:
    """Create, seal, read back, each as a request would: with a connection of its own."""
    for _ in range(combien):
        objet = uuid.uuid4()
        index = Index(nir="1550735238042", noms=("Exemple",))
        actions.creer_cle(Genre.EXEMPLAIRE, objet, organisation=QUI, index=index)
        scelle = actions.sceller(Genre.EXEMPLAIRE, objet, objet.bytes, organisation=QUI)
        assert actions.ouvrir(Genre.EXEMPLAIRE, objet, scelle, organisation=QUI) == objet.bytes
        dire(f"+ {objet}")
        connections["coffre"].close()


def creer_et_detruire(dire: Dire, combien: int) -> None:
    """Keys, every second one destroyed at once."""
    for rang in range(combien):
        objet = uuid.uuid4()
        actions.creer_cle(Genre.NOTE, objet, organisation=QUI)
        dire(f"+ {objet}")
        if rang % 2:
            actions.detruire(Genre.NOTE, [objet])
            dire(f"- {objet}")
        connections["coffre"].close()


def creer_a_l_etroit(dire: Dire, combien: int, octets: int) -> None:
    """On a system that lets no file grow past so many bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))
    creer(dire, combien)


def detruire_et_trainer(dire: Dire) -> None:
    """Pages reach the file before the commit, as they do when a cache is short; then wait."""
    with magasin.ecriture(), connections["coffre"].cursor() as curseur:
        curseur.execute("PRAGMA cache_size=1")
        curseur.execute("DELETE FROM coffre_indexrecherche")
        curseur.execute("DELETE FROM coffre_cle")
        dire("milieu")
        time.sleep(60)


def detruire_sans_effacer(dire: Dire, objets: list[uuid.UUID]) -> None:
    """Die between the commit and the zeroing of the journal."""

    def mourir(fichier: Path) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    magasin.mettre_a_zero = mourir
    actions.detruire(Genre.EXEMPLAIRE, objets)


def tenir(dire: Dire) -> None:
    """Hold the write lock."""
    with magasin.ecriture():
        dire("milieu")
        time.sleep(60)


def copier(dire: Dire) -> None:
    dire("debut")
    copies.copier()
