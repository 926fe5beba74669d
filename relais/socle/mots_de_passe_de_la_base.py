"""The passwords by which the product enters the base: changed where they are written.

Killed anywhere, the command is run again. The new password is in a file of its own before the base
knows it, and takes the place of the former one once it does.
"""

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from relais.socle.exploitation import conninfo

ADRESSE = re.compile(r"""^RELAIS_BASE_URL\w*=["']?(postgres(?:ql)?://[^\s"']+)""", re.M)


class RotationImpossible(Exception):
    """The text says which file or which role, and what to do. What was changed before stays."""


def tourner(fichier: Path) -> list[str]:
    """Give a new password of 256 bits to each role whose address that environment file holds.

    The names of these roles; an address without a password has nothing to change. Raises
    RotationImpossible when the file cannot be read or written, or when the base refuses.
    """
    try:
        _finir(fichier)
        adresses = [une for une in dict.fromkeys(_adresses(fichier)) if urlsplit(une).password]
        return [_changer(fichier, une) for une in adresses]
    except OSError as erreur:
        raise RotationImpossible(f"Le fichier « {fichier} » : {erreur.strerror}.") from None
    except psycopg.Error as erreur:
        raise RotationImpossible(
            f"La base refuse une adresse de « {fichier} » : {erreur}"
        ) from None


def _adresses(fichier: Path) -> list[str]:
    return ADRESSE.findall(fichier.read_text(encoding="utf-8"))


def _changer(fichier: Path, adresse: str) -> str:
    lue, neuf = urlsplit(adresse), secrets.token_urlsafe(32)
    ou = lue.netloc.rpartition("@")[2]
    nouvelle = lue._replace(netloc=f"{lue.username}:{neuf}@{ou}").geturl()
    with _entrer(adresse) as connexion:
        # The base, its logs and its statistics see the digest alone.
        role = connexion.info.user
        empreinte = connexion.pgconn.encrypt_password(neuf.encode(), role.encode())
        _preparer(fichier, fichier.read_text(encoding="utf-8").replace(adresse, nouvelle))
        connexion.execute(
            sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(sql.Literal(empreinte.decode()))
        )
    _suivant(fichier).replace(fichier)
    return role


def _finir(fichier: Path) -> None:
    """What a command that was killed left: put in place if the base knows it, forgotten if it knows
    the former one. A base that answers to neither leaves both files: one of them holds the only
    password.
    """
    suivant = _suivant(fichier)
    if not suivant.exists():
        return
    avant, apres = set(_adresses(fichier)), set(_adresses(suivant))
    if apres - avant and all(map(_ouvre, apres - avant)):
        suivant.replace(fichier)
    elif all(map(_ouvre, avant - apres)):
        suivant.unlink()
    else:
        raise RotationImpossible(
            f"La base ne répond ni à « {fichier} » ni à « {suivant} » : vérifiez qu’elle est en"
            " marche, puis relancez. Gardez les deux fichiers."
        )


def _ouvre(adresse: str) -> bool:
    try:
        _entrer(adresse).close()
    except psycopg.OperationalError:
        return False
    return True


def _entrer(adresse: str) -> "psycopg.Connection[Any]":
    return psycopg.connect(make_conninfo(**conninfo(adresse), connect_timeout=10), autocommit=True)


def _preparer(fichier: Path, texte: str) -> None:
    """The next content beside the file, on the disk, for the same account and nobody else."""
    suivant, modele = _suivant(fichier), fichier.stat()
    prive = os.open(suivant, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(prive, "w", encoding="utf-8") as sortie:
        os.fchown(sortie.fileno(), modele.st_uid, modele.st_gid)
        sortie.write(texte)
        sortie.flush()
        os.fsync(sortie.fileno())


def _suivant(fichier: Path) -> Path:
    return fichier.with_name(f"{fichier.name}.suivant")
