"""The root key: 32 raw bytes in a file of its own, 0600, kept away from the store and its copies.

Never made while the service runs: `creer` is called by `relais coffre initialiser` alone.
"""

import os
import stat
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from relais.coffre.chiffrement import OCTETS_CLE, nouvelle_cle
from relais.coffre.erreurs import RacineRefusee

AUTRES = stat.S_IRWXG | stat.S_IRWXO


def chemin() -> Path:
    return Path(settings.CLE_RACINE)


def lire() -> bytes:
    """The root key; raises `RacineRefusee` with what to do, never with a byte of it."""
    try:
        descripteur = os.open(chemin(), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as erreur:
        raise RacineRefusee(_absence(erreur)) from erreur
    try:
        _refuser_mal_gardee(os.fstat(descripteur))
        octets = os.read(descripteur, OCTETS_CLE + 1)
    finally:
        os.close(descripteur)
    if len(octets) != OCTETS_CLE:
        raise RacineRefusee(f"La clé racine doit faire {OCTETS_CLE} octets, ni plus ni moins.")
    return octets


def creer() -> None:
    """Write a new root key, whole or not at all; an existing file is never touched."""
    cible = chemin()
    brouillon = cible.with_name(f".{cible.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        brouillon.unlink()
    descripteur = os.open(brouillon, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(descripteur, nouvelle_cle())
        os.fsync(descripteur)
        os.link(brouillon, cible)
    except FileExistsError:
        raise RacineRefusee("La clé racine existe déjà : elle n'est jamais remplacée.") from None
    finally:
        os.close(descripteur)
        brouillon.unlink()
    graver_dossier(cible.parent)


def graver_dossier(dossier: Path) -> None:
    """Make the names of a folder durable."""
    descripteur = os.open(dossier, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)


def _refuser_mal_gardee(etat: os.stat_result) -> None:
    if not stat.S_ISREG(etat.st_mode):
        raise RacineRefusee("La clé racine doit être un fichier ordinaire.")
    if etat.st_mode & AUTRES:
        raise RacineRefusee(
            f"La clé racine est lisible par d'autres : lancez « chmod 600 {chemin()} »."
        )
    if etat.st_uid not in {os.geteuid(), 0}:
        raise RacineRefusee("La clé racine appartient à un autre compte du système.")
    if chemin().parent.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise RacineRefusee(
            f"D'autres peuvent remplacer la clé racine : lancez « chmod 700 {chemin().parent} »."
        )


def _absence(erreur: OSError) -> str:
    if isinstance(erreur, FileNotFoundError):
        return f"La clé racine manque : remettez-la dans {chemin()}. Aucune autre n'est créée."
    return f"La clé racine {chemin()} ne peut pas être lue ({erreur.strerror})."
