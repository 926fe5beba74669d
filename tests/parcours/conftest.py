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
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
)

from tests.banc import Base

SOMBRE = ["color-contrast", "link-in-text-block"]
LARGEURS = (320, 1024, 1280)  # 320: a screen of 1280 px read at 400 %; 1024: an old laptop
# A 4xx answer, or a network that was cut: what follows is each test's own affair.
ATTENDUS = (
    "Failed to load resource",
    "Response Status Error Code 4",
    "htmx:afterRequest",
    "htmx:sendAbort",
    "htmx:sendError",
)
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


@pytest.fixture(scope="session")
def sans_faute(axe: Callable[..., None]) -> Callable[[Page], None]:
    """`sans_faute(page)`: axe in light, contrast in dark, nothing to scroll sideways, one title."""
    from tests.parcours.gestes import tient_dans_la_largeur  # loads Django's models

    def verifier(page: Page) -> None:
        axe(page)
        # A colour on its way to another one has the contrast of neither.
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        axe(page, regles=SOMBRE)
        page.emulate_media(color_scheme="light")
        for largeur in LARGEURS:
            page.set_viewport_size({"width": largeur, "height": 800})
            tient_dans_la_largeur(page)
        assert page.locator("h1").count() == 1

    return verifier


def surveiller(contexte: BrowserContext, plaintes: list[str]) -> None:
    """Write down what no page of ours may do."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(ATTENDUS):
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
