"""The file of the month, in a browser: given, looked at, confirmed, stored; axe on each state."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.parcours.gestes import TELEPHONE, Ecran, entrer
from tests.personas import creer_personas
from tests.reperage import gestes
from tests.reperage.flux import flux, foyer, personne

IMAGES = os.environ.get("RELAIS_IMAGES", "")
UN_MOIS = flux(
    foyer(personne("1959-11-01"), personne("1958-03-01", "CJT"), motif="35", etat="4"),
    foyer(personne("1963-02-01")),
    foyer(personne("1959-13-01")),
    annonces=2,
)
TABLEAU = (
    "Nom;Prénom;Venue au monde;N° CAF;Remarque\n"
    "Fictif;Camille;01/11/1959;0346145;\n"
    "Fictif;Dominique;hier;0346145;\n"
).encode()


@pytest.fixture
def personas(base):
    return creer_personas()


def image(page, nom):
    """A picture to look at, when somebody asks for them (RELAIS_IMAGES: a folder)."""
    if not IMAGES:
        return
    for largeur, theme in ((1280, "light"), (1280, "dark"), (360, "light")):
        page.set_viewport_size({"width": largeur, "height": 900})
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.screenshot(path=Path(IMAGES) / f"{nom}-{largeur}-{theme}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})


def fichier(octets, nom="flux.xml"):
    return {"name": nom, "mimeType": "application/octet-stream", "buffer": octets}


@pytest.mark.timeout(500)
def test_le_fichier_du_mois_du_depot_a_la_liste(visiteur, personas, sans_faute):
    page = entrer(visiteur(), personas.charge_reperage, "/reperage/importer/")
    charge = Ecran(page)
    expect(page.get_by_text("Aucun fichier n’a encore été donné")).to_be_visible()
    sans_faute(page)
    image(page, "vide")
    charge.presser("Lire le fichier")
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    sans_faute(page)
    page.get_by_label("Fichier").set_input_files(fichier(UN_MOIS))
    charge.presser("Lire le fichier")
    expect(page.locator("h1")).to_have_text("Lecture du fichier")
    sans_faute(page)
    image(page, "lecture")
    depot = gestes.lire(gestes.dernier())
    # The page learns it by itself.
    expect(page.locator("h1")).to_have_text("Relire avant d’enregistrer")
    sans_faute(page)
    image(page, "relire")
    charge.presser("Confirmer et enregistrer")
    expect(page.locator("[data-resume-erreurs]")).to_contain_text("Cochez ce que vous confirmez.")
    sans_faute(page)
    image(page, "a-cocher")
    page.get_by_label("Le fichier annonce 2 dossiers et en contient 3").check()
    charge.presser("Confirmer et enregistrer")
    expect(page.locator("h1")).to_have_text("Enregistrement en cours")
    sans_faute(page)
    image(page, "en-cours")
    gestes.appliquer(depot)
    expect(page.locator("h1")).to_have_text("Fichier enregistré")
    sans_faute(page)
    image(page, "fait")
    page.goto("/reperage/importer/")
    expect(page.get_by_role("cell", name="3 enregistrées")).to_be_visible()
    sans_faute(page)
    image(page, "liste")


@pytest.mark.timeout(500)
def test_les_colonnes_se_corrigent_au_clavier_et_l_import_s_annule(visiteur, personas, sans_faute):
    page = entrer(visiteur(), personas.charge_reperage, "/reperage/importer/")
    page.get_by_label("Fichier").set_input_files(fichier(TABLEAU, "mois.csv"))
    page.get_by_role("button", name="Lire le fichier").press("Enter")
    expect(page.locator("h1")).to_have_text("Lecture du fichier")
    gestes.lire(gestes.dernier())
    expect(page.get_by_text("Ce fichier n’est pas encore lu")).to_be_visible()
    sans_faute(page)
    image(page, "colonnes")
    page.get_by_label("Venue au monde").focus()
    page.keyboard.type("Naissance")
    page.get_by_role("button", name="Relire le fichier").press("Enter")
    expect(page.locator("h1")).to_have_text("Lecture du fichier")
    gestes.lire(gestes.dernier())
    expect(page.locator("h1")).to_have_text("Relire avant d’enregistrer")
    expect(page.get_by_role("row", name="Ligne 3")).to_contain_text("colonne C")
    sans_faute(page)
    image(page, "tableau")
    page.get_by_role("button", name="Annuler cet import").press("Enter")
    expect(page.locator("h1")).to_have_text("Import annulé")
    sans_faute(page)
    image(page, "annule")
    page.goto("/reperage/importer/")
    page.get_by_label("Fichier").set_input_files(fichier(b"<vide/>"))
    page.get_by_role("button", name="Lire le fichier").press("Enter")
    expect(page.locator("h1")).to_have_text("Lecture du fichier")
    gestes.lire(gestes.dernier())
    expect(page.get_by_text("Ce fichier n’a pas été lu")).to_be_visible()
    sans_faute(page)
    image(page, "refuse")


@pytest.mark.timeout(300)
def test_sans_script_et_sur_un_telephone(visiteur, personas):
    page = entrer(
        visiteur(**TELEPHONE, java_script_enabled=False),
        personas.charge_reperage,
        "/reperage/importer/",
    )
    page.get_by_label("Fichier").set_input_files(fichier(UN_MOIS))
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.locator("h1")).to_have_text("Lecture du fichier")
    depot = gestes.lire(gestes.dernier())
    page.get_by_role("link", name="Actualiser").click()
    expect(page.locator("h1")).to_have_text("Relire avant d’enregistrer")
    page.get_by_label("Le fichier annonce 2 dossiers et en contient 3").check()
    page.get_by_role("button", name="Confirmer et enregistrer").click()
    expect(page.locator("h1")).to_have_text("Enregistrement en cours")
    gestes.appliquer(depot)
    page.get_by_role("link", name="Actualiser").click()
    expect(page.locator("h1")).to_have_text("Fichier enregistré")
