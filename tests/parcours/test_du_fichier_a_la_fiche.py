"""One morning: the file of the month, who is to be seen, to whom, and the fiches of a couple."""

import pytest
from playwright.sync_api import expect

from tests.parcours.gestes import Ecran, entrer
from tests.personas import creer_personas
from tests.reperage import gestes
from tests.reperage.flux import champs, flux, foyer, personne
from tests.reperage.personnes import ne_le

A_RENNES = (
    "<DonneesAdministratives><Adresse>"
    + champs(
        RGADR="01",
        NUMVOIE="3",
        LIBTYPEVOIE="RUE",
        NOMVOIE="DE L EXEMPLE",
        NUMCOM="35238",
        CODEPOS="35000",
        NOMCOM="RENNES",
    )
    + "</Adresse></DonneesAdministratives>"
)
ELLE = {"QUAL": "MME", "NOM": "FICTIF", "NOMNAI": "INVENTE", "PRENOM": "CAMILLE"}
LUI = {"QUAL": "MR", "NOM": "FICTIF", "PRENOM": "DOMINIQUE"}


@pytest.mark.timeout(500)
def test_du_fichier_du_mois_aux_fiches_remplies_d_un_couple(base, visiteur):
    personas = creer_personas()
    couple = foyer(
        personne(ne_le(67, 1), qui=ELLE),
        personne(ne_le(66, 8), "CJT", qui=LUI),
        matricule="034614500000000",
        suite=A_RENNES,
    )
    page = entrer(visiteur(), personas.charge_reperage, "/reperage/importer/")
    octets = flux(couple)
    page.get_by_label("Fichier").set_input_files(
        {"name": "flux.xml", "mimeType": "text/xml", "buffer": octets}
    )
    page.get_by_role("button", name="Lire le fichier").click()
    expect(page.locator("h1")).to_have_text("Lecture du fichier")
    depot = gestes.lire(gestes.dernier())
    page.get_by_role("button", name="Confirmer et enregistrer").click()
    expect(page.locator("h1")).to_have_text("Enregistrement en cours")
    gestes.appliquer(depot)
    page.get_by_role("link", name="Voir qui joindre").click()
    expect(page.get_by_text("Camille FICTIF").first).to_be_visible()

    page = entrer(visiteur(), personas.encadrante_rennes, "/reperage/confier/?toutes=1")
    page.get_by_label("Ada Essai").check()
    page.get_by_role("button", name="Confier", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("2 personnes confiées à Ada Essai.")

    page = entrer(visiteur(), personas.ts_rennes, "/reperage/")
    page.get_by_role("link", name="Camille FICTIF", exact=True).click()
    expect(page.get_by_text("Que faire maintenant, dans l’ordre")).to_be_visible()
    ecran = Ecran(page)
    ecran.presser("Proposer l’objectif", role="link")
    ecran.presser("Enregistrer l’objectif")
    expect(page.get_by_text("L’objectif est enregistré.")).to_be_visible()
    ecran.presser("Commencer une fiche de liaison", role="link")
    page.get_by_label("Dominique FICTIF").check()
    ecran.presser("Commencer")
    expect(page.get_by_label("Nom de naissance")).to_have_value("INVENTE")
    expect(page.get_by_label("Adresse postale")).to_have_value("3 RUE DE L EXEMPLE\n35000 RENNES")
    page.goto("/fiches/")
    expect(page.get_by_text("Dominique FICTIF")).to_be_visible()
    expect(page.get_by_text("Camille").first).to_be_visible()
