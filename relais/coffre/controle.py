"""Refuse a store that does not keep its promises: engine, settings, files, root key."""

import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

from relais.coffre import magasin
from relais.coffre.erreurs import CoffreCorrompu, CoffreErreur, RacineRefusee
from relais.coffre.models import Kek, Magasin
from relais.coffre.racine import AUTRES
from relais.coffre.routage import ALIAS
from relais.coffre.sonde import ouvrir_les_keks

MOTEUR = "django.db.backends.sqlite3"
# Pragma → value expected, and what another one would mean.
PRAGMAS: dict[str, tuple[object, str]] = {
    "secure_delete": (1, "les clés détruites resteraient dans le fichier"),
    "journal_mode": ("persist", "les clés détruites resteraient sur le disque"),
    "journal_size_limit": (-1, "le journal serait coupé sans être effacé"),
    "synchronous": (2, "une clé pourrait être perdue à la prochaine coupure"),
    "temp_store": (2, "des clés passeraient par des fichiers temporaires"),
    "foreign_keys": (1, "un index pourrait survivre à sa clé"),
    "auto_vacuum": (0, "le fichier serait coupé sans être effacé"),
}


def verifier_magasin() -> None:
    """Refuse to go on (SystemExit, in French) with an unsafe store; leaves no connection open."""
    if fautes := list(defauts()):
        raise SystemExit("\n".join(["Coffre non sûr, refusé :", *(f"– {f}" for f in fautes)]))


def controler(
    app_configs: Any = None, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Django's system check of alias `coffre`."""
    if ALIAS not in (databases or ()):
        return []
    return [Error(faute, id="coffre.E001") for faute in defauts()]


def defauts() -> Iterator[str]:
    """What is wrong with the store, in French sentences that say what to do; stops when it must."""
    reglages = list(_reglages())
    yield from reglages
    if reglages:
        return
    fichiers = list(_fichiers())
    yield from fichiers
    if fichiers:
        return
    try:
        with magasin.lecture():
            yield from _pragmas()
            yield from _contenu()
    except CoffreErreur as erreur:
        yield str(erreur)
    finally:
        # A worker forked after this must not inherit an SQLite connection.
        connections[ALIAS].close()


def _reglages() -> Iterator[str]:
    reglages = connections[ALIAS].settings_dict
    if reglages["ENGINE"] != MOTEUR:
        yield f"le coffre est sur SQLite ({MOTEUR}), et non sur {reglages['ENGINE']}."
        return
    if magasin.en_memoire():
        yield "le coffre est un fichier : en mémoire, tout serait perdu à l'arrêt."
    if reglages["ATOMIC_REQUESTS"]:
        yield "ATOMIC_REQUESTS est interdit sur le coffre : une clé serait créée trop tard."
    if str(reglages["OPTIONS"].get("transaction_mode", "")).upper() != "IMMEDIATE":
        yield "transaction_mode doit être IMMEDIATE : sinon des écritures échouent."
    if float(reglages["OPTIONS"].get("timeout", 5)) < magasin.ATTENTE:
        yield f"timeout doit être de {magasin.ATTENTE:.0f} secondes au moins."


def _fichiers() -> Iterator[str]:
    fichier, journal = magasin.chemin(), magasin.chemin_du_journal()
    dossier = fichier.parent
    yield from _garde(dossier, stat.S_ISDIR, "700")
    if not fichier.exists():
        yield (
            f"{fichier} manque. Première installation : lancez « relais migrer ». "
            "Sinon, rétablissez le coffre depuis une copie : rien n'est recréé tout seul."
        )
        return
    for chemin in (fichier, journal):
        if chemin.exists() or chemin.is_symlink():
            yield from _garde(chemin, stat.S_ISREG, "600")
    if etrangers := sorted({p.name for p in dossier.iterdir()} - {fichier.name, journal.name}):
        yield (
            f"le dossier {dossier} ne doit contenir que le coffre, et on y trouve aussi "
            f"{', '.join(etrangers[:3])}. Une copie oubliée rendrait lisible ce qui est effacé."
        )
    yield from _voisinages(dossier)


def _garde(chemin: Path, genre: Any, droits: str) -> Iterator[str]:
    try:
        etat = chemin.lstat()
    except OSError as erreur:
        yield f"{chemin} ne peut pas être lu ({erreur.strerror})."
        return
    if not genre(etat.st_mode):
        yield f"{chemin} n'est pas ce qui est attendu (lien ou fichier spécial)."
    elif etat.st_mode & AUTRES:
        yield f"{chemin} est ouvert à d'autres : lancez « chmod {droits} {chemin} »."
    elif etat.st_uid not in {os.geteuid(), 0}:
        yield f"{chemin} appartient à un autre compte du système."


def _voisinages(dossier: Path) -> Iterator[str]:
    """What must not be taken away together: the store, its copies, the root key."""
    coffre, copies = dossier.resolve(), Path(settings.COFFRE_COPIES).resolve()
    racine = Path(settings.CLE_RACINE).parent.resolve()
    if _imbriques(coffre, copies):
        yield "les copies vont dans un autre dossier que le coffre (RELAIS_COFFRE_COPIES)."
    if racine in (coffre, copies):
        yield "la clé racine va ailleurs que le coffre et ses copies (RELAIS_CLE_RACINE)."
    if copies.exists():
        yield from _garde(copies, stat.S_ISDIR, "700")


def _imbriques(un: Path, autre: Path) -> bool:
    return un.is_relative_to(autre) or autre.is_relative_to(un)


def _pragmas() -> Iterator[str]:
    with connections[ALIAS].cursor() as curseur:
        for pragma, (attendu, sinon) in PRAGMAS.items():
            curseur.execute(f"PRAGMA {pragma}")
            if (trouve := curseur.fetchone()[0]) != attendu:
                yield f"{pragma} vaut {trouve}, et non {attendu} : {sinon}."


def _contenu() -> Iterator[str]:
    """The root keys kept here open every KEK of the store."""
    if not Kek.objects.exists() or not Magasin.objects.exists():
        yield "le coffre est vide : lancez « relais migrer »."
        return
    try:
        ouvrir_les_keks()
    except CoffreCorrompu:
        raise RacineRefusee("Une clé du coffre est altérée. Rétablissez une copie.") from None
