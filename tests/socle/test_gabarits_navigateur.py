"""The gallery in a real browser: accessibility in each theme, and what the scripts add.

Pages are rendered here and handed to the browser with the product's own security policy: no
server, no database. An address that nobody serves answers 404 and fails the test.
"""

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.urls import path
from playwright.sync_api import Browser, Page, Route, expect

from relais.socle import galerie

pytestmark = pytest.mark.navigateur

ORIGINE = "http://localhost"
POLITIQUE = "; ".join(
    f"{nom} {' '.join(sources)}"
    for nom, sources in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)
REGLES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Ouvrir = Callable[..., Page]

# The addresses that the header looks for: the gallery needs no other page of the product.
urlpatterns = [
    path("compte/", galerie.galerie, name="mfa_index"),
    path("sortir/", galerie.galerie, name="account_logout"),
]


@pytest.fixture(autouse=True)
def adresses(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__


def servir(route: Route) -> None:
    chemin = route.request.url.removeprefix(ORIGINE).partition("?")[0]
    if chemin.startswith("/statique/"):
        fichier = finders.find(chemin.removeprefix("/statique/"))
        assert isinstance(fichier, str), chemin
        type_mime = mimetypes.guess_type(fichier)[0] or "text/plain"
        route.fulfill(body=Path(fichier).read_bytes(), content_type=type_mime)
    elif chemin.startswith("/galerie/"):
        gabarit, contexte = galerie.ecran(chemin.split("/")[2])
        route.fulfill(
            body=render_to_string(gabarit, contexte),
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": POLITIQUE},
        )
    else:
        route.fulfill(status=404, body=f"Rien à {chemin}")


@pytest.fixture
def ouvrir(chromium: Browser) -> Iterator[Ouvrir]:
    """ouvrir(page, **options of the context) -> a page; its console must stay silent."""
    contextes: list[Any] = []
    plaintes: list[str] = []

    def ouvre(nom: str, **options: Any) -> Page:
        contexte = chromium.new_context(locale="fr-FR", **options)
        contextes.append(contexte)
        contexte.route("**/*", servir)
        page: Page = contexte.new_page()
        page.on("console", lambda m: plaintes.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda erreur: plaintes.append(str(erreur)))
        page.goto(f"{ORIGINE}/galerie/{nom}/")
        return page

    ouvre.plaintes = plaintes  # type: ignore[attr-defined]
    yield ouvre
    for contexte in contextes:
        contexte.close()
    assert plaintes == []


@pytest.mark.parametrize("schema", ["light", "dark"])
@pytest.mark.parametrize("nom", galerie.PAGES)
def test_la_galerie_n_a_aucun_defaut_d_accessibilite(ouvrir: Ouvrir, nom: str, schema: str) -> None:
    page = ouvrir(nom, color_scheme=schema)
    resultat = Axe().run(page, options={"runOnly": REGLES}).response
    fautes = [(v["id"], [n["target"] for n in v["nodes"]]) for v in resultat["violations"]]
    assert fautes == []


@pytest.mark.parametrize("nom", galerie.PAGES)
@pytest.mark.parametrize("largeur", [320, 768, 1024])
def test_rien_ne_deborde_de_l_ecran(ouvrir: Ouvrir, nom: str, largeur: int) -> None:
    page = ouvrir(nom, viewport={"width": largeur, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= largeur


@pytest.mark.parametrize("nom", ["formulaire", "liste", "connexion"])
def test_chaque_geste_est_assez_grand_pour_un_doigt(ouvrir: Ouvrir, nom: str) -> None:
    page = ouvrir(nom, viewport={"width": 360, "height": 800})
    cibles = (
        "button.bouton, a.bouton, select, .case label, "
        "input:not([type=checkbox], [type=radio], [type=hidden])"
    )
    petites = page.eval_on_selector_all(
        cibles,
        "es => es.filter(e => e.offsetParent && !e.classList.contains('bouton-petit')"
        " && e.getBoundingClientRect().height < 43.5).map(e => e.outerHTML.slice(0, 80))",
    )
    assert petites == []


def test_tout_reste_la_sans_script(ouvrir: Ouvrir) -> None:
    page = ouvrir("formulaire", java_script_enabled=False)
    expect(page.get_by_label("Page signée")).to_be_visible()
    expect(page.locator("[data-signature]")).to_be_hidden()
    expect(page.get_by_role("button", name="Enregistrer")).to_be_visible()
    expect(page.get_by_text("1 500 caractères au plus.")).to_be_visible()


def test_le_resume_prend_le_focus_et_mene_a_la_premiere_case(ouvrir: Ouvrir) -> None:
    page = ouvrir("formulaire-erreurs")
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Type de dossier concerné").press("Enter")
    expect(page.get_by_label("Pension de retraite")).to_be_focused()


def test_un_second_clic_pendant_l_envoi_n_envoie_rien(ouvrir: Ouvrir) -> None:
    page = ouvrir("confirmation")
    envois: list[Route] = []
    page.route("**/galerie/confirmation/", lambda route: envois.append(route))
    # In one go: Playwright itself waits for the end of a navigation before it looks again.
    etat = page.get_by_role("button", name="Envoyer la fiche").evaluate(
        """async (bouton) => {
          const pause = () => new Promise((suite) => setTimeout(suite, 300));
          bouton.click(); await pause();
          const etat = bouton.ariaDisabled;
          bouton.click(); await pause();
          return etat;
        }"""
    )
    assert etat == "true"
    assert [envoi.request.method for envoi in envois] == ["POST"]
    envois[0].fulfill(status=204)


def test_le_bouton_revit_quand_on_revient_en_arriere(ouvrir: Ouvrir) -> None:
    page = ouvrir("confirmation")
    page.locator("form[action='#']").evaluate("f => f.dataset.parti = 'oui'")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    assert page.locator("form[data-parti]").count() == 0


def test_le_compteur_suit_la_saisie(ouvrir: Ouvrir) -> None:
    page = ouvrir("formulaire")
    champ = page.get_by_label("Commentaire / précisions")
    champ.fill("é" * 1499)
    compteur = page.locator("[data-compteur-de]")
    expect(compteur).to_have_text("Il reste 1 caractère sur 1\u202f500.")
    assert compteur.get_attribute("id") in (champ.get_attribute("aria-describedby") or "").split()


def test_le_numero_se_groupe_sans_deplacer_le_curseur(ouvrir: Ouvrir) -> None:
    page = ouvrir("formulaire")
    champ = page.get_by_label("Numéro de Sécurité Sociale")
    champ.fill("")
    champ.press_sequentially("1841235238004")
    expect(champ).to_have_value("1 84 12 35 238 004")
    # A digit forgotten in the middle: the caret stays after what was typed.
    champ.evaluate("c => c.setSelectionRange(4, 4)")
    champ.press_sequentially("9")
    expect(champ).to_have_value("1 84 91 23 523 800 4")
    assert champ.evaluate("c => c.selectionStart") == 6
    champ.fill("2 69 05 2a 004 112")
    champ.press("End")
    champ.press_sequentially("8")
    expect(champ).to_have_value("2 69 05 2A 004 112 8")
    champ.fill("18412O5")
    expect(champ).to_have_value("18412O5")


def test_la_signature_devient_une_image_et_s_efface(ouvrir: Ouvrir) -> None:
    page = ouvrir("formulaire")
    cadre = page.get_by_role("img", name="Cadre de signature")
    cadre.scroll_into_view_if_needed()
    bord = cadre.bounding_box()
    assert bord
    page.mouse.move(bord["x"] + 40, bord["y"] + 60)
    page.mouse.down()
    page.mouse.move(bord["x"] + 220, bord["y"] + 110, steps=8)
    page.mouse.up()
    champ = page.locator("[name=signature]")
    assert champ.input_value().startswith("data:image/png;base64,")
    expect(page.get_by_role("img", name="Cadre de signature, signé")).to_be_visible()
    page.get_by_role("button", name="Effacer la signature").click()
    assert champ.input_value() == ""
    expect(page.get_by_role("img", name="Cadre de signature, vide")).to_be_visible()


def test_copier_dit_que_c_est_fait(ouvrir: Ouvrir) -> None:
    page = ouvrir("composants", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copier").last.click()
    expect(page.get_by_text("Copié.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "contact@caisse.invalid"


def test_le_numero_copie_ne_s_affiche_jamais(ouvrir: Ouvrir) -> None:
    page = ouvrir("fiche", permissions=["clipboard-read", "clipboard-write"])
    page.route(
        "**/galerie/fiche/",
        lambda route: route.fulfill(body="269052A00411242", content_type="text/plain"),
    )
    page.get_by_role("button", name="Copier le numéro").click()
    expect(page.get_by_text("Copié.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "269052A00411242"
    assert "269052A00411242" not in page.content()


class Brouillons:
    """A server that saves drafts, or does not."""

    def __init__(self, page: Page) -> None:
        self.recus: list[str] = []
        self.mode = "marche"
        page.route("**/galerie/brouillon/", self.repondre)

    def repondre(self, route: Route) -> None:
        if self.mode == "coupe":
            route.abort()
        elif self.mode == "conflit":
            route.fulfill(status=409, body="Ce brouillon a changé dans une autre fenêtre.")
        elif self.mode == "ferme":
            route.fulfill(status=401)
        else:
            self.recus.append(route.request.post_data or "")
            route.fulfill(body="Brouillon enregistré à 14 h 06")


def test_le_brouillon_est_garde_a_chaque_pause(ouvrir: Ouvrir) -> None:
    page = ouvrir("formulaire")
    brouillons = Brouillons(page)
    page.get_by_label("Prénom").press_sequentially("Zoé", delay=30)
    expect(page.get_by_text("Brouillon enregistré à 14 h 06")).to_be_visible()
    assert len(brouillons.recus) == 1
    assert "prenom=Zo%C3%A9" in brouillons.recus[0]
    assert "page_signee" not in brouillons.recus[0]


def test_une_connexion_perdue_est_dite_et_le_brouillon_repart_seul(ouvrir: Ouvrir) -> None:
    page = ouvrir("formulaire")
    brouillons = Brouillons(page)
    brouillons.mode = "coupe"
    page.get_by_label("Prénom").press_sequentially("Zoé")
    expect(page.get_by_text("rien n’est perdu tant que cette page reste ouverte")).to_be_visible()
    brouillons.mode = "marche"
    expect(page.get_by_text("Brouillon enregistré à 14 h 06")).to_be_visible()
    ouvrir.plaintes.clear()  # type: ignore[attr-defined] # the browser's own line about the cut


@pytest.mark.parametrize(
    ("mode", "phrase"),
    [
        ("conflit", "Ce brouillon a changé dans une autre fenêtre."),
        ("ferme", "Votre session s’est fermée."),
    ],
)
def test_un_conflit_ou_une_session_fermee_se_disent(ouvrir: Ouvrir, mode: str, phrase: str) -> None:
    page = ouvrir("formulaire")
    brouillons = Brouillons(page)
    brouillons.mode = mode
    page.get_by_label("Prénom").press_sequentially("Zoé")
    expect(page.get_by_text(phrase)).to_be_visible()
    expect(page.get_by_label("Prénom")).to_have_value("Zoé")
    ouvrir.plaintes.clear()  # type: ignore[attr-defined] # the browser's own line about the status


def test_rien_n_est_ecrit_dans_le_navigateur(ouvrir: Ouvrir) -> None:
    page = ouvrir("formulaire")
    Brouillons(page)
    page.get_by_label("Prénom").press_sequentially("Zoé")
    expect(page.get_by_text("Brouillon enregistré à 14 h 06")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    # htmx writes the address of the page there, whatever its settings, and nothing else.
    assert page.evaluate("({...sessionStorage})") == {
        "htmx-current-path-for-history": "/galerie/formulaire/"
    }


def test_une_question_a_oui_ouvre_sa_suite(ouvrir: Ouvrir) -> None:
    page = ouvrir("formulaire")
    date = page.get_by_label("Date de la coupure")
    expect(date).to_be_visible()
    page.get_by_label("Non", exact=True).check()
    expect(date).to_be_hidden()


def test_sur_le_papier_il_ne_reste_que_la_fiche(ouvrir: Ouvrir) -> None:
    page = ouvrir("fiche", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for parti in ("nav", ".ensuite", ".ruban-demonstration", "footer", ".bouton >> nth=0"):
        expect(page.locator(parti).first).to_be_hidden()
    expect(page.get_by_role("heading", name="Zoé EXEMPLE")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
