"""What a base holds at an instant, in numbers and digests alone: kept with its backup, and asked
again of what was restored from it. Read by a role that no wall stops."""

import hashlib
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

# Tables, whether the wall stands on them, and triggers with who they are enabled for.
_MUR = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),
       (SELECT string_agg(t.tgname || t.tgenabled::text, ',' ORDER BY t.tgname)
          FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
 ORDER BY c.relname COLLATE "C"
"""


@dataclass(frozen=True, slots=True)
class Releve:
    """`lignes`: rows by table. `journaux`: by chain, its last sequence and digest."""

    conventions: dict[str, str]
    migrations: list[str]
    journaux: dict[str, list[Any]]
    lignes: dict[str, int]
    mur: str


def lire(connexion: "psycopg.Connection[Any]") -> Releve:
    """As the current transaction sees the base."""
    mur = connexion.execute(_MUR).fetchall()
    tables = [str(table) for table, *_ in mur]
    return Releve(
        conventions=dict(
            connexion.execute("SELECT code, empreinte FROM annuaire_convention ORDER BY code")
        ),
        migrations=[
            f"{app}.{nom}"
            for app, nom in connexion.execute("SELECT app, name FROM django_migrations ORDER BY id")
        ],
        journaux={
            code: [sequence, bytes(empreinte).hex()]
            for code, sequence, empreinte in connexion.execute(
                "SELECT organisation, sequence, empreinte FROM journal_chaine ORDER BY 1"
            )
        },
        lignes={table: _compter(connexion, table) for table in tables},
        mur=hashlib.sha256(repr(mur).encode()).hexdigest(),
    )


def est_vide(connexion: "psycopg.Connection[Any]") -> bool:
    """A base in which nothing was ever migrated."""
    ligne = connexion.execute(
        "SELECT count(*) FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    ).fetchone()
    return ligne == (0,)


def _compter(connexion: "psycopg.Connection[Any]", table: str) -> int:
    ligne = connexion.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    return int((ligne.fetchone() or (0,))[0])
