"""COPY as the owner, on tables laid bare and then put back exactly as they were.

PostgreSQL refuses COPY on a table where row-level security is forced on the one who copies: the
wall is let down for the owner inside the transaction that fills, indexes and constraints are made
again afterwards (ten times faster), and the catalogue is compared before the commit. Partial
indexes stay: what is closed does not enter them, and their condition, written out and read again,
would no longer be the one that queries are compared with.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from typing import Any

import psycopg
from psycopg import sql

from tests.banc import Base, superutilisateur
from tests.bench.lignes import COLONNES, Carnet

TABLES = list(COLONNES)
NUMEROTEES = ("fiches_tour", "fiches_transition")
_CONTRAINTES = """
SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = ANY(%(genres)s)
  AND (conrelid = ANY(%(tables)s::regclass[]) OR confrelid = ANY(%(tables)s::regclass[]))
ORDER BY 1, 2
"""
_INDEX = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = ANY(%(tables)s::regclass[]) AND i.indpred IS NULL
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY 1
"""
_MUR = """
SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
WHERE oid = ANY(%(tables)s::regclass[]) ORDER BY 1
"""
Connexion = "psycopg.Connection[Any]"


class CatalogueChange(Exception):
    """The tables are not what the migrations made: nothing was kept."""


def remplir(base: Base, carnets: Iterable[Carnet]) -> None:
    """Copy the carnets one after another; then VACUUM, ANALYZE and a checkpoint."""
    with psycopg.connect(base.url("proprietaire")) as connexion, _tables_nues(connexion):
        for carnet in _d_avance(carnets):
            for table, lignes in carnet.items():
                _copier(connexion, table, lignes)
    with psycopg.connect(base.url("proprietaire"), autocommit=True) as connexion:
        connexion.execute(f"VACUUM (ANALYZE) {', '.join(TABLES)}")
    with superutilisateur(base.banc) as connexion:
        connexion.execute("CHECKPOINT")
    _verifier_le_mur(base)


def dernier_tour(base: Base) -> int:
    """The last number given, as the superuser sees it."""
    with psycopg.connect(base.url("postgres")) as connexion:
        return int(connexion.execute("SELECT coalesce(max(id), 0) FROM fiches_tour").fetchone()[0])


@contextmanager
def _tables_nues(connexion: Connexion) -> Iterator[None]:
    """One transaction: the wall down for the owner, no index, no constraint; then all as before."""
    avant = _catalogue(connexion)
    muree = [nom for nom, _, forcee in _lire(connexion, _MUR) if forcee]
    cles = _lire(connexion, _CONTRAINTES, genres=["f"])
    uniques = _lire(connexion, _CONTRAINTES, genres=["p", "u"])
    index = _lire(connexion, _INDEX)
    connexion.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for table in muree:
        _executer(connexion, "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY", table)
    for table, nom, *_ in (*cles, *uniques):
        _executer(connexion, "ALTER TABLE {} DROP CONSTRAINT {}", table, nom)
    for nom, _ in index:
        _executer(connexion, "DROP INDEX {}", nom)
    yield
    for table, nom, _, definition in (*uniques, *cles):
        _executer(connexion, f"ALTER TABLE {{}} ADD CONSTRAINT {{}} {definition}", table, nom)
    for _, definition in index:
        connexion.execute(definition)
    for table in NUMEROTEES:
        connexion.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )
    for table in muree:
        _executer(connexion, "ALTER TABLE {} FORCE ROW LEVEL SECURITY", table)
    differences = set(avant) ^ set(_catalogue(connexion))
    if differences:
        raise CatalogueChange(sorted(differences, key=str))


def _copier(connexion: Connexion, table: str, lignes: list[str]) -> None:
    with connexion.cursor().copy(f"COPY {table} ({COLONNES[table]}) FROM STDIN") as copie:
        for debut in range(0, len(lignes), 2000):
            copie.write("".join(lignes[debut : debut + 2000]))


def _catalogue(connexion: Connexion) -> list[Any]:
    """The wall, the constraints and the indexes of the filled tables, a line each."""
    contraintes = _lire(connexion, _CONTRAINTES, genres=["f", "p", "u", "c"])
    return [*_lire(connexion, _MUR), *contraintes, *_lire(connexion, _INDEX)]


def _lire(connexion: Connexion, requete: str, **valeurs: Any) -> list[Any]:
    return connexion.execute(requete, {"tables": TABLES} | valeurs).fetchall()


def _executer(connexion: Connexion, ordre: str, *noms: str) -> None:
    connexion.execute(sql.SQL(ordre).format(*(sql.Identifier(nom) for nom in noms)))


def _verifier_le_mur(base: Base) -> None:
    """The owner and the one who serves see nothing without an organisation."""
    for role in ("proprietaire", "execution"):
        with psycopg.connect(base.url(role)) as connexion:
            (combien,) = connexion.execute("SELECT count(*) FROM fiches_fiche").fetchone()
        if combien:
            raise CatalogueChange(f"{role} voit {combien} fiches sans mur")


def _d_avance(carnets: Iterable[Carnet]) -> Iterator[Carnet]:
    """The same carnets, written in another thread while PostgreSQL reads the one before."""
    avance: Queue[Carnet | None] = Queue(maxsize=2)

    def ecrire() -> None:
        for carnet in carnets:
            avance.put(carnet)
        avance.put(None)

    fil = Thread(target=ecrire, daemon=True)
    fil.start()
    while (carnet := avance.get()) is not None:
        yield carnet
    fil.join()
