"""A social worker's morning between two appointments: the desk, a name, the couple, the paper."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from relais.regles import nir
from relais.socle import horloge
from tests.fiches import gestes as actes
from tests.parcours.gestes import (
    INFORME,
    NON_OPPOSITION,
    TELEPHONE,
    Ecran,
    entrer,
)
from tests.personas import creer_personas

GESTES_POUR_LE_CONJOINT = 17  # from the first fiche to the second one sent; 21 from scratch
CORPS_DU_CONJOINT = "2550678006042"


@pytest.fixture
def personas(base):
    return creer_personas()


@pytest.fixture
def fiches(personas):
    """One that a colleague follows, one sent this morning, one finished."""
    maintenant = horloge.maintenant()
    ts = personas.ts_rennes
    terminee = actes.transmettre(ts, le=maintenant - timedelta(days=3))
    actes.repondre(personas.agent_caisse, terminee, le=maintenant - timedelta(days=2))
    actes.clore(ts, terminee)
    return {
        "collegue": actes.transmettre(personas.ts_rennes_collegue, le=maintenant).reference,
        "envoyee": actes.transmettre(ts, le=maintenant).reference,
        "terminee": terminee.reference,
    }


@pytest.mark.timeout(300)
def test_la_matinee_d_une_travailleuse_sociale(visiteur, personas, fiches, axe, capsys):
    social = Ecran(visiteur())
    entrer(social.page, personas.ts_rennes, "/fiches/")
    au_guichet(social, fiches["collegue"], axe)
    retrouver(social, fiches)
    verser(social, axe)
    avec = pour_le_conjoint(social, fiches["envoyee"], axe)
    with capsys.disabled():
        print(f"\nGestes pour le conjoint, de la première fiche à l’envoi : {avec}")
    assert avec <= GESTES_POUR_LE_CONJOINT


def au_guichet(social, reference, axe):
    """Somebody comes back with a sheet that a colleague gave."""
    page = social.page
    page.get_by_role("navigation").get_by_role("link", name="Où en est-on").click()
    page.get_by_label("Référence écrite sur la feuille").fill(reference.lower().replace("-", " "))
    page.keyboard.press("Enter")
    dit = page.get_by_role("status").filter(has_text=reference)
    expect(dit).to_contain_text("Envoyée, pas encore ouverte")
    expect(dit).to_contain_text("Bo Essai")
    expect(page.locator("main")).not_to_contain_text("FICTIF")
    assert reference not in page.url
    axe(page)


def retrouver(social, fiches):
    """By the name, accents and case apart; the finished fiche is there too."""
    page = social.page
    page.goto("/fiches/")
    page.get_by_role("textbox", name="Rechercher une fiche").fill("inventee")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/recherche/$"))
    lignes = page.locator("tbody tr")
    expect(lignes).to_have_count(2)
    expect(lignes.nth(1)).to_contain_text("Terminée")
    lignes.nth(1).get_by_role("link", name="Ouvrir").click()
    expect(page).to_have_url(re.compile(fiches["terminee"]))


def verser(social, axe):
    """Print, say that the paper has it, change one's mind, say it again."""
    page = social.page
    adresse = page.get_by_role("link", name="Imprimer tout le dossier").get_attribute("href")
    assert page.request.get(adresse).body().startswith(b"%PDF")
    carte = page.locator(".carte", has=page.get_by_role("heading", name="Dossier papier"))
    expect(carte).to_contain_text("c’est le papier qui est gardé (annexe 1)")
    page.get_by_role("button", name="Imprimée et versée au dossier").click()
    expect(carte).to_contain_text("Imprimée et versée au dossier le")
    axe(page)
    page.get_by_role("button", name="Annuler le versement").click()
    expect(page.locator(".messages")).to_contain_text("Le versement au dossier est annulé.")
    page.goto("/fiches/?vue=a_verser")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Ouvrir").click()
    page.get_by_role("button", name="Imprimée et versée au dossier").click()
    page.goto("/fiches/?vue=a_verser")
    expect(page.get_by_text("Aucune fiche ne correspond")).to_be_visible()


def pour_le_conjoint(social, reference, axe):
    """How many fields and clicks, from the first fiche to the second one sent."""
    page = social.page
    page.goto(f"/fiches/{reference}/")
    social.champs = social.clics = 0
    social.presser("Ouvrir aussi pour le conjoint", role="link")
    axe(page)
    page.get_by_label(re.compile("Même téléphone")).check()
    social.clics += 1
    social.presser("Ouvrir sa fiche")
    expect(page.get_by_label("Nom de naissance")).to_have_value("")
    expect(page.get_by_label("Adresse postale")).to_have_value(re.compile("12 rue de la Démons"))
    social.taper("Nom de naissance", "Factice")
    social.taper("Prénom", "Dominique")
    numero = CORPS_DU_CONJOINT + nir.calculer_cle(CORPS_DU_CONJOINT)
    social.taper("Numéro de Sécurité Sociale", numero)
    social.cocher("RSA")
    social.cocher("Pension de retraite")
    social.cocher("Rupture de ressources ou suspension de paiement")
    social.cocher("Oui, depuis le…")
    social.dater("À quelle date ?", "2026-10-01")
    social.taper("Commentaire / précisions sur la situation", "Demande déposée le 12 mars 2026.")
    social.cocher(INFORME)
    social.cocher(NON_OPPOSITION)
    social.signer()
    social.presser("Relire avec la personne")
    expect(page.locator("main")).to_contain_text(re.compile("Dominique.FACTICE"))
    expect(page.locator("main")).to_contain_text(re.compile("02.61.91.35.77"))
    social.presser("Envoyer la fiche")
    expect(page.locator(".messages")).to_contain_text("La fiche est envoyée.")
    return social.gestes


def test_au_telephone_et_sans_script_tout_s_atteint(visiteur, personas, fiches):
    page = entrer(visiteur(**TELEPHONE, java_script_enabled=False), personas.ts_rennes, "/fiches/")
    page.get_by_role("textbox", name="Rechercher une fiche").fill("1 85 05 78 006 084")
    page.get_by_role("button", name="Rechercher").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    page.goto("/ou-en-est-on/")
    page.get_by_label("Référence écrite sur la feuille").fill(fiches["collegue"])
    page.get_by_role("button", name="Où en est-on").click()
    expect(page.get_by_role("status").filter(has_text="Bo Essai")).to_be_visible()
    page.goto(f"/fiches/{fiches['terminee']}/")
    page.get_by_role("button", name="Imprimée et versée au dossier").click()
    expect(page.locator("main")).to_contain_text("Imprimée et versée au dossier le")
