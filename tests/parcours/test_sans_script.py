"""The story without any script: every act has its form, every choice its fields."""

import pytest
from playwright.sync_api import expect

from relais.socle import horloge
from tests.fiches.gestes import prendre, transmettre
from tests.parcours.gestes import Ecran, entrer, page_signee, remplir
from tests.personas import creer_personas


@pytest.fixture
def personas(base):
    return creer_personas()


def test_ecrire_signer_sur_papier_envoyer_puis_terminer(visiteur, personas):
    social = Ecran(visiteur(java_script_enabled=False))
    page = entrer(social.page, personas.ts_rennes, "/fiches/")
    social.presser("Nouvelle fiche")
    expect(page.locator("canvas")).to_be_hidden()
    expect(page.locator(".amorces li").first).to_have_text("Demande déposée le…")
    expect(page.get_by_label("Autre motif : lequel ?")).to_be_hidden()
    remplir(social)
    social.presser("Enregistrer")
    expect(page.locator(".messages")).to_contain_text("Brouillon enregistré à")
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Camille")
    social.presser("Relire avec la personne")
    expect(page.locator("[data-resume-erreurs]")).to_contain_text("La fiche est à signer")
    page.get_by_label("Page signée (photo, scan ou PDF d’une page)").set_input_files(page_signee())
    social.presser("Relire avec la personne")
    expect(page.locator("main")).to_contain_text("page signée jointe")
    social.presser("Envoyer la fiche")
    expect(page.locator(".messages")).to_contain_text("La fiche est envoyée.")

    reference = page.url.split("/")[4]
    caisse = Ecran(visiteur(java_script_enabled=False))
    entrer(caisse.page, personas.agent_caisse)
    repondre_sans_script(caisse)
    page.goto(f"/fiches/{reference}/")
    expect(page.get_by_text("Le paiement est débloqué.")).to_be_visible()
    social.presser("Terminer la fiche", role="link")
    social.cocher("Demande engagée")
    social.presser("Terminer la fiche")
    expect(page.locator(".etat")).to_contain_text("Terminée : demande engagée")


def repondre_sans_script(caisse):
    page = caisse.page
    caisse.presser("Prendre la suivante")
    caisse.presser("Répondre", role="link")
    caisse.cocher("Paiement débloqué")
    expect(page.get_by_label("Ce qui manque")).to_be_hidden()
    caisse.dater("Date prévue du versement", "2026-12-01")
    caisse.presser("Relire avant d’envoyer")
    expect(page.locator("#apercu")).to_contain_text("Le paiement est débloqué.")
    expect(page.locator("h1")).to_have_text("Répondre")
    caisse.presser("Envoyer la réponse")
    expect(page.locator(".messages")).to_contain_text("La réponse est envoyée.")


def test_faire_signer_a_nouveau_garde_ce_qui_vient_d_etre_ecrit(visiteur, personas):
    social = Ecran(visiteur(java_script_enabled=False))
    page = entrer(social.page, personas.ts_rennes, "/fiches/")
    social.presser("Nouvelle fiche")
    page.get_by_label("Page signée (photo, scan ou PDF d’une page)").set_input_files(page_signee())
    social.presser("Enregistrer")
    expect(page.get_by_text("Page signée jointe, le")).to_be_visible()
    social.taper("Prénom", "Camille")
    social.presser("Faire signer à nouveau")
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Camille")
    expect(page.get_by_text("Page signée jointe")).to_have_count(0)


def test_la_touche_entree_enregistre_et_n_envoie_jamais(visiteur, personas):
    page = entrer(visiteur(java_script_enabled=False), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.get_by_label("Page signée (photo, scan ou PDF d’une page)").set_input_files(page_signee())
    page.get_by_label("Prénom", exact=True).fill("Camille")
    page.get_by_label("Prénom", exact=True).press("Enter")
    expect(page.locator(".messages")).to_contain_text("Brouillon enregistré à")
    page.get_by_label("Prénom", exact=True).press("Enter")
    expect(page.get_by_text("Page signée jointe, le")).to_be_visible()

    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    prendre(personas.agent_caisse, fiche, le=horloge.maintenant())
    adresse = f"/fiches/{fiche.reference}/repondre/?nature=paiement_debloque"
    page = entrer(visiteur(java_script_enabled=False), personas.agent_caisse, adresse)
    page.get_by_label("Date prévue du versement").fill("2026-12-01")
    page.get_by_label("Date prévue du versement").press("Enter")
    expect(page.locator("#apercu")).to_contain_text("Le paiement est débloqué.")
    expect(page.locator("h1")).to_have_text("Répondre")
