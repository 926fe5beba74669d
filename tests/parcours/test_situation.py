"""Correcting the situation with the person: in every state, by keyboard, without script."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from relais.annuaire.contexte import contexte
from relais.regles.subsidiarite import Aah
from relais.reperage.actions import situation
from relais.reperage.dossier import Situation
from relais.reperage.models import Personne
from relais.socle import horloge
from tests.parcours.gestes import TELEPHONE, Ecran, entrer, tient_dans_la_largeur
from tests.parcours.test_personne import photo, rempli
from tests.personas import Personas, creer_personas
from tests.reperage import personnes
from tests.reperage.personnes import dossier, ne_le, relire

Faute = Callable[[Page], None]


@pytest.fixture
def gens(base: Any) -> Personas:
    return creer_personas()


def signalee(gens: Personas, *, annees: int = 61, **dite: bool) -> Personne:
    contenu = rempli(dossier(naissance=ne_le(annees, 10), signale=True, **dite))
    return personnes.creer(contenu, suivie_par=gens.ts_rennes)


def test_la_situation_se_corrige_avec_la_personne(
    page: Page, gens: Personas, sans_faute: Faute
) -> None:
    personne = signalee(gens, suspendu=True)
    ecran = Ecran(page)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{personne.pk}/")
    page.get_by_role("link", name="Corriger la situation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Corriger la situation")
    photo(page, "10-situation")
    sans_faute(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    ecran.cocher("La personne touche une pension d’invalidité")
    ecran.cocher("Reconnue par la caisse")
    ecran.presser("Enregistrer")
    expect(
        page.get_by_text("La situation est corrigée, comme déclarée aujourd’hui.")
    ).to_be_visible()
    expect(page.get_by_role("heading", name="Inaptitude reconnue")).to_be_visible()
    photo(page, "11-situation-corrigee")
    sans_faute(page)


def test_une_reponse_oubliee_se_dit(page: Page, gens: Personas, sans_faute: Faute) -> None:
    personne = signalee(gens)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{personne.pk}/situation/")
    page.evaluate("document.querySelectorAll('[name=aah]').forEach(une => une.checked = false)")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Dites si la personne touche l’AAH.")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#id_aah_0")).to_be_focused()
    photo(page, "12-situation-erreur")
    sans_faute(page)


def test_une_correction_faite_ailleurs_se_compare(
    page: Page, gens: Personas, sans_faute: Faute
) -> None:
    personne = signalee(gens)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{personne.pk}/situation/")
    par = gens.charge_reperage
    with contexte(par):
        situation.corriger(
            personne,
            Situation(signale=True, aah=Aah.INCONNU, veuf=True),
            version=personne.version,
            par=par,
            maintenant=horloge.maintenant(),
        )
    ecran = Ecran(page)
    ecran.cocher("Elle la touche, taux de 80 % ou plus")
    ecran.presser("Enregistrer")
    expect(page.get_by_role("heading", name="Ce qui diffère")).to_be_visible()
    photo(page, "13-situation-conflit")
    sans_faute(page)
    ecran.presser("Enregistrer")
    expect(
        page.get_by_text("La situation est corrigée, comme déclarée aujourd’hui.")
    ).to_be_visible()
    assert personnes.lire(personne).situation.aah == Aah.DE_80_OU_PLUS


def test_qui_n_est_plus_concerne_lit_ce_qui_suit(
    page: Page, gens: Personas, sans_faute: Faute
) -> None:
    contenu = rempli(dossier(naissance=ne_le(60), invalidite=True))
    personne = personnes.creer(contenu, suivie_par=gens.ts_rennes)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{personne.pk}/situation/")
    page.get_by_label("La personne touche une pension d’invalidité").uncheck()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Pas concernée pour le moment")).to_be_visible()
    photo(page, "14-pas-concernee")
    sans_faute(page)
    page.get_by_role("link", name="Dites qu’elle n’est plus concernée").click()
    expect(page.get_by_role("button", name="Effacer ses informations")).to_be_visible()


def test_au_telephone_et_sans_script(visiteur: Callable[..., Page], gens: Personas) -> None:
    personne = signalee(gens)
    page = visiteur(java_script_enabled=False, **{**TELEPHONE, "has_touch": False})
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{personne.pk}/situation/")
    tient_dans_la_largeur(page)
    photo(page, "15-situation-telephone")
    Ecran(page).cocher("Elle travaille")
    Ecran(page).presser("Enregistrer")
    expect(
        page.get_by_text("La situation est corrigée, comme déclarée aujourd’hui.")
    ).to_be_visible()


def test_au_clavier(page: Page, gens: Personas) -> None:
    personne = signalee(gens)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{personne.pk}/situation/")
    page.get_by_label("La personne touche une pension d’invalidité").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Elle travaille")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Elle la touche, taux de 50 à 79 %")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(
        page.get_by_text("La situation est corrigée, comme déclarée aujourd’hui.")
    ).to_be_visible()
    dite = personnes.lire(personne).situation
    assert (dite.invalidite, dite.aah) == (True, Aah.DE_50_A_79)


def test_une_adresse_d_un_autre_territoire_ramene_a_la_liste(page: Page, gens: Personas) -> None:
    personne = signalee(gens)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{personne.pk}/coordonnees/")
    page.get_by_label("Code postal").fill("35400")
    page.get_by_label("Commune").fill("Saint-Malo")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("la personne passe au territoire T4")).to_be_visible()
    photo(page, "16-passee-ailleurs")
    assert relire(personne).suivie_par is None
