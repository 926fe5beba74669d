"""The end of a fiche's life in a real browser: support over, archive, reason; axe everywhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from relais.fiches.models import Fiche
from relais.socle import horloge
from tests.fiches.gestes import (
    DEPARTEMENT,
    clore,
    lire_la_reponse,
    repondre,
    transmettre,
    vu_de,
)
from tests.parcours.gestes import TELEPHONE, entrer
from tests.personas import Personas, creer_personas


@pytest.fixture
def personas(base: object) -> Personas:
    return creer_personas()


def terminee(personas: Personas) -> str:
    fiche = transmettre(personas.ts_rennes)
    repondre(personas.agent_caisse, fiche)
    lire_la_reponse(personas.ts_rennes, fiche)
    clore(personas.ts_rennes, fiche)
    return fiche.reference


@pytest.mark.parametrize("script", [True, False], ids=["avec script", "sans script"])
def test_finir_l_accompagnement_puis_ouvrir_l_archive_puis_la_reprendre(
    visiteur: Callable[..., Page], personas: Personas, script: bool
) -> None:
    reference = terminee(personas)
    page = entrer(visiteur(java_script_enabled=script), personas.ts_rennes, f"/fiches/{reference}/")
    page.get_by_role("link", name="L’accompagnement est fini").click()
    jour = horloge.aujourd_hui().isoformat()
    page.get_by_label("Dernier jour de l’accompagnement").fill(jour)
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("h1")).to_have_text("Ce qui va se passer")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.locator("h1")).to_have_text("Fiche archivée")
    expect(page.locator(".messages")).to_contain_text("la fiche est archivée")
    expect(page.locator("main")).not_to_contain_text("Camille")

    page.get_by_role("button", name="Lire la fiche").click()
    expect(page.locator(".resume-erreurs")).to_contain_text("Choisissez une raison.")
    page.get_by_label("La personne revient pour cette demande").check()
    page.get_by_role("button", name="Lire la fiche").click()
    expect(page.locator("h1")).to_have_text("Camille FICTIF")

    page.goto("/archives/")
    expect(page.locator("main")).not_to_contain_text("Camille")
    page.get_by_role("link", name=reference).click()
    page.get_by_role("link", name="L’accompagnement reprend").click()
    page.get_by_role("button", name="Reprendre l’accompagnement").click()
    expect(page.locator("h1")).to_have_text("Camille FICTIF")


def test_chaque_page_de_la_conservation(
    visiteur: Callable[..., Page], personas: Personas, sans_faute: Callable[[Page], None]
) -> None:
    reference = terminee(personas)
    page = entrer(visiteur(), personas.ts_rennes, "/archives/")
    sans_faute(page)
    page.goto(f"/fiches/{reference}/")
    page.get_by_text("Les deux textes de la convention").click()
    sans_faute(page)
    for acte in ("rsa-clos", "accompagnement-fini"):
        page.goto(f"/fiches/{reference}/conservation/{acte}/")
        sans_faute(page)
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator(".resume-erreurs")).to_be_visible()
    sans_faute(page)
    page.get_by_label("Dernier jour").fill(horloge.aujourd_hui().isoformat())
    page.get_by_role("button", name="Continuer").click()
    sans_faute(page)
    page.get_by_role("button", name="Confirmer").click()
    expect(page.locator("h1")).to_have_text("Fiche archivée")
    sans_faute(page)
    page.get_by_label("La personne revient").check()
    page.get_by_role("button", name="Lire la fiche").click()
    sans_faute(page)
    page.goto("/archives/")
    sans_faute(page)
    petit = entrer(visiteur(**TELEPHONE), personas.ts_rennes, f"/fiches/{reference}/archive/")
    sans_faute(petit)


def a_revoir(personas: Personas, nombre: int) -> list[str]:
    references = [terminee(personas) for _ in range(nombre)]
    with vu_de(DEPARTEMENT):
        Fiche.objects.update(revue_le=horloge.aujourd_hui() - timedelta(days=3))
    return references


@pytest.mark.parametrize("script", [True, False], ids=["avec script", "sans script"])
def test_l_encadrante_revoit_l_annee_au_clavier(
    visiteur: Callable[..., Page], personas: Personas, script: bool
) -> None:
    """One decision typed with the keyboard alone, then everything that is left goes on."""
    une, _ = a_revoir(personas, 2)
    page = entrer(visiteur(java_script_enabled=script), personas.encadrante_rennes)
    page.get_by_role("link", name="2 fiches de l’équipe à revoir").click()
    fiche = page.get_by_role("group", name=une)
    fiche.get_by_label("Où en est-on").focus()
    page.keyboard.press("End")
    expect(fiche.get_by_label("Où en est-on")).to_have_value("finie")
    fiche.get_by_label("Fini le").fill(horloge.aujourd_hui().isoformat())
    page.get_by_role("button", name="Relire mes décisions").press("Enter")
    expect(page.locator("main")).to_contain_text("puis effacée pour de bon")
    page.get_by_role("button", name="Confirmer cette décision").press("Enter")
    expect(page.locator(".messages")).to_contain_text("1 fiche revue.")
    page.get_by_role("button", name="Tout continue sur cette page").click()
    page.get_by_role("button", name="Confirmer cette décision").click()
    expect(page.locator("main")).to_contain_text("Rien à revoir")


def test_chaque_page_de_la_revue(
    visiteur: Callable[..., Page], personas: Personas, sans_faute: Callable[[Page], None]
) -> None:
    une, _ = a_revoir(personas, 2)
    page = entrer(visiteur(), personas.encadrante_rennes)
    sans_faute(page)
    page.goto("/a-revoir/")
    sans_faute(page)
    page.get_by_role("group", name=une).get_by_label("Où en est-on").select_option("finie")
    page.get_by_role("button", name="Relire mes décisions").click()
    expect(page.locator(".resume-erreurs")).to_contain_text("Indiquez ce jour.")
    sans_faute(page)
    page.get_by_role("group", name=une).get_by_label("Fini le").fill("2026-11-24")
    page.get_by_role("button", name="Relire mes décisions").click()
    sans_faute(page)
    petit = entrer(visiteur(**TELEPHONE), personas.encadrante_rennes, "/a-revoir/")
    sans_faute(petit)
    page.get_by_role("button", name="Confirmer cette décision").click()
    page.goto("/a-revoir/")
    page.get_by_role("button", name="Tout continue sur cette page").click()
    page.get_by_role("button", name="Confirmer cette décision").click()
    expect(page.locator("main")).to_contain_text("Rien à revoir")
    sans_faute(page)
