"""The lists of the caseload in a browser: each state without fault, by keyboard, without script."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from relais.reperage.models import Personne
from relais.socle import horloge
from tests.parcours.gestes import TELEPHONE, entrer, rien_de_trop_petit, tient_dans_la_largeur
from tests.parcours.test_clavier import avancer
from tests.personas import creer_personas
from tests.reperage.personnes import creer, dossier, ne_le, relire


@pytest.fixture
def personas(base):
    return creer_personas()


def peupler(personas, nombre: int = 28) -> list[Personne]:
    """People of two TIS, of each level, in each state that a line shows."""
    gens = [
        creer(dossier(prenoms="Suspendue", naissance=ne_le(66), suspendu=True)),
        creer(
            dossier(prenoms="Nouvelle", naissance=ne_le(61, 9), invalidite=True),
            suivie_par=personas.ts_rennes,
            confiee_le=horloge.maintenant(),
        ),
        creer(
            dossier(prenoms="Essayée", naissance=ne_le(66, 9)),
            suivie_par=personas.ts_rennes,
            contact="tente",
        ),
        creer(dossier(prenoms="Sortie", naissance=ne_le(65)), hors_flux_le=ne_le(0)),
        creer(dossier(prenoms="Sans-territoire"), territoire=""),
        creer(dossier(prenoms="Redon", saspa=True), territoire="T6"),
    ]
    return gens + [
        creer(dossier(prenoms=f"Camille{rang}", naissance=ne_le(65 + rang % 3)))
        for rang in range(nombre - len(gens))
    ]


@pytest.mark.timeout(500)
def test_chaque_etat_des_listes(visiteur, personas, sans_faute):
    for qui in ("charge_reperage", "encadrante_rennes", "ts_rennes"):
        sans_faute(entrer(visiteur(), getattr(personas, qui), "/reperage/"))
    gens = peupler(personas)
    page = entrer(visiteur(), personas.charge_reperage)
    expect(page.locator("h1")).to_have_text("Personnes à joindre")
    page.goto(f"/reperage/confier/?personne={gens[0].pk}")
    sans_faute(page)
    for adresse in (
        *("/reperage/", "/reperage/?urgence=4", "/reperage/?tis=T6&public=a_confirmer"),
        *("/reperage/?page=2", "/reperage/rechercher/", "/reperage/exporter/?urgence=1"),
    ):
        page.goto(adresse)
        sans_faute(page)
    page.goto("/reperage/exporter/?urgence=1")
    page.get_by_role("button", name="Préparer le fichier").click()
    expect(page.get_by_role("button", name="Télécharger")).to_be_visible()
    sans_faute(page)
    page.goto("/reperage/")
    for tape in ("fictif", "Personne", "1 85"):
        page.get_by_role("textbox", name="Rechercher une personne").fill(tape)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        sans_faute(page)
    page = entrer(visiteur(), personas.encadrante_rennes, "/reperage/confier/?toutes=1")
    sans_faute(page)
    page.get_by_role("button", name="Confier", exact=True).click()
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    sans_faute(page)
    page = entrer(visiteur(), personas.ts_rennes, "/reperage/")
    expect(page.locator("h1")).to_have_text("Personnes à rencontrer")
    sans_faute(page)


def test_l_encadrante_partage_une_page_au_clavier(visiteur, personas):
    gens = peupler(personas, 12)
    page = entrer(visiteur(), personas.encadrante_rennes, "/reperage/?urgence=1")
    avancer(page, "Toutes celles de cette page")
    page.keyboard.press("Space")
    expect(page.locator("[data-nombre-choisi]")).to_have_text(re.compile(r"\d personnes choisies"))
    avancer(page, "Confier…")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reperage/confier/**")
    avancer(page, "Ada Essai")
    page.keyboard.press("Space")
    avancer(page, "Bo Essai")
    page.keyboard.press("Space")
    avancer(page, "Confier$")
    page.keyboard.press("Enter")
    expect(page.locator(".messages")).to_contain_text("réparties entre 2 collègues")
    assert relire(gens[0]).suivie_par is not None
    assert page.url.endswith("/reperage/?urgence=1")


def test_confier_reste_sous_les_yeux_et_les_chiffres_tiennent(visiteur, personas):
    """At 1280 by 720, with a list longer than the screen."""
    peupler(personas)
    ecran = {"width": 1280, "height": 720}
    page = entrer(visiteur(viewport=ecran), personas.encadrante_rennes, "/reperage/")
    place = page.get_by_role("button", name="Confier…").bounding_box()
    assert place["y"] + place["height"] <= ecran["height"]
    chiffres = page.get_by_role("region", name="En chiffres")
    assert chiffres.evaluate("e => e.scrollWidth <= e.clientWidth")
    page.set_viewport_size({"width": 360, "height": 740})
    tient_dans_la_largeur(page)


def test_sans_script_on_confie_et_on_exporte(visiteur, personas):
    gens = peupler(personas, 6)
    page = entrer(visiteur(java_script_enabled=False), personas.encadrante_rennes, "/reperage/")
    page.get_by_label("Choisir Suspendue FICTIF").check()
    page.get_by_role("button", name="Confier…").click()
    page.get_by_label("Bo Essai").check()
    page.get_by_role("button", name="Confier", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("1 personne confiée à Bo Essai.")
    assert relire(gens[0]).suivie_par == personas.ts_rennes_collegue.agent
    page.get_by_role("link", name="Exporter").click()
    page.get_by_label("Texte (CSV)").check()
    page.get_by_role("button", name="Préparer le fichier").click()
    with page.expect_download() as attendu:
        page.get_by_role("button", name="Télécharger").click()
    assert re.fullmatch(r"relais-a-joindre-[\d-]{10}\.csv", attendu.value.suggested_filename)
    page.get_by_role("button", name="Télécharger").click()
    expect(page.locator(".messages")).to_contain_text("déjà été téléchargé")


def test_la_liste_tient_sur_un_telephone(visiteur, personas):
    peupler(personas)
    for qui in ("charge_reperage", "ts_rennes"):
        page = entrer(visiteur(**TELEPHONE), getattr(personas, qui), "/reperage/")
        tient_dans_la_largeur(page)
        rien_de_trop_petit(page)
        expect(page.get_by_text("FICTIF").first).to_be_visible()


@pytest.mark.parametrize("script", [True, False])
def test_sur_un_telephone_les_filtres_se_plient(visiteur, personas, sans_faute, script):
    """The list first; what is asked of it is said without opening anything."""
    peupler(personas)
    page = entrer(
        visiteur(**TELEPHONE, java_script_enabled=script), personas.ts_rennes, "/reperage/"
    )
    pli, contact = page.locator(".filtres-pli > summary"), page.get_by_label("Contact")
    expect(pli).to_have_text("Filtres")
    expect(contact).to_be_hidden()
    liste = page.locator("caption").bounding_box()
    assert liste["y"] + liste["height"] <= TELEPHONE["viewport"]["height"]
    pli.focus()
    page.keyboard.press("Enter")
    expect(contact).to_be_visible()
    contact.select_option("tente")
    page.get_by_role("button", name="Filtrer").click()
    expect(pli).to_have_text(re.compile(r"Filtres\s: 1 actif\s+Contact\s: Contact essayé"))
    expect(contact).to_be_hidden()
    tient_dans_la_largeur(page)
    page.emulate_media(media="print")
    expect(pli).to_be_hidden()
    expect(contact).to_be_hidden()
    if script:
        page.emulate_media(media="screen")
        pli.click()
        sans_faute(page)


def test_sur_un_ecran_large_les_filtres_sont_la(visiteur, personas):
    peupler(personas)
    page = entrer(visiteur(), personas.charge_reperage, "/reperage/?tis=T1")
    expect(page.get_by_label("Territoire")).to_be_visible()
    expect(page.locator(".filtres-pli")).to_be_hidden()


def test_les_chiffres_s_impriment_ensemble_et_leur_total_une_fois(visiteur, personas):
    peupler(personas)
    page = entrer(visiteur(), personas.charge_reperage, "/reperage/")
    page.emulate_media(media="print")
    total, chiffres = page.locator("tfoot"), page.locator("section.apres-tableau")
    expect(total).to_have_css("display", "table-row-group")  # a footer comes back on each page
    expect(chiffres).to_have_css("break-inside", "avoid")


def test_la_page_imprimee_ne_dit_pas_pourquoi(visiteur, personas):
    """The browser's own print: the reason stays on the screen."""
    creer(replace(dossier(prenoms="Suspendue", suspendu=True)), suivie_par=personas.ts_rennes)
    page = entrer(visiteur(), personas.ts_rennes, "/reperage/")
    raison = page.get_by_text("RSA suspendu dans l’attente")
    expect(raison).to_be_visible()
    page.emulate_media(media="print")
    expect(raison).to_be_hidden()
    expect(page.get_by_role("link", name="Suspendue FICTIF")).to_be_visible()
