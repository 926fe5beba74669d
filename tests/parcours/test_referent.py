"""A référent's morning: the month's figures, an export, a malfunction answered. Keyboard, axe."""

import re

import pytest
from playwright.sync_api import expect

from relais.annuaire.contexte import contexte
from relais.fiches import signalements
from relais.socle import horloge
from tests.fiches.gestes import repondre, transmettre
from tests.parcours.gestes import entrer, tient_dans_la_largeur
from tests.personas import creer_personas


@pytest.mark.timeout(500)
def test_la_matinee_d_un_referent(base, visiteur, axe):
    personas = creer_personas()
    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    repondre(personas.agent_caisse, fiche, le=horloge.maintenant())
    with contexte(personas.ts_rennes):
        signalements.signaler(
            "reponse_inadaptee",
            fiche.reference,
            par=personas.ts_rennes,
            maintenant=horloge.maintenant(),
        )
    page = entrer(visiteur(), personas.referent_departement, "/suivi/")
    expect(page.locator("h1")).to_contain_text("Suivi")
    expect(page.get_by_role("row", name=re.compile("^T1"))).to_contain_text("100")
    expect(page.get_by_role("img", name=re.compile("Demandes envoyées"))).to_be_visible()
    page.get_by_text("Les nombres du graphique").click()
    axe(page)
    page.get_by_role("link", name="Exporter").click()
    expect(page.locator("h1")).to_have_text("Exporter les fiches")
    axe(page)
    page.get_by_label("au", exact=True).fill("2020-01-01")
    page.get_by_role("button", name="Exporter").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    axe(page)
    page.get_by_label("au", exact=True).fill(horloge.aujourd_hui().isoformat())
    with page.expect_download() as telechargement:
        page.get_by_role("button", name="Exporter").click()
    assert telechargement.value.suggested_filename.endswith(".xlsx")
    page.set_viewport_size({"width": 320, "height": 800})
    page.goto("/suivi/")
    expect(page.get_by_role("region", name="Dysfonctionnements par nature")).to_be_visible()
    tient_dans_la_largeur(page)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="Suivre les dysfonctionnements").click()
    expect(page.locator("h1")).to_have_text("Dysfonctionnements")
    axe(page)
    page.get_by_role("link", name=re.compile("^Ouvrir le dysfonctionnement")).press("Enter")
    page.get_by_role("button", name="Je m’en occupe").press("Enter")
    expect(page.get_by_text("C’est noté")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Enregistrer la réponse").click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    axe(page)
    page.get_by_label("La réponse attendue a été relancée").check()
    page.get_by_label("La caisse", exact=True).check()
    page.get_by_role("button", name="Enregistrer la réponse").click()
    expect(page.get_by_text("La réponse est enregistrée")).to_be_visible()
    axe(page)
    page.set_viewport_size({"width": 320, "height": 800})
    tient_dans_la_largeur(page)
    page.get_by_role("button", name="Clore").click()
    expect(page.get_by_text("Ce dysfonctionnement est clos.")).to_be_visible()
    tient_dans_la_largeur(page)
    page = entrer(visiteur(java_script_enabled=False), personas.ts_rennes, "/signaler/")
    page.get_by_role("link", name="Mes signalements").click()
    expect(page.get_by_text("La réponse attendue a été relancée")).to_be_visible()
    page.goto("/signaler/mes-signalements/")
    tient_dans_la_largeur(page)
