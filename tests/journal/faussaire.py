"""What an administrator of the database can do to a journal, who has no key."""

from typing import Any

import psycopg

TABLES = (
    *("journal_repere", "journal_verdict", "journal_clepublique"),
    *("journal_evenement", "journal_maillon", "journal_chaine"),
)


def falsifier(base: Any, *requetes: str) -> None:
    """Each statement changes something: triggers and wall are taken down, then put back."""
    with psycopg.connect(base.url("postgres")) as connexion:
        for table in TABLES:
            connexion.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for requete in requetes:
            assert connexion.execute(requete).rowcount > 0
        for table in TABLES:
            connexion.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
