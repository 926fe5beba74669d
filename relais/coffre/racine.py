"""The root key: 32 raw bytes in a file of its own, 0600, kept away from the store and its copies.

Never made while the service runs: `creer` is called by `relais coffre initialiser` alone, and the
next one is made by `relais coffre tourner-racine`. Beside the one in place may lie the next one and
former ones, named by their number, as long as a copy of the store needs them (ADR 0019).
"""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from relais.coffre.chiffrement import OCTETS_CLE, nouvelle_cle, numero_de_racine
from relais.coffre.erreurs import RacineRefusee, RotationRefusee
from relais.socle.disque import graver

AUTRES = stat.S_IRWXG | stat.S_IRWXO
_VERROU = ".verrou"


def chemin() -> Path:
    return Path(settings.CLE_RACINE)


def suivante() -> Path:
    """Where a rotation writes the next root key, until it takes its place."""
    return chemin().with_stem(f"{chemin().stem}-suivante")


def gardee(numero: int) -> Path:
    """Where a former root key waits for the end of the copies that it opens."""
    return chemin().with_stem(f"{chemin().stem}-{nom(numero)}")


def nom(numero: int) -> str:
    """The number of a root key, as people and files write it."""
    return f"{numero:016x}"


def lire(fichier: Path | None = None) -> bytes:
    """The root key in place, or another; `RacineRefusee` says what to do, never a byte of it."""
    fichier = fichier or chemin()
    try:
        descripteur = os.open(fichier, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as erreur:
        raise RacineRefusee(_absence(fichier, erreur)) from erreur
    try:
        _refuser_mal_gardee(fichier, os.fstat(descripteur))
        octets = os.read(descripteur, OCTETS_CLE + 1)
    finally:
        os.close(descripteur)
    if len(octets) != OCTETS_CLE:
        raise RacineRefusee(f"La clé racine doit faire {OCTETS_CLE} octets, ni plus ni moins.")
    return octets


def trouver(numero: int) -> bytes:
    """The root key of that number: the one in place, the next one or a former one.

    The one in place is read again last: it may have been swapped while we looked elsewhere.
    """
    if numero_de_racine(cle := lire()) == numero:
        return cle
    for fichier in (suivante(), gardee(numero), chemin()):
        try:
            cle = lire(fichier)
        except RacineRefusee as refus:
            if isinstance(refus.__cause__, FileNotFoundError):
                continue
            raise
        if numero_de_racine(cle) == numero:
            return cle
    raise RacineRefusee(
        f"La clé racine n'est pas celle de ce coffre : remettez {nom(numero)} dans {chemin()} "
        f"ou dans {gardee(numero)}."
    )


def creer() -> None:
    """Write a new root key, whole or not at all; an existing file is never touched."""
    try:
        _ecrire(chemin())
    except FileExistsError:
        raise RacineRefusee("La clé racine existe déjà : elle n'est jamais remplacée.") from None


def preparer() -> None:
    """Write the next root key beside the one in place; one left by a killed rotation stays."""
    _effacer_brouillons()
    with suppress(FileExistsError):
        _ecrire(suivante())


def garder(numero: int, *, maintenant: datetime) -> None:
    """Keep a root key under its number, dated of now: the store's copies may still need it."""
    cible = gardee(numero)
    if numero_de_racine(lire()) == numero:
        with suppress(FileExistsError):
            os.link(chemin(), cible)  # the same blocks: zeroing one day will reach them
    if cible.exists():
        os.utime(cible, (maintenant.timestamp(),) * 2)
        graver(cible.parent)


def installer() -> None:
    """The next root key takes its place, if there is one; the former bears its number by now."""
    with suppress(FileNotFoundError):
        suivante().replace(chemin())
        graver(chemin().parent)


def gardees() -> list[Path]:
    """The files of former root keys."""
    numero = "[0-9a-f]" * 16
    return sorted(chemin().parent.glob(f"{chemin().stem}-{numero}{chemin().suffix}"))


@contextmanager
def verrou() -> Iterator[None]:
    """One rotation or restore at a time; the lock goes with its process.

    Under the account of the folder alone: what another made, the service could not use.
    """
    if chemin().parent.stat().st_uid != os.geteuid():
        raise RotationRefusee(f"Lancez cette commande sous le compte de {chemin().parent}.")
    descripteur = os.open(chemin().with_name(_VERROU), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descripteur, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise RotationRefusee from None
    finally:
        os.close(descripteur)


def _ecrire(cible: Path) -> None:
    """A new key in that file, whole or not at all; FileExistsError."""
    brouillon = cible.with_name(f".{cible.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        brouillon.unlink()
    descripteur = os.open(brouillon, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descripteur, nouvelle_cle())
        os.fsync(descripteur)
        os.link(brouillon, cible)
    finally:
        os.close(descripteur)
        brouillon.unlink()
    graver(cible.parent)


def _effacer_brouillons() -> None:
    """What a killed run left, which never was a key of anything."""
    for brouillon in chemin().parent.glob(f".{suivante().name}.*"):
        brouillon.unlink()


def _refuser_mal_gardee(fichier: Path, etat: os.stat_result) -> None:
    if not stat.S_ISREG(etat.st_mode):
        raise RacineRefusee("La clé racine doit être un fichier ordinaire.")
    if etat.st_mode & AUTRES:
        raise RacineRefusee(
            f"La clé racine est lisible par d'autres : lancez « chmod 600 {fichier} »."
        )
    if etat.st_uid not in {os.geteuid(), 0}:
        raise RacineRefusee("La clé racine appartient à un autre compte du système.")
    if fichier.parent.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise RacineRefusee(
            f"D'autres peuvent remplacer la clé racine : lancez « chmod 700 {fichier.parent} »."
        )


def _absence(fichier: Path, erreur: OSError) -> str:
    if isinstance(erreur, FileNotFoundError):
        return f"La clé racine manque : remettez-la dans {fichier}. Aucune autre n'est créée."
    return f"La clé racine {fichier} ne peut pas être lue ({erreur.strerror})."
