"""The README's images, from a demonstration that runs:

python -m tests.parcours.images http://localhost:8000
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import CHROMIUM

DOSSIER = Path(__file__).resolve().parents[2] / "docs" / "images"
TAILLE = {"width": 1280, "height": 860}
DEMANDE = {
    "Nom de naissance": "Fictif",
    "Prénom": "Camille",
    "Numéro de Sécurité Sociale": "1 85 05 78 006 084 91",
    "Adresse postale": "12 rue de la Démonstration\n35999 Exempleville",
    "Adresse mail": "camille.fictif@exemple.test",
}


def main(adresse: str) -> None:
    DOSSIER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        caisse = entrer(navigateur, adresse, "agent.caisse@exemple.test")
        photographier(caisse, "corbeille")
        social = entrer(navigateur, adresse, "ts.rennes@exemple.test")
        social.goto("/fiches/?vue=reponses")
        recue = social.locator("tbody tr", has_text="Réponse reçue")
        recue.locator(".reference").first.click()
        social.locator(".reponse").first.wait_for()
        photographier(social, "reponse")
        social.goto("/fiches/")
        social.get_by_role("button", name="Nouvelle fiche").click()
        for champ, texte in DEMANDE.items():
            social.get_by_label(champ, exact=True).fill(texte)
        social.get_by_label("Téléphone", exact=True).last.fill("02 61 91 35 77")
        social.get_by_text("Le numéro est bien formé.").wait_for()
        social.get_by_text("Brouillon enregistré").wait_for()
        photographier(social, "fiche", hauteur=1010)
        navigateur.close()


def entrer(navigateur: Browser, adresse: str, qui: str) -> Page:
    """Log in with the password and the code that a demonstration shows."""
    page = navigateur.new_page(base_url=adresse, viewport=TAILLE, locale="fr-FR")
    page.goto(f"/compte/connexion/?compte={qui}")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Code à 6 chiffres").fill(page.locator(".code").inner_text())
    page.get_by_role("button", name="Se connecter").click()
    page.locator(".tableau").wait_for()
    return page


def photographier(page: Page, nom: str, *, hauteur: int = TAILLE["height"]) -> None:
    """A PNG of 256 colours: a quarter of the weight, the same page."""
    page.set_viewport_size({"width": TAILLE["width"], "height": hauteur})
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    image = Image.open(io.BytesIO(page.screenshot()))
    image.quantize(256).save(DOSSIER / f"{nom}.png", optimize=True)
    page.set_viewport_size(TAILLE)


if __name__ == "__main__":
    main(sys.argv[1])
