"""Fixtures of every test. Real parts: PostgreSQL under the role that serves, the key store's file.

- `django_db` (or the `db` fixture): one transaction on both databases, rolled back.
- `base`: real commits, threads, other processes: a copy of its own, dropped afterwards.
Nothing truncates: `execution` may not. `RELAIS_TEST_BINAIRES=/usr/lib/postgresql/15/bin pytest`
runs the same tests on Debian's PostgreSQL.
"""

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import banc

SESSION_A_NOUS = "RELAIS_TEST_SESSION" not in os.environ
SESSION = banc.preparer_environnement()
NUMEROS = itertools.count(1)

from django.conf import settings  # noqa: E402 (the environment comes first)

settings.PASSWORD_HASHERS = ["tests.hachage.Argon2Rapide"]
# Style sheets and scripts straight from the sources; tests/socle proves the hashed ones.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True


def pytest_unconfigure(config: pytest.Config) -> None:
    if SESSION_A_NOUS:
        banc.fermer(SESSION)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        marque = item.get_closest_marker("django_db")
        if marque and (marque.kwargs.get("transaction") or marque.args):
            raise pytest.UsageError(f"{item.nodeid} : pour de vrais commits, la fixture « base ».")
        if marque or "db" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.django_db(databases="__all__"), append=False)


@pytest.fixture(scope="session")
def serveur_postgresql() -> Any:
    """The session's server with its migrated template."""
    return banc.modele_pret(SESSION)


@pytest.fixture(scope="session")
def django_db_setup(serveur_postgresql: Any, django_db_blocker: Any) -> Iterator[None]:
    """This worker's copy, for the tests that roll back."""
    from django.db import connections

    nom = f"essai_{banc.OUVRIER}"
    with banc.copie(serveur_postgresql, SESSION, nom, SESSION / banc.OUVRIER):
        yield
        with django_db_blocker.unblock():
            connections.close_all()
            connections["default"].close_pool()


@pytest.fixture
def base(serveur_postgresql: Any, django_db_blocker: Any) -> Iterator[banc.Base]:
    """A copy of one's own, where commits are real: threads, workers, servers, triggers."""
    numero = next(NUMEROS)
    nom = f"base_{banc.OUVRIER}_{numero}"
    with (
        banc.copie(serveur_postgresql, SESSION, nom, SESSION / nom) as copie,
        django_db_blocker.unblock(),
        banc.branche_sur(copie),
    ):
        yield copie


@pytest.fixture
def racine_du_depot() -> Path:
    return banc.RACINE
