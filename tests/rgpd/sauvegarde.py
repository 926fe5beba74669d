"""Backups and restores by the product's own commands, with the operator's settings."""

import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import psycopg
from django.core.management import CommandError, call_command

from relais.rgpd.actions import sauvegarde as actions
from tests.banc import RACINE, Base, superutilisateur
from tests.rgpd.lame import lacher


def operateur(base: Base) -> dict[str, str]:
    """The environment of `root`: the roles that serve know none of it."""
    return base.environnement() | {
        "RELAIS_BASE_URL_SAUVEGARDE": base.url("sauvegarde"),
        "RELAIS_BASE_URL_SUPERUTILISATEUR": base.banc.url("postgres", "postgres"),
        "RELAIS_POSTGRESQL_OUTILS": str(base.banc.binaires),
    }


def relais(base: Base, *commande: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "relais", *commande],
        cwd=RACINE,
        env=operateur(base) | env,
        capture_output=True,
        text=True,
        check=False,
    )


def sauvegarder(dossier: Path) -> Path:
    """A backup of the base of this test; its folder."""
    return actions.sauvegarder(dossier).sauvegarde.dossier


def restaurer(dossier: Path, *options: str) -> tuple[int, str]:
    """The status of `relais restaurer`, played in this process, and all that it said."""
    sortie = StringIO()
    lacher()
    try:
        call_command("restaurer", str(dossier), *options, stdout=sortie)
    except CommandError as refus:
        return refus.returncode, sortie.getvalue() + str(refus)
    finally:
        lacher()
    return 0, sortie.getvalue()


def adresses(base: Base) -> dict[str, str]:
    """The setting ADRESSES_DES_ROLES, for what a test calls in its own process."""
    return {
        "proprietaire": base.url("proprietaire"),
        "sauvegarde": base.url("sauvegarde"),
        "superutilisateur": base.banc.url("postgres", "postgres"),
    }


def sql(base: Base, requete: str, nom: str = "") -> list[tuple[object, ...]]:
    """One statement of a superuser in that base, or in another one of its server."""
    with psycopg.connect(base.banc.url("postgres", nom or base.nom), autocommit=True) as connexion:
        curseur = connexion.execute(requete)
        return curseur.fetchall() if curseur.description else []


def mises_de_cote(base: Base) -> Iterator[str]:
    """The former bases that restores left, forgotten once named."""
    with superutilisateur(base.banc) as connexion:
        noms = connexion.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{base.nom}_avant_%"]
        ).fetchall()
        for (nom,) in noms:
            yield str(nom)
            connexion.execute(f'DROP DATABASE "{nom}"')
