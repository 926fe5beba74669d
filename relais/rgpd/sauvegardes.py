"""The folder of backups: one folder each, complete or not there; what its manifest says.

A backup is written in `….part`, and takes its name by one rename once all of it is on disk. The
manifest holds numbers and digests, nothing that names anybody and no secret.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from relais.rgpd.releve import Releve

VIDAGE, MANIFESTE = "base.dump", "manifeste.json"
FORMAT = 1
PARTIEL = ".part"
_NOM = "relais-%Y%m%dT%H%M%S.%fZ"
_SQLITE = b"SQLite format 3\0"


class SauvegardeRefusee(Exception):
    """Nothing was done; the text says why and what to do, in French."""


@dataclass(frozen=True, slots=True)
class Manifeste:
    """`postgresql`: the version of pg_dump, which reading the dump wants. `coffre`: identity and
    generation of the key store at that time; None when it was down."""

    faite_le: datetime
    produit: str
    postgresql: int
    coffre: list[Any] | None
    releve: Releve
    octets: int
    sha256: str

    def en_texte(self) -> str:
        return json.dumps(
            {
                "format": FORMAT,
                "faite_le": self.faite_le.isoformat(),
                "produit": self.produit,
                "postgresql": self.postgresql,
                "coffre": self.coffre,
                **asdict(self.releve),
                "fichiers": {VIDAGE: {"octets": self.octets, "sha256": self.sha256}},
            },
            indent=1,
            ensure_ascii=True,
        )


@dataclass(frozen=True, slots=True, order=True)
class Sauvegarde:
    """A complete one, and where it lies."""

    faite_le: datetime
    dossier: Path

    @property
    def vidage(self) -> Path:
        return self.dossier / VIDAGE

    @property
    def empreinte(self) -> str:
        """Which backup it is: the digest of its manifest, which bears the dump's."""
        return hashlib.sha256((self.dossier / MANIFESTE).read_bytes()).hexdigest()

    def manifeste(self) -> Manifeste:
        """Its manifest, once every file of it was read and found as it says."""
        manifeste = _lire(self.dossier / MANIFESTE)
        try:
            trouve = (self.vidage.stat().st_size, sha256(self.vidage))
        except OSError as erreur:
            raise SauvegardeRefusee(f"{self.vidage} ne se lit pas ({erreur.strerror}).") from erreur
        if trouve != (manifeste.octets, manifeste.sha256):
            raise SauvegardeRefusee(
                f"{self.vidage} n'est pas celui de son manifeste : il est abîmé ou incomplet. "
                "Prenez une autre sauvegarde."
            )
        return manifeste


def toutes(dossier: Path) -> list[Sauvegarde]:
    """The complete backups of that folder, oldest first."""
    lues = []
    for chemin in dossier.iterdir():
        with suppress(ValueError):
            faite_le = datetime.strptime(chemin.name, _NOM).replace(tzinfo=UTC)
            lues.append(Sauvegarde(faite_le, chemin))
    return sorted(lues)


def trouver(dossier: Path) -> Sauvegarde:
    """The backup that this folder is, or the newest of those that it holds."""
    if not dossier.is_dir():
        raise SauvegardeRefusee(f"Il n'y a pas de dossier {dossier}.")
    if (dossier / MANIFESTE).exists() and not dossier.name.endswith(PARTIEL):
        return Sauvegarde(_lire(dossier / MANIFESTE).faite_le, dossier.resolve())
    if siennes := toutes(dossier):
        return siennes[-1]
    raise SauvegardeRefusee(f"Il n'y a aucune sauvegarde entière dans {dossier}.")


def nommer(dossier: Path, faite_le: datetime) -> Path:
    return dossier / faite_le.astimezone(UTC).strftime(_NOM)


@contextmanager
def verrou(dossier: Path) -> Iterator[None]:
    """One backup at a time in that folder, made if need be; the lock goes with its process."""
    dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
    descripteur = os.open(dossier / ".verrou", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descripteur, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise SauvegardeRefusee("Une sauvegarde est déjà en cours dans ce dossier.") from None
    finally:
        os.close(descripteur)


def refuser_le_coffre(dossier: Path) -> None:
    """Keys beside what they open would bring back all that was erased since: never both here."""
    for prive in (
        Path(settings.COFFRE).parent,
        Path(settings.COFFRE_COPIES),
        Path(settings.CLE_RACINE).parent,
    ):
        if _imbriques(dossier.resolve(), prive.resolve()):
            raise SauvegardeRefusee(
                f"{dossier} et {prive} vont ensemble : la base et ses clés ne se gardent jamais au "
                "même endroit. Donnez un autre dossier."
            )
    for fichier in _fichiers(dossier):
        if _est_un_coffre(fichier) or _est_la_racine(fichier):
            raise SauvegardeRefusee(
                f"{fichier} garde des clés : une sauvegarde à côté rendrait lisible ce qui est "
                "effacé. Ôtez ce fichier, ou donnez un autre dossier."
            )


def effacer_les_inachevees(dossier: Path) -> None:
    """What killed backups left: no other one runs, for we hold the lock."""
    for partiel in dossier.glob(f"relais-*{PARTIEL}"):
        shutil.rmtree(partiel)


def oublier(ancienne: Sauvegarde) -> None:
    """Half deleted, it no longer bears the name of a backup."""
    partiel = ancienne.dossier.with_name(ancienne.dossier.name + PARTIEL)
    ancienne.dossier.rename(partiel)
    shutil.rmtree(partiel)


def sha256(fichier: Path) -> str:
    with fichier.open("rb") as ouvert:
        return hashlib.file_digest(ouvert, "sha256").hexdigest()


def _lire(fichier: Path) -> Manifeste:
    try:
        lu = json.loads(fichier.read_text(encoding="utf-8"))
        if lu["format"] != FORMAT:
            raise SauvegardeRefusee(f"{fichier} vient d'une version plus récente de Relais.")
        releve = Releve(**{champ: lu[champ] for champ in Releve.__dataclass_fields__})
        vidage = lu["fichiers"][VIDAGE]
        return Manifeste(
            faite_le=datetime.fromisoformat(lu["faite_le"]),
            produit=lu["produit"],
            postgresql=int(lu["postgresql"]),
            coffre=lu["coffre"],
            releve=releve,
            octets=vidage["octets"],
            sha256=vidage["sha256"],
        )
    except (OSError, ValueError, KeyError, TypeError) as erreur:
        raise SauvegardeRefusee(f"{fichier} n'est pas le manifeste d'une sauvegarde.") from erreur


def _fichiers(dossier: Path) -> Iterator[Path]:
    return (un for un in dossier.rglob("*") if un.is_file()) if dossier.is_dir() else iter(())


def _est_un_coffre(fichier: Path) -> bool:
    with suppress(OSError), fichier.open("rb") as ouvert:
        return ouvert.read(len(_SQLITE)) == _SQLITE
    return False


def _est_la_racine(fichier: Path) -> bool:
    with suppress(OSError):
        racine = Path(settings.CLE_RACINE)
        meme_taille = fichier.stat().st_size == racine.stat().st_size
        return meme_taille and fichier.read_bytes() == racine.read_bytes()
    return False


def _imbriques(un: Path, autre: Path) -> bool:
    return un.is_relative_to(autre) or autre.is_relative_to(un)
