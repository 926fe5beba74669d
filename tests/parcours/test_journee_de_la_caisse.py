"""A day at the caisse in a real browser: assigned, called, answered, filed; then the keys alone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from relais.fiches.models import Fiche
from relais.socle import horloge
from tests.fiches import gestes as actes
from tests.parcours.gestes import entrer
from tests.personas import creer_personas


@pytest.fixture
def personas(base):
    return creer_personas()


@pytest.fixture
def fiches(personas):
    """Three fiches sent, the most urgent first."""
    maintenant = horloge.maintenant()
    return [
        actes.transmettre(personas.ts_rennes, le=maintenant - timedelta(hours=heures))
        for heures in (50, 30, 10)
    ]


def attribuer_deux(page, fiches):
    """The responsable ticks two fiches and gives them to an agent."""
    for fiche in fiches[:2]:
        page.get_by_label(f"Choisir la fiche {fiche.reference}").check()
    page.get_by_role("button", name="Attribuer…").click()
    expect(page.locator("h1")).to_have_text("Attribuer des fiches")
    page.get_by_label("Kim Fictif").check()
    page.get_by_role("button", name="Attribuer", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("2 fiches attribuées à Kim Fictif.")


def noter_un_appel(page):
    page.get_by_text("Noter un contact").click()
    page.get_by_label("Par", exact=True).select_option("téléphone")
    page.get_by_label("Qui a été joint ?").select_option("La personne")
    page.get_by_label("Ce qui s’est dit (facultatif)").fill("Attend son relevé.")
    page.get_by_role("button", name="Enregistrer la note").click()
    expect(page.locator(".notes")).to_contain_text("par téléphone, avec la personne.")


def repondre(page):
    """The last contact is already in the answer."""
    page.get_by_role("link", name="Répondre", exact=True).click()
    expect(page.get_by_label("Contactée le")).to_have_value(horloge.aujourd_hui().isoformat())
    expect(page.get_by_label("Contactée par")).to_have_value("telephone")
    page.get_by_label("Paiement débloqué").check()
    page.get_by_label("Date prévue du versement").fill("2027-01-04")
    expect(page.locator("#apercu-phrases")).to_contain_text("4 janvier 2027")
    expect(page.locator("#apercu-phrases")).to_contain_text("par téléphone.")
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.locator(".messages")).to_contain_text("La réponse est envoyée.")


def classer_tout(page, fiches, *, script):
    page.get_by_role("link", name=re.compile("^À classer")).click()
    if script:
        page.get_by_label("Toutes celles de cette page").check()
        expect(page.get_by_text("Avec 2 fiches choisies")).to_be_visible()
    else:
        for fiche in fiches:
            page.get_by_label(f"Choisir la fiche {fiche.reference}").check()
    page.get_by_role("button", name="Versées dans l’applicatif métier…").click()
    expect(page.locator("tbody tr")).to_have_count(len(fiches))
    page.get_by_role("button", name="Oui, elles sont versées").click()
    expect(page.locator(".messages")).to_contain_text("versées dans l’applicatif métier.")
    expect(page.get_by_text("Tout est classé")).to_be_visible()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("script", [True, False], ids=["avec script", "sans script"])
def test_la_journee_d_un_agent(visiteur, personas, fiches, script):
    options = {"java_script_enabled": script}
    chef = entrer(visiteur(**options), personas.responsable_caisse, "/corbeille/")
    attribuer_deux(chef, fiches)
    page = entrer(visiteur(**options), personas.agent_caisse, "/corbeille/?agent=moi")
    expect(page.locator("tbody tr")).to_have_count(2)
    for fiche in fiches[:2]:
        page.goto(f"/fiches/{fiche.reference}/")
        expect(page.locator(".ensuite")).to_contain_text("Elle vous est attribuée")
        noter_un_appel(page)
        expect(page.locator(".etat")).to_contain_text("En cours : Kim Fictif")
        if script:
            repondre(page)
        else:
            actes.repondre(personas.agent_caisse, fiche, le=horloge.maintenant())
            page.goto("/corbeille/")
    classer_tout(page, fiches[:2], script=script)
    with actes.vu_de("carsat-bretagne"):
        assert Fiche.objects.exclude(classee_le=None).count() == 2


@pytest.mark.timeout(300)
def test_la_liste_au_clavier_seul_une_fois_les_raccourcis_choisis(visiteur, personas, fiches):
    page = entrer(visiteur(), personas.agent_caisse, "/corbeille/")
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/corbeille/$"))  # nothing: they are off
    page.get_by_role("link", name="Raccourcis clavier").press("Enter")
    page.get_by_role("button", name="Activer les raccourcis").press("Enter")
    expect(page.get_by_text("Vos raccourcis sont actifs.").first).to_be_visible()
    page.goto("/corbeille/")
    for touches, rang in (("j", 0), ("j", 1), ("k", 0), ("jj", 2), ("j", 2)):
        page.keyboard.type(touches)
        expect(page.locator("[data-ligne] a.reference").nth(rang)).to_be_focused()
    page.keyboard.press("x")
    expect(page.get_by_label(f"Choisir la fiche {fiches[2].reference}")).to_be_checked()
    page.get_by_label("Motif").focus()
    page.keyboard.press("s")  # in a field, a letter is a letter
    expect(page).to_have_url(re.compile("/corbeille/$"))
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/fiches/{fiches[0].reference}/$"))
    page.wait_for_load_state()  # the keys are a script's
    page.keyboard.press("r")
    expect(page).to_have_url(re.compile(f"/fiches/{fiches[0].reference}/repondre/$"))
    page.goto("/corbeille/")
    page.keyboard.press("s")
    expect(page.locator(".messages")).to_contain_text("Vous avez pris cette fiche en charge.")
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.locator("h1")).to_have_text("Raccourcis clavier")


def test_le_numero_se_copie_d_un_clic_pour_qui_a_pris_en_charge(visiteur, personas, fiches):
    actes.prendre(personas.agent_caisse, fiches[0], le=horloge.maintenant())
    page = entrer(
        visiteur(permissions=["clipboard-read", "clipboard-write"]),
        personas.agent_caisse,
        f"/fiches/{fiches[0].reference}/",
    )
    page.get_by_role("button", name="Copier le numéro").click()
    expect(page.get_by_text("Copié.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "1 85 05 78 006 084 91"
    expect(page.get_by_text("1 85 05 78 006 084 91")).to_have_count(0)
    collegue = entrer(visiteur(), personas.agent_caisse_collegue, f"/fiches/{fiches[0].reference}/")
    collegue.get_by_role("link", name="Copier le numéro…").click()
    collegue.get_by_label("Je remplace le collègue qui suit cette fiche").check()
    collegue.get_by_role("button", name="Montrer le numéro").click()
    expect(collegue.locator("#numero")).to_have_text("1 85 05 78 006 084 91")
    with actes.vu_de("carsat-bretagne"):
        objets = actes.Evenement.objects.filter(action="copie_nir").order_by("pk")
        reference = fiches[0].reference
        assert list(objets.values_list("objet", flat=True)) == [
            reference,
            f"{reference}:remplacement",
        ]
