"""Fixtures of every test. Real parts: PostgreSQL under the role that serves, the key store's file.

- `django_db` (or the `db` fixture): one transaction on both databases, rolled back.
- `base`: real commits, threads, other processes: a copy of its own, dropped afterwards.
Nothing truncates: `execution` may not. `RELAIS_TEST_BINAIRES=/usr/lib/postgresql/15/bin pytest`
runs the same tests on Debian's PostgreSQL.
"""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as reglages_hypothesis

from tests import banc

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SESSION_A_NOUS = "RELAIS_TEST_SESSION" not in os.environ
SESSION = banc.preparer_environnement()
NUMEROS = itertools.count(1)
CHROMIUM = Path(os.environ.get("RELAIS_TEST_CHROMIUM", "/usr/bin/chromium"))
RIEN_DEHORS = [
    "--no-sandbox",  # root cannot have it, nor a container; the pages are our own
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
PATIENCE = 30_000  # milliseconds, as for a gesture: other work may share this machine
# A form that is leaving (page.js), or that asks first whether the service is there (reseau.js), or
# waits for its draft to be saved (brouillon.js).
EN_PARTANCE = "form[data-parti], form[data-en-verification], [data-brouillon].htmx-request"
REGLES_AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

# A machine that does other things at the same time is no fault of a test.
reglages_hypothesis.register_profile(
    "relais", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
reglages_hypothesis.load_profile("relais")

from django.conf import settings  # noqa: E402 (the environment comes first)

settings.PASSWORD_HASHERS = ["tests.hachage.Argon2Rapide"]
# Style sheets and scripts straight from the sources; tests/socle proves the hashed ones.
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
)
settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True


def pytest_configure(config: pytest.Config) -> None:
    # A worker must not load Django before this file has given it an environment of its own.
    if config.getoption("numprocesses", None):
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    if SESSION_A_NOUS:
        banc.fermer(SESSION)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.navigateur)
        marque = item.get_closest_marker("django_db")
        if marque and (marque.kwargs.get("transaction") or marque.args):
            raise pytest.UsageError(f"{item.nodeid} : pour de vrais commits, la fixture « base ».")
        if marque or "db" in fixtures:
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


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """Debian's browser, or the test is skipped; RELAIS_TOUT_PROUVER=1 (.ci/run) refuses to skip."""
    from playwright.sync_api import expect, sync_playwright

    if not CHROMIUM.exists():
        absent = f"{CHROMIUM} manque (apt install chromium)"
        pytest.fail(absent) if os.environ.get("RELAIS_TOUT_PROUVER") else pytest.skip(absent)
    # Playwright keeps an event loop in this thread: Django must not take our tests for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=CHROMIUM, args=RIEN_DEHORS)
        with gestes_patients():
            yield navigateur
        navigateur.close()


@contextmanager
def gestes_patients() -> Iterator[None]:
    """A click or a key ends when the page that it leads to has wholly come, as a person waits.

    Playwright's own end at the first byte of that page, or sooner when a script has yet to ask the
    service something before the form leaves. `no_wait_after=True` keeps that end.
    """
    from playwright.sync_api import Locator, expect

    def patient(geste: Callable[..., None]) -> Callable[..., None]:
        def attendre(ou: Locator, *positions: Any, **options: Any) -> None:
            geste(ou, *positions, **options)
            if not options.get("no_wait_after"):
                expect(ou.page.locator(EN_PARTANCE)).to_have_count(0)
                ou.page.wait_for_load_state()

        return attendre

    with pytest.MonkeyPatch.context() as rustine:
        for nom in ("click", "dblclick", "press"):
            rustine.setattr(Locator, nom, patient(getattr(Locator, nom)))
        yield


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """`axe(page)`: no violation of WCAG 2.2 AA nor of good practice on the page as it stands."""
    from axe_playwright_python.sync_playwright import Axe

    moteur = Axe()

    def verifier(page: "Page", *, regles: list[str] = REGLES_AXE) -> None:
        page.wait_for_load_state()  # a key returns when the next page has sent its first byte
        violations = moteur.run(page, options={"runOnly": regles}).response["violations"]
        fautes = [
            f"{v['id']} ({v['help']}) : {n['target']} {n['html'][:160]}"
            for v in violations
            for n in v["nodes"]
        ]
        assert not fautes, f"{page.url}\n" + "\n".join(fautes)

    return verifier


@pytest.fixture
def racine_du_depot() -> Path:
    return banc.RACINE
