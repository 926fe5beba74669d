"""A page whose session is closed does not stay on the screen; what is being written does."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from relais.annuaire.models import Seance
from relais.annuaire.reperes_de_seance import VUE
from relais.socle import horloge
from tests.fiches.gestes import transmettre
from tests.parcours.gestes import entrer
from tests.parcours.test_mauvais_jours import vieillir
from tests.personas import Personas, creer_personas

ABSENCE = timedelta(minutes=31)
CINQ_MINUTES = 301_000


@pytest.fixture
def personas(base: Any) -> Personas:
    return creer_personas()


def lire_une_fiche(page: Page, personas: Personas) -> Page:
    """A fiche on the screen, the browser's clock in our hands."""
    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    page.clock.install()
    entrer(page, personas.ts_rennes, f"/fiches/{fiche.reference}/")
    expect(page.locator("main")).to_contain_text("Camille")
    return page


def vue() -> float:
    return float(Seance.objects.get().get_decoded()[VUE])


def test_la_page_se_vide_quand_la_session_est_fermee(
    page: Page, personas: Personas, axe: Callable[..., None]
) -> None:
    lire_une_fiche(page, personas)
    adresse = page.url
    vieillir(page, ABSENCE)
    page.clock.run_for(CINQ_MINUTES)
    expect(page.locator("h1")).to_have_text("Votre session est fermée")
    expect(page.locator("h1")).to_be_focused()
    assert "Camille" not in page.content()
    assert page.title() == "Session fermée – Relais Retraite"
    axe(page)
    page.get_by_role("link", name="Revenir à cette page").click()
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    assert page.url == adresse


def test_demander_ne_prolonge_rien_et_une_session_ouverte_garde_sa_page(
    page: Page, personas: Personas
) -> None:
    lire_une_fiche(page, personas)
    vieillir(page, timedelta(minutes=20))
    avant = vue()
    with page.expect_response("**/compte/seance/") as recue:
        page.clock.run_for(CINQ_MINUTES)
    assert recue.value.status == 200
    expect(page.locator("main")).to_contain_text("Camille")
    assert vue() == avant


def test_un_autre_onglet_deconnecte_vide_celui_ci_des_qu_on_y_revient(
    page: Page, personas: Personas
) -> None:
    lire_une_fiche(page, personas)
    autre = page.context.new_page()
    autre.goto("/")
    autre.get_by_role("button", name="Se déconnecter").click()
    expect(autre.locator("h1")).to_have_text("Se connecter")
    page.clock.fast_forward(60_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("h1")).to_have_text("Votre session est fermée")
    assert "Camille" not in page.content()


def test_sans_reseau_la_page_se_vide_au_bout_d_une_demi_heure(
    page: Page, personas: Personas
) -> None:
    lire_une_fiche(page, personas)
    page.context.set_offline(True)
    page.clock.run_for(CINQ_MINUTES)
    expect(page.locator("main")).to_contain_text("Camille")
    page.clock.fast_forward(26 * 60_000)
    page.clock.run_for(CINQ_MINUTES)
    expect(page.locator("h1")).to_have_text("Votre session est fermée")
    page.context.set_offline(False)


def test_ce_qui_s_ecrit_et_n_est_pas_parti_reste(page: Page, personas: Personas) -> None:
    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    page.clock.install()
    entrer(page, personas.agent_caisse)
    # The second page of a session is the last to write in it: no preview then undoes `vieillir`.
    page.goto(f"/fiches/{fiche.reference}/repondre/")
    page.get_by_label("Autre réponse").check()
    page.get_by_label("Qui fait la suite").fill("la caisse")
    expect(page.locator("#apercu")).to_contain_text("la caisse")
    vieillir(page, ABSENCE)
    with page.expect_response("**/compte/seance/") as recue:
        page.clock.run_for(CINQ_MINUTES)
    assert recue.value.status == 204
    expect(page.get_by_label("Qui fait la suite")).to_have_value("la caisse")


def test_un_brouillon_enregistre_ne_retient_pas_sa_page(page: Page, personas: Personas) -> None:
    page.clock.install()
    entrer(page, personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.get_by_label("Prénom", exact=True).fill("Camille")
    expect(page.get_by_text("Brouillon enregistré à")).to_be_visible()
    vieillir(page, ABSENCE)
    page.clock.run_for(CINQ_MINUTES)
    expect(page.locator("h1")).to_have_text("Votre session est fermée")
    assert "Camille" not in page.content()
