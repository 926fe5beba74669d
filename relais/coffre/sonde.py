"""Whether the key store can serve now: from the root key down to a write, which is undone."""

import os

from django.db import connections, transaction

from relais.coffre import lignes, magasin
from relais.coffre.erreurs import CoffreAbsent, CoffreCorrompu, CoffrePlein, Illisible
from relais.coffre.routage import ALIAS
from relais.coffre.trousseau import Trousseau

PLACE = 8 << 20  # bytes left on its disk under which the store is said to be full


def sonder() -> None:
    """Raises the `CoffreIndisponible` that the next person to save would meet."""
    with magasin.lecture():
        ouvrir_les_keks()
        with transaction.atomic(using=ALIAS), connections[ALIAS].cursor() as curseur:
            # Another value: SQLite writes nothing where a row stays the same.
            curseur.execute("UPDATE coffre_magasin SET generation = generation + 1")
            transaction.set_rollback(True, using=ALIAS)
    if not magasin.en_memoire() and _place() < PLACE:
        raise CoffrePlein


def ouvrir_les_keks() -> None:
    """Every KEK opens under a root key kept here; raises `CoffreIndisponible` otherwise."""
    keks = lignes.keks()
    if not keks:
        raise CoffreAbsent
    trousseau = Trousseau()
    try:
        for kek in keks:
            trousseau.kek(kek)
    except Illisible:
        raise CoffreCorrompu from None


def _place() -> int:
    disque = os.statvfs(magasin.chemin().parent)
    return disque.f_bavail * disque.f_frsize
