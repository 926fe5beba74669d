"""The newest copy back in place of a store that was lost or damaged, by `relais coffre retablir`.

Killed anywhere, running it again finishes: the copy takes the store's name in one go, and serves
only once the erasures made since were replayed (`magasin.A_REJOUER`).
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections
from django.utils.module_loading import import_string

from relais.coffre import copies, magasin, racine, sonde
from relais.coffre.copies import Copie
from relais.coffre.erreurs import (
    CoffreIndisponible,
    CoffreRetabli,
    CopieImpossible,
    Illisible,
    RacineRefusee,
    RetablissementRefuse,
)
from relais.coffre.routage import ALIAS
from relais.coffre.trousseau import Trousseau
from relais.socle.disque import graver


def a_remettre() -> Copie | None:
    """The copy to put back; None when one is in place already, whose erasures wait for a replay.

    Raises `RetablissementRefuse` when the store is whole and opens, or when no copy would do.
    """
    try:
        _eprouver()
    except CoffreRetabli:
        return None
    except CoffreIndisponible:
        return _la_plus_recente()
    raise RetablissementRefuse(
        "Le coffre est entier et s'ouvre : le remplacer perdrait les clés faites depuis la copie. "
        "S'il ne s'écrit plus, libérez le disque ou remontez-le en écriture."
    )


def retablir(copie: Copie, *, maintenant: datetime) -> None:
    """Put that copy in place; what was there is set aside for 24 hours (`copies.ecarter`)."""
    coffre = magasin.chemin()
    with _seul():
        coffre.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        neuf = _preparer(copie, coffre.with_name(f"{coffre.name}.neuf"))
        if coffre.exists():
            copies.ecarter(coffre, maintenant=maintenant)
        with suppress(FileNotFoundError):
            magasin.mettre_a_zero(magasin.chemin_du_journal())
        neuf.replace(coffre)
        graver(coffre.parent)


def rejouer() -> int:
    """Destroy again the keys that the base knows to be destroyed, then let the store serve."""
    with _seul(), magasin.rejeu():
        return sum(import_string(chemin)() for chemin in settings.APRES_RETABLISSEMENT)


@contextmanager
def _seul() -> Iterator[None]:
    connections[ALIAS].close()
    with racine.verrou():
        yield


def _eprouver() -> None:
    with magasin.lecture():
        sonde.ouvrir_les_keks()
        with connections[ALIAS].cursor() as curseur:
            curseur.execute("PRAGMA integrity_check")
            if curseur.fetchone()[0] != "ok":
                raise CoffreIndisponible


def _la_plus_recente() -> Copie:
    """The newest copy that is whole and that a root key kept here opens."""
    faute = "Il n'y a aucune copie du coffre à remettre en place."
    for copie in reversed(copies.toutes()):
        try:
            copies.verifier(copie.chemin)
            for kek in copies.keks(copie.chemin):
                Trousseau().kek(kek)
        except (RacineRefusee, CopieImpossible) as erreur:
            faute = str(erreur)
        except (sqlite3.Error, Illisible):
            faute = "Aucune copie du coffre ne se lit."
        else:
            return copie
    raise RetablissementRefuse(faute)


def _preparer(copie: Copie, neuf: Path) -> Path:
    """The copy beside the store, private, marked and on disk."""
    copies.detruire(neuf)
    os.close(os.open(neuf, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    shutil.copyfile(copie.chemin, neuf)
    with closing(sqlite3.connect(neuf, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=OFF")
        base.execute(f"PRAGMA user_version={magasin.A_REJOUER}")
    graver(neuf)
    return neuf
