"""What other processes do with the store in the tests, a line said for each thing done."""

import os
import resource
import signal
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.db import connections

import relais.coffre
from relais.coffre import actions, copies, magasin, retablissement, rotation
from relais.coffre.actions import Genre, Index
from relais.socle import horloge

QUI = "cd35"
Dire = Callable[[str], None]


def creer(dire: Dire, combien: int) -> None:
    """Create, seal, read back, each as a request would: with a connection of its own."""
    for _ in range(combien):
        objet = uuid.uuid4()
        index = Index(nir="1550735238042", noms=("Exemple",))
        actions.creer_cle(Genre.EXEMPLAIRE, objet, organisation=QUI, index=index)
        scelle = actions.sceller_neuf(Genre.EXEMPLAIRE, objet, objet.bytes, organisation=QUI)
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


def tourner(dire: Dire, quoi: str, rang: int = 0, lot: int = 5) -> None:
    """A rotation in small batches, killed before line `rang` of the key store's code; 0: never.

    Says how many lines it ran.
    """
    rotation.LOT, rotation.REPIT = lot, 0.0
    lignes = mourir_a_la_ligne(rang)
    getattr(rotation, quoi)()
    sys.settrace(None)
    dire(str(lignes()))


def retablir(dire: Dire, rang: int) -> None:
    """Put the newest copy back, killed before that line of the key store's code."""
    copie = retablissement.a_remettre()
    assert copie
    mourir_a_la_ligne(rang)
    retablissement.retablir(copie, maintenant=horloge.maintenant())
    sys.settrace(None)


def mourir_a_la_ligne(rang: int) -> Callable[[], int]:
    """SIGKILL to oneself before that line of `relais.coffre`; the count of lines so far."""
    dossier = str(Path(relais.coffre.__file__).parent)
    vues = 0

    def suivre(cadre: FrameType, evenement: str, _: object) -> object:
        nonlocal vues
        if not cadre.f_code.co_filename.startswith(dossier):
            return None
        if evenement == "line":
            vues += 1
            if vues == rang:
                os.kill(os.getpid(), signal.SIGKILL)
        return suivre

    sys.settrace(suivre)
    return lambda: vues


def lire_sans_cesse(dire: Dire, scelles: dict[uuid.UUID, bytes], assez: Path) -> None:
    """Open everything again and again, as pages do, until the file `assez` is there."""
    while not assez.exists():
        lus = actions.ouvrir_plusieurs(Genre.NOTE, list(scelles.items()), organisation=QUI)
        assert lus == {objet: objet.bytes for objet in scelles}
        dire("lu")
