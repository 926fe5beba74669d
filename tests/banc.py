"""The bench of the tests: one folder and one PostgreSQL for the session, one base for each worker.

The first worker that needs a base starts the server and migrates a template, as the owner and by
the product's own command; every base is then a copy of it, used as `execution`.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from relais.socle.base import creer_base, supprimer_base
from relais.socle.postgres import Serveur, arreter_le_serveur_de, binaires_embarques

RACINE = Path(__file__).resolve().parent.parent
MODELE = "modele"
OUVRIER = os.environ.get("PYTEST_XDIST_WORKER", "seul")
LANCES: list[Serveur] = []  # kept: a forgotten process is a warning, and here an error


def preparer_environnement() -> Path:
    """The session's folder, with the product's settings in the environment: before Django loads.

    The first process makes the folder (a short path: sockets live there); xdist workers inherit it.
    """
    session = Path(os.environ.get("RELAIS_TEST_SESSION") or tempfile.mkdtemp(prefix="rr-"))
    os.environ |= {
        "RELAIS_TEST_SESSION": str(session),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "RELAIS_CLE_DJANGO": "cle-des-tests-" + "0" * 40,
        "RELAIS_CONVENTIONS": "conventions/demonstration.toml",
        "RELAIS_ROLE": "execution",
        "RELAIS_SECURITE_CONTACT": "mailto:securite@exemple.test",
        "RELAIS_SECURITE_EXPIRE": "2100-01-01",
        "RELAIS_BASE_URL": serveur(session).url("execution", f"essai_{OUVRIER}"),
    } | dossiers(session / OUVRIER)
    for nom in ("RELAIS_BASE_URL_PROPRIETAIRE", "RELAIS_DEMONSTRATION", "RELAIS_ADRESSE_PUBLIQUE"):
        os.environ.pop(nom, None)
    return session


def dossiers(dossier: Path) -> dict[str, str]:
    """Where one base keeps its files: the key store, its copies, the root key."""
    return {
        "RELAIS_DOSSIER": str(dossier),
        "RELAIS_COFFRE": str(dossier / "coffre" / "coffre.sqlite3"),
        "RELAIS_COFFRE_COPIES": str(dossier / "coffre-copies"),
        "RELAIS_CLE_RACINE": str(dossier / "racine" / "racine.cle"),
        "RELAIS_STATIQUE": str(dossier / "statique"),
    }


def serveur(session: Path) -> Serveur:
    """The session's server, started or not: embedded, or RELAIS_TEST_BINAIRES (Debian's 15)."""
    autres = os.environ.get("RELAIS_TEST_BINAIRES")
    binaires = Path(autres) if autres else binaires_embarques()
    return Serveur(session / "pg", binaires=binaires, sur=False)


def fermer(session: Path) -> None:
    """Stop the server and forget the folder, by the process that made it."""
    for lance in LANCES:
        lance.arreter()
    arreter_le_serveur_de(serveur(session).donnees)
    shutil.rmtree(session, ignore_errors=True)


def modele_pret(session: Path) -> Serveur:
    """The server with its migrated template, made once for all workers."""
    banc = serveur(session)
    with (session / "verrou").open("w") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        if not (session / "pret").exists():
            banc.demarrer()
            LANCES.append(banc)
            migrer_un_modele(banc, session / MODELE)
            (session / "pret").touch()
    return banc


def migrer_un_modele(banc: Serveur, dossier: Path) -> None:
    """`relais migrer` on an empty base, in a process of its own as an operator would."""
    with superutilisateur(banc) as connexion:
        creer_base(connexion, MODELE)
    resultat = subprocess.run(
        [sys.executable, "-m", "relais", "migrer"],
        cwd=RACINE,
        env=os.environ
        | dossiers(dossier)
        | {"RELAIS_BASE_URL_PROPRIETAIRE": banc.url("proprietaire", MODELE)}
        | {"RELAIS_BASE_URL": banc.url("execution", MODELE)},
        capture_output=True,
        text=True,
        check=False,
    )
    if resultat.returncode:
        raise RuntimeError(f"relais migrer a échoué :\n{resultat.stdout}{resultat.stderr}")


@contextmanager
def superutilisateur(banc: Serveur) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(banc.url("postgres", "postgres"), autocommit=True) as connexion:
        yield connexion


@dataclass(frozen=True)
class Base:
    """A base of one's own: its name, its folder (key store, root key), the server it lives on."""

    nom: str
    dossier: Path
    banc: Serveur

    def url(self, role: str = "execution") -> str:
        return self.banc.url(role, self.nom)

    def environnement(self) -> dict[str, str]:
        """For a process of the product started on this base."""
        return (
            dict(os.environ)
            | dossiers(self.dossier)
            | {"RELAIS_BASE_URL": self.url()}
            | {"RELAIS_BASE_URL_PROPRIETAIRE": self.url("proprietaire")}
        )


@contextmanager
def copie(banc: Serveur, session: Path, nom: str, dossier: Path) -> Iterator[Base]:
    """A copy of the template, base and files, dropped in the end."""
    with superutilisateur(banc) as connexion:
        creer_base(connexion, nom, modele=MODELE)
    shutil.copytree(session / MODELE, dossier, dirs_exist_ok=True)
    try:
        yield Base(nom, dossier, banc)
    finally:
        with superutilisateur(banc) as connexion:
            supprimer_base(connexion, nom)
        shutil.rmtree(dossier, ignore_errors=True)


@contextmanager
def branche_sur(base: Base) -> Iterator[None]:
    """Django's two aliases, in every thread, on this base; then back where they were."""
    from django.conf import settings
    from django.db import connections

    valeurs = {
        "COFFRE": Path(dossiers(base.dossier)["RELAIS_COFFRE"]),
        "COFFRE_COPIES": Path(dossiers(base.dossier)["RELAIS_COFFRE_COPIES"]),
        "CLE_RACINE": Path(dossiers(base.dossier)["RELAIS_CLE_RACINE"]),
        "DOSSIER": base.dossier,
    }
    avant = {cle: getattr(settings, cle) for cle in valeurs}
    noms = {alias: connections.settings[alias]["NAME"] for alias in ("default", "coffre")}
    _diriger(connections, valeurs, {"default": base.nom, "coffre": valeurs["COFFRE"]})
    try:
        yield
    finally:
        _diriger(connections, avant, noms)


def _diriger(connections: Any, valeurs: dict[str, Path], noms: dict[str, Any]) -> None:
    from django.conf import settings

    connections.close_all()
    connections["default"].close_pool()
    for alias, nom in noms.items():
        connections.settings[alias]["NAME"] = nom
    for cle, valeur in valeurs.items():
        setattr(settings, cle, valeur)
