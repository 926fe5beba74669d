"""What a person does in front of a screen, counted: fields typed and clicks."""

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from relais.annuaire.models import Affectation
from relais.socle import horloge
from tests.annuaire.gestes import code_du_moment
from tests.personas import MOT_DE_PASSE, connecter, poser_second_facteur

PAUSE = 1_800  # milliseconds: longer than any pause after which a page saves or previews
NIR_FAUX = "1 85 05 78 006 084 36"
NIR_JUSTE = "1 85 05 78 006 084 91"
TELEPHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@dataclass
class Ecran:
    """A page and the hands in front of it. `gestes`: fields typed, and clicks, so far."""

    page: Page
    champs: int = 0
    clics: int = 0

    @property
    def gestes(self) -> int:
        return self.champs + self.clics

    def taper(self, champ: str | Locator, texte: str) -> None:
        """Key by key, as a person does, in the field of that label."""
        trouve = self.page.get_by_label(champ, exact=True) if isinstance(champ, str) else champ
        trouve.fill("")
        trouve.press_sequentially(texte)
        self.champs += 1

    def dater(self, champ: str, jour: str) -> None:
        """A day in a date field, as 2026-12-01: the picker takes no keys here."""
        self.page.get_by_label(champ, exact=True).fill(jour)
        self.champs += 1

    def cocher(self, case: str, *, dans: str = "") -> None:
        ou = self.page.get_by_role("group", name=dans) if dans else self.page
        ou.get_by_label(case, exact=True).click()
        self.clics += 1

    def presser(self, nom: str, *, role: Any = "button") -> None:
        self.page.get_by_role(role, name=nom).click()
        self.clics += 1

    def signer(self) -> None:
        """One stroke in the frame of the signature."""
        cadre = self.page.locator("canvas")
        cadre.scroll_into_view_if_needed()
        boite = cadre.bounding_box()
        assert boite
        souris = self.page.mouse
        souris.move(boite["x"] + 40, boite["y"] + 90)
        souris.down()
        for pas in range(1, 9):
            souris.move(boite["x"] + 40 + 40 * pas, boite["y"] + (50 if pas % 2 else 110), steps=3)
        souris.up()
        expect(
            self.page.get_by_text("La signature est prise : elle s’enregistre avec la fiche.")
        ).to_be_visible()
        self.clics += 1


def se_connecter(ecran: Ecran, qui: Affectation) -> None:
    """Both factors, typed."""
    poser_second_facteur(qui.agent)
    ecran.page.goto("/compte/connexion/")
    ecran.taper("Adresse mail professionnelle", qui.agent.email)
    ecran.taper("Mot de passe", MOT_DE_PASSE)
    ecran.presser("Continuer")
    ecran.taper("Code à 6 chiffres", code_du_moment(qui.agent))
    ecran.presser("Se connecter")
    ecran.page.wait_for_url(re.compile(r"/(fiches|corbeille|suivi|reperage)/"))


def entrer(page: Page, qui: Affectation, adresse: str = "/") -> Page:
    """In the shoes of somebody whose session is already open."""
    temoin = connecter(qui).cookies["session"].value
    page.context.add_cookies([{"name": "session", "value": temoin, "url": origine(page)}])
    page.goto(adresse)
    return page


def origine(page: Page) -> str:
    """Where the context's relative addresses start."""
    page.goto("/aide/accessibilite/")
    return page.url.removesuffix("/aide/accessibilite/")


def arreter_l_horloge(page: Page) -> None:
    """Time passes in the pages to come when the test says so, however slow the machine is."""
    page.clock.install(time=horloge.maintenant())
    page.clock.pause_at(horloge.maintenant() + timedelta(minutes=1))


def remplir(ecran: Ecran, *, nir: str = NIR_JUSTE) -> None:
    """The fiche of a person without income, up to the boxes."""
    ecran.taper("Nom de naissance", "Fictif")
    ecran.taper("Prénom", "Camille")
    ecran.taper("Numéro de Sécurité Sociale", nir)
    ecran.taper(ecran.page.get_by_label("Téléphone", exact=True).last, "02 61 91 35 77")
    ecran.cocher("RSA")
    ecran.cocher("Pension de retraite")
    ecran.cocher("Rupture de ressources ou suspension de paiement")
    ecran.cocher("Oui, depuis le…")
    ecran.dater("À quelle date ?", "2026-10-01")
    ecran.taper("Commentaire / précisions sur la situation", "Demande déposée le 12 mars 2026.")
    ecran.cocher(INFORME)
    ecran.cocher(NON_OPPOSITION)


INFORME = (
    "Je souhaite que le professionnel du Département d’Ille-et-Vilaine soit informé de ma "
    "situation vis-à-vis de la Retraite."
)
NON_OPPOSITION = (
    "Je ne m’oppose pas au traitement de mes données personnelles par la Carsat de Bretagne"
)


def page_signee() -> dict[str, Any]:
    """The photo of a signed sheet, as a file input takes it."""
    image = Image.new("RGB", (1240, 1754), "white")
    ImageDraw.Draw(image).line([(200, 1500), (400, 1400), (600, 1520)], fill="navy", width=8)
    tampon = io.BytesIO()
    image.save(tampon, "JPEG")
    return {"name": "page.jpg", "mimeType": "image/jpeg", "buffer": tampon.getvalue()}


def rien_de_trop_petit(page: Page) -> None:
    """Whatever is pressed in the page is 24 px at least, a box with its label (WCAG 2.5.8)."""
    petits = page.evaluate(
        """() => [...document.querySelectorAll("a, button, select, summary, input")]
            .filter((e) => e.checkVisibility() && !e.closest(".evitement"))
            .map((e) => [e.textContent.trim(), (e.closest("label, .case") ?? e)])
            .map(([nom, e]) => [nom, e.getBoundingClientRect()])
            .filter(([, place]) => place.width > 1 && Math.min(place.width, place.height) < 24)
            .map(([nom]) => nom)"""
    )
    assert petits == [], page.url


def tient_dans_la_largeur(page: Page) -> None:
    """Nothing to scroll sideways (WCAG 1.4.10)."""
    page.wait_for_load_state()
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    ), f"{page.url} déborde"
