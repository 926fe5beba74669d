"""A journal as time will have made it: acts grown old, months that ended, none made ahead."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.journal.mur import pour

PARIS = ZoneInfo("Europe/Paris")
PARENTS = ("journal_evenement", "journal_maillon")
TABLES = (*PARENTS, "journal_chaine")

REFAIRE = """
WITH RECURSIVE suite AS (
    SELECT m.organisation, m.evenement, m.sequence, f.precedent, f.empreinte
    FROM journal_maillon m JOIN journal_evenement e ON e.id = m.evenement,
    LATERAL (SELECT decode(repeat('00', 32), 'hex') AS precedent,
        journal_empreinte(m.organisation, m.sequence, m.lie_le, e.id, e.cree_le, e.agent,
        e.action, e.objet, e.issue, e.nombre, decode(repeat('00', 32), 'hex')) AS empreinte) f
    WHERE m.sequence = 1
    UNION ALL
    SELECT m.organisation, m.evenement, m.sequence, s.empreinte, f.empreinte
    FROM suite s
    JOIN journal_maillon m ON m.organisation = s.organisation AND m.sequence = s.sequence + 1
    JOIN journal_evenement e ON e.id = m.evenement,
    LATERAL (SELECT journal_empreinte(m.organisation, m.sequence, m.lie_le, e.id, e.cree_le,
        e.agent, e.action, e.objet, e.issue, e.nombre, s.empreinte) AS empreinte) f
), maillons AS (
    UPDATE journal_maillon m SET precedent = s.precedent, empreinte = s.empreinte
    FROM suite s WHERE s.evenement = m.evenement
)
UPDATE journal_chaine c SET empreinte = s.empreinte
FROM suite s WHERE s.organisation = c.organisation AND s.sequence = c.sequence
"""


def noter(organisation: str, combien: int = 1) -> None:
    for _ in range(combien):
        with pour(organisation):
            consigner(Action.LECTURE, organisation=organisation, agent=None, objet="K7QF-3MWP")


def minuit_du_mois(instant: datetime, apres: int = 0) -> datetime:
    local = instant.astimezone(PARIS)
    rang = local.year * 12 + local.month - 1 + apres
    return datetime(rang // 12, rang % 12 + 1, 1, tzinfo=PARIS)


def vieillir(base: Any, *, mois: int, maillons: int | None = None) -> None:
    """The acts of today, that many months ago (their links: `maillons`), all digests right."""
    with psycopg.connect(base.url("postgres")) as connexion:
        for table in TABLES:
            connexion.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for table, colonne, age in (
            ("journal_evenement", "cree_le", mois),
            ("journal_maillon", "lie_le", maillons or mois),
        ):
            connexion.execute(
                f"UPDATE {table} SET {colonne} = {colonne} - make_interval(months => %s)"
                f" WHERE {colonne} > now() - interval '1 day'",
                [age],
            )
        connexion.execute(REFAIRE)
        for table in TABLES:
            connexion.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER refuser")
            connexion.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def finir_le_premier_mois(base: Any, fin: datetime) -> None:
    """The first month of both tables ends then, and no other one is made."""
    with psycopg.connect(base.url("proprietaire")) as connexion:
        for parent in PARENTS:
            for (nom,) in mois_de(connexion, parent):
                if nom not in (f"{parent}_origine", f"{parent}_attente"):
                    connexion.execute(f"DROP TABLE {nom}")
            connexion.execute(f"ALTER TABLE {parent} DETACH PARTITION {parent}_origine")
            connexion.execute(
                sql.SQL(
                    "ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM (MINVALUE) TO ({})"
                ).format(
                    *(sql.Identifier(parent), sql.Identifier(f"{parent}_origine"), sql.Literal(fin))
                )
            )


def mois_de(connexion: Any, parent: str) -> list[tuple[str]]:
    return list(
        connexion.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass"
            " ORDER BY 1",
            [parent],
        ).fetchall()
    )
