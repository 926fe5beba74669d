"""Minute copies of the store, in a second place; their age is the real bound of erasure.

Kept: each copy of the last hour, then one an hour, none past `conservation()`. A copy is whole,
checked and on disk before it bears its name. What goes is overwritten, then unlinked.

One exception: with the store itself out of reach, the newest copy stays, for nothing else could
bring the objects back and nothing is destroyed meanwhile (ADR 0005); likewise a copy that holds no
key destroyed since.
"""

import fcntl
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connections

from relais.coffre import lignes, magasin
from relais.coffre.erreurs import CoffreErreur, CoffreIndisponible, CopieImpossible, Illisible
from relais.coffre.lignes import LigneKek
from relais.coffre.racine import AUTRES
from relais.coffre.routage import ALIAS
from relais.coffre.trousseau import numero_de_racine
from relais.socle import horloge
from relais.socle.disque import graver

# A copy that would pass its term before the next run goes now, so that the bound is never passed.
PAS = timedelta(minutes=2)
RAPPROCHEES = timedelta(hours=1)
_FORMAT = "coffre-%Y%m%dT%H%M%S.%fZ.sqlite3"
_ECARTE = "ecarte-%Y%m%dT%H%M%S.%fZ.sqlite3"
_VERROU = ".verrou"
_PARTIEL = ".part"


@dataclass(frozen=True, slots=True, order=True)
class Copie:
    faite_le: datetime
    chemin: Path


def conservation() -> timedelta:
    """How long a copy lives, so how long a destroyed key may still be found in one."""
    duree: timedelta = settings.COFFRE_COPIES_DUREE
    return duree


def effacement_definitif_le(detruite_le: datetime) -> datetime:
    """When the last copy of a key destroyed at `detruite_le` is gone, at the latest."""
    return detruite_le + conservation()


def copier(*, maintenant: datetime | None = None) -> Copie:
    """Copy the store, destroy the copies past their term; raises `CopieImpossible`."""
    maintenant = maintenant or horloge.maintenant()
    try:
        with _verrou():
            _effacer_partiels()
            try:
                return _copier(maintenant)
            finally:
                _purger(maintenant)
    except (CoffreErreur, OSError, sqlite3.Error) as erreur:
        raise CopieImpossible(f"La copie du coffre n'a pas pu être faite : {erreur}") from erreur


def toutes() -> list[Copie]:
    """The copies there are, oldest first."""
    return _dates(_FORMAT)


def derniere() -> Copie | None:
    """The newest copy: older than some minutes, copying has stopped."""
    copies = toutes()
    return copies[-1] if copies else None


def numeros_de_racine() -> set[int]:
    """The root keys that open the copies; `CopieImpossible` if one of these cannot be read."""
    try:
        return {numero_de_racine(kek) for copie in toutes() for kek in keks(copie.chemin)}
    except (sqlite3.Error, Illisible) as erreur:
        raise CopieImpossible("Une copie du coffre ne se lit pas.") from erreur


def ecarter(fichier: Path, *, maintenant: datetime) -> None:
    """Set a damaged store aside for the life of a copy, then overwrite it where it lay.

    It may hold the keys made since the last copy. What cannot be read is not kept.
    """
    with suppress(OSError):
        cote = dossier() / maintenant.astimezone(UTC).strftime(_ECARTE)
        os.close(os.open(cote, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        shutil.copyfile(fichier, cote)
        graver(cote)
    with suppress(OSError):
        magasin.mettre_a_zero(fichier)


def dossier() -> Path:
    return Path(settings.COFFRE_COPIES)


@contextmanager
def _verrou() -> Iterator[None]:
    """One copier at a time; refuses a folder that others may read, and never makes one."""
    etat = dossier().lstat()
    if not stat.S_ISDIR(etat.st_mode) or etat.st_mode & AUTRES:
        raise CopieImpossible(f"lancez « chmod 700 {dossier()} »")
    descripteur = os.open(dossier() / _VERROU, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descripteur, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descripteur)


def _copier(maintenant: datetime) -> Copie:
    copie = Copie(maintenant, dossier() / maintenant.astimezone(UTC).strftime(_FORMAT))
    partiel = copie.chemin.with_name(copie.chemin.name + _PARTIEL)
    magasin.effacer_les_restes()
    os.close(os.open(partiel, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        _recopier(partiel)
        verifier(partiel)
        partiel.rename(copie.chemin)
    except BaseException:
        detruire(partiel)
        raise
    graver(dossier())
    return copie


def _recopier(cible: Path) -> None:
    """SQLite's backup under one read lock: writers wait for the time it takes (20 s at most)."""
    with magasin.lecture(), closing(sqlite3.connect(cible, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=OFF")
        base.execute("PRAGMA synchronous=FULL")
        connexion = connections[ALIAS]
        connexion.ensure_connection()
        connexion.connection.execute("BEGIN DEFERRED")
        try:
            connexion.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connexion.connection.backup(base)
        finally:
            connexion.connection.execute("ROLLBACK")
        base.execute(f"PRAGMA user_version={magasin.A_REJOUER}")
    graver(cible)


def verifier(copie: Path) -> None:
    """Raises `CopieImpossible`, or an error of SQLite, for what is not a whole store."""
    with closing(_ouvrir(copie)) as base:
        verdict = base.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok" or _generation(base) is None:
            raise CopieImpossible("le coffre copié est abîmé")


def _purger(maintenant: datetime) -> None:
    """Destroy what is past its term, and thin out what is older than an hour."""
    for ecarte in _dates(_ECARTE):
        if maintenant - ecarte.faite_le >= conservation() - PAS:
            detruire(ecarte.chemin)
    copies = toutes()
    gardees: set[tuple[int, ...]] = set()
    for copie in reversed(copies):
        age = maintenant - copie.faite_le
        heure = copie.faite_le.timetuple()[:4]
        if age >= conservation() - PAS or age < -PAS:
            perimee = copie != copies[-1] or not _indispensable(copie)
        else:
            perimee = age > RAPPROCHEES and heure in gardees
        if perimee:
            detruire(copie.chemin)
        elif age > RAPPROCHEES:
            gardees.add(heure)


def _indispensable(copie: Copie) -> bool:
    """Past its term, yet not to be destroyed: see the exception at the top of this module."""
    try:
        with magasin.lecture():
            vivante = lignes.generation()
    except CoffreIndisponible:
        return True
    with suppress(sqlite3.Error), closing(_ouvrir(copie.chemin)) as base:
        return _generation(base) == vivante
    return False


def _effacer_partiels() -> None:
    """What a killed copier left: no other one runs, for we hold the lock."""
    for partiel in dossier().glob(f"*{_PARTIEL}"):
        detruire(partiel)


def detruire(fichier: Path) -> None:
    """Overwrite, then unlink; nothing when there is none."""
    with suppress(FileNotFoundError):
        magasin.mettre_a_zero(fichier)
        fichier.unlink()
        graver(fichier.parent)


def _ouvrir(copie: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(str(copie))}?mode=ro&immutable=1", uri=True)


def _generation(base: sqlite3.Connection) -> int | None:
    ligne = base.execute("SELECT generation FROM coffre_magasin").fetchone()
    return int(ligne[0]) if ligne else None


def keks(copie: Path) -> list[LigneKek]:
    """Those of a copy; sqlite3.Error when it cannot be read."""
    with closing(_ouvrir(copie)) as base:
        return [
            LigneKek(*un) for un in base.execute("SELECT generation, enveloppe FROM coffre_kek")
        ]


def _dates(format_du_nom: str) -> list[Copie]:
    """The files of the folder that bear a name of that format, oldest first."""
    lues = []
    for chemin in dossier().iterdir() if dossier().exists() else ():
        with suppress(ValueError):
            date = datetime.strptime(chemin.name, format_du_nom).replace(tzinfo=UTC)
            lues.append(Copie(date, chemin))
    return sorted(lues)
