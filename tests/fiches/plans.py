"""What PostgreSQL would do of a list if its index were the only one of the table.

On an empty table one index is worth another and the choice moves with the statistics that the
server happened to gather. Without them and with the others out of sight, a plan shows that the
condition of this one follows from that of the list, which is what a million rows will need.
"""

import os
import re
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.db.models import QuerySet

from tests import banc

TRI_ENTIER = re.compile(r"(?<!Incremental )Sort  \(")
CHERCHER_AUTREMENT = ("seqscan", "bitmapscan", "sort", "mergejoin", "hashjoin")

# As if no table had ever been analyzed, whatever ran before.
OUBLIER_LES_STATISTIQUES = """
    WITH nos_tables AS (
        UPDATE pg_class SET reltuples = -1, relpages = 0
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') RETURNING oid
    )
    DELETE FROM pg_statistic USING nos_tables WHERE starelid = nos_tables.oid"""


def plan_avec_le_seul(index: str, liste: QuerySet[Any], organisation: str) -> str:
    """The plan of `liste` behind the wall of `organisation`. Nothing of this stays in the base.

    Of a table in months, `index` names that of the parent, read in the index of each month.
    """
    demande, valeurs = liste.query.sql_with_params()
    serveur = banc.serveur(Path(os.environ["RELAIS_TEST_SESSION"]))
    adresse = serveur.url("postgres", connection.settings_dict["NAME"])
    with psycopg.connect(adresse, cursor_factory=psycopg.ClientCursor) as connexion:
        gardes = connexion.execute(
            "SELECT %s::regclass::oid UNION ALL"
            " SELECT inhrelid FROM pg_inherits WHERE inhparent = %s::regclass",
            [index, index],
        ).fetchall()
        connexion.execute(
            "UPDATE pg_index SET indisvalid = false FROM pg_index AS garde"
            " WHERE garde.indexrelid = ANY(%s) AND pg_index.indrelid = garde.indrelid"
            " AND pg_index.indexrelid <> garde.indexrelid",
            [[oid for (oid,) in gardes]],
        )
        connexion.execute(OUBLIER_LES_STATISTIQUES)
        for autrement in CHERCHER_AUTREMENT:
            connexion.execute(f"SET LOCAL enable_{autrement} = off")
        connexion.execute("SELECT set_config('relais.organisation', %s, true)", [organisation])
        connexion.execute("SET LOCAL ROLE execution")
        plan = "\n".join(
            ligne for (ligne,) in connexion.execute(f"EXPLAIN {demande}", valeurs).fetchall()
        )
        for (du_mois,) in connexion.execute(
            "SELECT unnest(%s::regclass[])::text", [[oid for (oid,) in gardes]]
        ).fetchall():
            plan = plan.replace(f"using {du_mois} on", f"using {index} on")
        connexion.rollback()
    return plan


def verifier_son_index(
    index: str, liste: QuerySet[Any], organisation: str, *, trie: bool = True
) -> None:
    """`liste` reads `index` by its first column; `trie`: and in the index's own order."""
    plan = plan_avec_le_seul(index, liste, organisation)
    assert f"using {index} on" in plan, plan
    assert "Index Cond" in plan, plan
    # An incremental sort only settles the rows of one same instant.
    assert bool(TRI_ENTIER.search(plan)) is not trie, plan
