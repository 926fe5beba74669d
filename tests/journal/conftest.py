"""A journal with real commits, seen by several roles at once."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

CD35 = "cd35"
CARSAT = "carsat-bretagne"
ADA = UUID(int=1)
Ouvrir = Callable[..., AbstractContextManager["psycopg.Connection[Any]"]]

# What `deposer_exemplaire` will do: a function of the owner writes for the one who receives.
DEPOSER = """
CREATE FUNCTION essai_deposer(vers text) RETURNS void LANGUAGE sql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $$
    SELECT public.journal_consigner_pour(vers, 'depot_recu', 'K7QF-3MWP') $$;
REVOKE ALL ON FUNCTION essai_deposer(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION essai_deposer(text) TO execution;
"""

INSERER = """INSERT INTO journal_evenement
    (id, organisation, agent, action, objet, issue, nombre, cree_le)
    VALUES (nextval('journal_evenement_id_seq'), %s, %s, %s, %s, %s, %s, %s)"""


@pytest.fixture
def ouvrir(base: Any) -> Ouvrir:
    """`with ouvrir(organisation, role="execution") as connexion`: one transaction, committed."""

    @contextmanager
    def _ouvrir(organisation: str, *, role: str = "execution") -> Iterator[Any]:
        with psycopg.connect(base.url(role)) as connexion:
            murer(connexion, organisation)
            yield connexion

    return _ouvrir


@pytest.fixture
def depot(ouvrir: Ouvrir) -> None:
    with ouvrir("", role="proprietaire") as connexion:
        connexion.execute(DEPOSER)


def murer(connexion: Any, organisation: str) -> None:
    connexion.execute("SELECT set_config('relais.organisation', %s, true)", [organisation])


def inserer(connexion: Any, organisation: str, *, objet: str = "", action: str = "lecture") -> int:
    return int(
        connexion.execute(
            "INSERT INTO journal_evenement (organisation, action, objet, issue, nombre)"
            " VALUES (%s, %s, %s, 'fait', 1) RETURNING id",
            [organisation, action, objet],
        ).fetchone()[0]
    )


def sequences(connexion: Any, organisation: str) -> list[int]:
    rangees = connexion.execute(
        "SELECT sequence FROM journal_maillon WHERE organisation = %s ORDER BY sequence",
        [organisation],
    )
    return [rangee[0] for rangee in rangees]


@pytest.fixture
def noter(base: Any) -> Callable[..., None]:
    """An event at a chosen time: what no role of the product can write."""

    def _noter(
        *instants: datetime,
        organisation: str = CD35,
        agent: UUID | None = ADA,
        action: str = "lecture",
        objet: str = "K7QF-3MWP",
        issue: str = "fait",
        nombre: int = 1,
    ) -> None:
        with psycopg.connect(base.url("postgres")) as connexion:
            connexion.execute("ALTER TABLE journal_evenement DISABLE TRIGGER USER")
            for instant in instants:
                valeurs = [organisation, agent, action, objet, issue, nombre, instant]
                connexion.execute(INSERER, valeurs)
            connexion.execute("ALTER TABLE journal_evenement ENABLE TRIGGER USER")

    return _noter
