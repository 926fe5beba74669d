"""Roles, empty bases and grants: the SQL of sql/ and who runs it."""

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

SQL = Path(__file__).parent / "sql"
ROLES = ("proprietaire", "execution", "entretien", "sauvegarde", "controle")


def creer_roles(connexion: "psycopg.Connection[Any]") -> None:
    """The five roles (sql/roles.sql), by a superuser. Repeatable."""
    connexion.execute((SQL / "roles.sql").read_bytes())


def creer_base(
    connexion: "psycopg.Connection[Any]", nom: str, *, modele: str = "template0", locale: str = ""
) -> None:
    """An empty base, or a copy of `modele`, owned by `proprietaire`; autocommit is needed.

    `locale`: in UTF-8, whatever the server's own is.
    """
    comment = sql.SQL(" ENCODING 'UTF8' LOCALE {}").format(sql.Literal(locale))
    connexion.execute(
        sql.SQL("CREATE DATABASE {} OWNER proprietaire TEMPLATE {}").format(
            sql.Identifier(nom), sql.Identifier(modele)
        )
        + (comment if locale else sql.SQL(""))
    )


def supprimer_base(connexion: "psycopg.Connection[Any]", nom: str) -> None:
    """Drop the base, connections cut; nothing when it does not exist; autocommit is needed."""
    connexion.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(nom))
    )


def accorder(connexion: "psycopg.Connection[Any]") -> None:
    """What each role may do (sql/droits.sql), by `proprietaire`, after migrations. Repeatable."""
    connexion.execute((SQL / "droits.sql").read_bytes())
