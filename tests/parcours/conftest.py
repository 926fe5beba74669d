"""Stories in a real browser, against the product served over HTTP on a base of its own.

`page` is one visitor; `visiteur()` opens others, each with cookies of their own. A request that
leaves this machine, an error in the console or a page of error 500 fails the test.
"""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.servers.basehttp import ThreadedWSGIServer
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from tests.banc import Base

PATIENCE = 10_000  # milliseconds
LOCAUX = ("http://localhost:", "data:", "blob:", "about:")


@pytest.fixture(scope="session")
def serveur_http() -> Iterator[str]:
    """The product on a free port of this machine, in threads; it follows `base` between tests."""
    from config.wsgi import application

    serveur = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    serveur.set_app(application)
    fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.05})
    fil.start()
    yield f"http://localhost:{serveur.server_port}"
    serveur.shutdown()
    serveur.server_close()
    fil.join()


@pytest.fixture
def serveur_web(serveur_http: str, base: Base, settings: Any) -> str:
    """Its address; it serves the test's own base, where the test may write too."""
    settings.ADRESSE_PUBLIQUE = serveur_http
    return serveur_http


@pytest.fixture
def visiteur(chromium: Browser, serveur_web: str) -> Iterator[Callable[..., Page]]:
    """`visiteur(**options)`: a new person in front of a screen of their own, addresses relative."""
    contextes: list[BrowserContext] = []
    plaintes: list[str] = []

    def ouvrir(**options: Any) -> Page:
        contexte = chromium.new_context(
            base_url=serveur_web, locale="fr-FR", timezone_id="Europe/Paris", **options
        )
        contexte.set_default_timeout(PATIENCE)
        contextes.append(contexte)
        surveiller(contexte, plaintes)
        return contexte.new_page()

    yield ouvrir
    for contexte in contextes:
        contexte.close()
    assert plaintes == []


@pytest.fixture
def page(visiteur: Callable[..., Page]) -> Page:
    return visiteur()


def surveiller(contexte: BrowserContext, plaintes: list[str]) -> None:
    """Write down what no page of ours may do."""

    def console(message: ConsoleMessage) -> None:
        # A 4xx answer is told here as well: what it must be is each test's own affair.
        if message.type == "error" and "Failed to load resource" not in message.text:
            plaintes.append(f"console : {message.text}")

    def requete(demande: Request) -> None:
        if not demande.url.startswith(LOCAUX):
            plaintes.append(f"vers l’extérieur : {demande.url}")

    def reponse(recue: Response) -> None:
        if recue.status == 500:
            plaintes.append(f"erreur 500 : {recue.url}")

    contexte.on("console", console)
    contexte.on("weberror", lambda erreur: plaintes.append(f"script : {erreur.error}"))
    contexte.on("request", requete)
    contexte.on("response", reponse)
