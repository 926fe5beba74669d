"""The store's file: how it is opened, locked and left, what its faults are called (ADR 0005).

Never close the store's own file, opened from Python, in a process that serves: it would drop the
POSIX locks that SQLite holds on it for the other threads (`_descripteur`). Its journal has none.
"""

import os
import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import quote

from django.db import DatabaseError, connections, transaction

from relais.coffre import erreurs, interstices
from relais.coffre.routage import ALIAS

ATTENTE = 20.0  # seconds, as `timeout` in the settings
MORCEAU = 1 << 20
JOURNAL_GARDE = 4 << 20  # octets: what zeroing has to read again each time
_FICHIER = "fichier_du_coffre"
# SQLite's own number in the header of the file: 0 for a store that serves. Each copy is made with
# this one, so that wherever it is put back nothing is read from it before erasures were replayed.
A_REJOUER = 1
_rejeu = ContextVar("rejeu", default=False)
_DESCRIPTEURS: dict[tuple[int, int], int] = {}

_FAUTES: dict[int, type[erreurs.CoffreIndisponible]] = {
    sqlite3.SQLITE_BUSY: erreurs.CoffreOccupe,
    sqlite3.SQLITE_LOCKED: erreurs.CoffreOccupe,
    sqlite3.SQLITE_READONLY: erreurs.CoffreEnLectureSeule,
    sqlite3.SQLITE_FULL: erreurs.CoffrePlein,
    sqlite3.SQLITE_CORRUPT: erreurs.CoffreCorrompu,
    sqlite3.SQLITE_NOTADB: erreurs.CoffreCorrompu,
}


def chemin() -> Path:
    return Path(connections[ALIAS].settings_dict["NAME"])


def chemin_du_journal() -> Path:
    return chemin().with_name(f"{chemin().name}-journal")


def en_memoire() -> bool:
    """A base without a file: some tests use one, `controle` refuses it."""
    nom = str(connections[ALIAS].settings_dict["NAME"])
    return nom == ":memory:" or "mode=memory" in nom


@contextmanager
def lecture() -> Iterator[None]:
    """Around each reading: a store put back is seen at once, a fault has one of our names."""
    try:
        _preparer()
        yield
    except erreurs.CoffreErreur:
        raise
    except (DatabaseError, sqlite3.Error) as erreur:
        if not connections[ALIAS].in_atomic_block:
            connections[ALIAS].close()
        raise traduire(erreur) from erreur


@contextmanager
def ecriture() -> Iterator[None]:
    """One transaction of the store alone: on disk when it returns, part of no other."""
    with lecture(), transaction.atomic(using=ALIAS, durable=True):
        yield


@contextmanager
def rejeu() -> Iterator[None]:
    """Around the replay of erasures on a copy put back: in here it is read, and serves afterwards.

    Left by an error, it stays closed to everybody else.
    """
    connections[ALIAS].close()
    jeton = _rejeu.set(True)
    try:
        yield
        with lecture(), connections[ALIAS].cursor() as curseur:
            curseur.execute("PRAGMA user_version=0")
        effacer_les_restes()
    finally:
        _rejeu.reset(jeton)
        connections[ALIAS].close()


def a_rejouer() -> bool:
    """Whether the file in place is a copy put back, whose erasures were not replayed yet."""
    with connections[ALIAS].cursor() as curseur:
        curseur.execute("PRAGMA user_version")
        return bool(curseur.fetchone()[0] == A_REJOUER)


def traduire(erreur: BaseException) -> erreurs.CoffreIndisponible:
    origine = erreur if isinstance(erreur, sqlite3.Error) else erreur.__cause__
    if "no such table" in str(origine):
        return erreurs.CoffreAbsent()
    code = getattr(origine, "sqlite_errorcode", 0) & 0xFF
    return _FAUTES.get(code, erreurs.CoffreIndisponible)()


def effacer_les_restes() -> None:
    """Nothing of a row that is gone stays in the file, nor in its journal.

    Reads the whole file: 0.3 ms a megabyte. Safe to kill and to repeat.
    """
    effacer_les_interstices()
    effacer_journal()


def effacer_les_interstices() -> None:
    """Zero what balanced pages have left behind of rows that they no longer hold.

    Under the exclusive lock. A write of its own makes every other connection read the pages again:
    one that kept an older one would write it back. Ours forgets them by closing.
    """
    if connections[ALIAS].in_atomic_block or en_memoire():
        return
    with lecture(), connections[ALIAS].cursor() as curseur:
        curseur.execute("BEGIN EXCLUSIVE")
        try:
            descripteur = _descripteur()
            trouves = interstices.restes(descripteur)
            if trouves:
                curseur.execute("UPDATE coffre_magasin SET generation = generation")
                interstices.mettre_a_zero(descripteur, trouves)
            curseur.execute("COMMIT")
        except BaseException as erreur:
            curseur.execute("ROLLBACK")
            if isinstance(erreur, OSError):
                raise erreurs.CoffreEnLectureSeule from erreur
            raise
    if trouves:
        connections[ALIAS].close()


def effacer_journal() -> None:
    """Zero the journal in place: it holds the former pages, so the keys that were destroyed.

    Under the exclusive lock nobody uses it, and a transaction that writes nothing leaves it alone.
    Safe to kill and to repeat. Never cut before its zeros are on the disk: freed blocks would keep
    the keys.
    """
    if connections[ALIAS].in_atomic_block:  # a test that rolls back what it does
        return
    with lecture(), connections[ALIAS].cursor() as curseur:
        curseur.execute("BEGIN EXCLUSIVE")
        try:
            mettre_a_zero(chemin_du_journal())
            _raccourcir(chemin_du_journal())
        except FileNotFoundError:
            pass
        except OSError as erreur:
            raise erreurs.CoffreEnLectureSeule from erreur
        finally:
            curseur.execute("ROLLBACK")


def mettre_a_zero(fichier: Path) -> None:
    """Overwrite a file with zeros where it lies, and wait for the disk. Raises OSError."""
    descripteur = os.open(fichier, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        taille = os.fstat(descripteur).st_size
        for debut in range(0, taille, MORCEAU):
            octets = os.pread(descripteur, min(MORCEAU, taille - debut), debut)
            if octets.strip(b"\0"):
                os.pwrite(descripteur, bytes(len(octets)), debut)
        os.fsync(descripteur)
    finally:
        os.close(descripteur)


def _raccourcir(fichier: Path) -> None:
    """Give back the end, zeros by now, that a large transaction has left: SQLite never does."""
    if fichier.stat().st_size > JOURNAL_GARDE:
        os.truncate(fichier, JOURNAL_GARDE)


def recuperer() -> None:
    """Roll back what a killed process left half written, and keep the journal's file.

    A connection that meets such a journal before it has read `journal_mode=PERSIST` deletes it, and
    its blocks keep keys. In exclusive mode SQLite only zeroes the header. Two at once would wait
    for each other: no timeout, and the loser lets go before it tries again.
    """
    fin = time.monotonic() + ATTENTE
    while _journal_en_usage() and not _reprendre() and time.monotonic() < fin:
        time.sleep(random.uniform(0.001, 0.005))  # noqa: S311


def _preparer() -> None:
    connexion = connections[ALIAS]
    if connexion.in_atomic_block or en_memoire():
        return
    fichier = _fichier()
    if connexion.connection is not None and getattr(connexion, _FICHIER, None) != fichier:
        connexion.close()
    if connexion.connection is None:
        recuperer()
        setattr(connexion, _FICHIER, fichier)
        if a_rejouer() and not _rejeu.get():
            connexion.close()
            raise erreurs.CoffreRetabli


def _fichier() -> tuple[int, int]:
    """Which file bears the store's name; SQLite would make an empty one where there is none."""
    try:
        etat = chemin().stat()
    except FileNotFoundError:
        raise erreurs.CoffreAbsent from None
    except OSError as erreur:
        raise erreurs.CoffreIndisponible from erreur
    return etat.st_dev, etat.st_ino


def _descripteur() -> int:
    """The store's file, opened once by this process; closed when it has no name left, replaced."""
    fichier = _fichier()
    if fichier not in _DESCRIPTEURS:
        for ancien in [f for f, ouvert in _DESCRIPTEURS.items() if not os.fstat(ouvert).st_nlink]:
            os.close(_DESCRIPTEURS.pop(ancien))
        _DESCRIPTEURS[fichier] = os.open(chemin(), os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    return _DESCRIPTEURS[fichier]


def _journal_en_usage() -> bool:
    with suppress(OSError), chemin_du_journal().open("rb") as journal:
        return bool(journal.read(8).strip(b"\0"))
    return False


def _reprendre() -> bool:
    adresse = f"file:{quote(str(chemin()))}?mode=rw"
    try:
        with closing(sqlite3.connect(adresse, uri=True, timeout=0, isolation_level=None)) as base:
            base.execute("PRAGMA locking_mode=EXCLUSIVE")
            base.execute("PRAGMA journal_mode=PERSIST")
            base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as erreur:
        if erreur.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise
    return True
