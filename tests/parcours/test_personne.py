"""From a person of the caseload to her objective, then to filled fiches for both of a couple."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from relais.regles.reperage import Consentement
from relais.reperage.dossier import Conflit, Coordonnees, Dossier, Foyer, Origine
from relais.socle import horloge
from tests.parcours.gestes import (
    TELEPHONE,
    Ecran,
    entrer,
    rien_de_trop_petit,
    tient_dans_la_largeur,
)
from tests.personas import Personas, creer_personas
from tests.reperage import personnes
from tests.reperage.personnes import dossier, ne_le

ADRESSE = Coordonnees(
    adresse="1 rue de l’Essai",
    code_postal="35000",
    commune="Rennes",
    telephones=("+33261913577",),
    courriels=("camille@exemple.test",),
    consentement=Consentement.ACCORDE,
)


@pytest.fixture
def gens(base: Any) -> Personas:
    return creer_personas()


def rempli(contenu: Dossier, **champs: Any) -> Dossier:
    jour = horloge.aujourd_hui()
    return replace(
        contenu,
        coordonnees=ADRESSE,
        origines=tuple(
            Origine(partie, "fichier du 02/11/2026", jour)
            for partie in ("identite", "situation", "coordonnees", "foyer")
        ),
        **champs,
    )


def couple(gens: Personas) -> tuple[Any, Any]:
    """Both adults of a household, followed by the same professional."""
    lui = personnes.creer(
        rempli(dossier(prenoms="Dominique", naissance=ne_le(64)), foyer=Foyer(role="CJT")),
        suivie_par=gens.ts_rennes,
    )
    elle = personnes.creer(
        rempli(
            dossier(naissance=ne_le(67), nir="260017800608413"),
            foyer=Foyer(role="DEM", conjoint=str(lui.pk)),
        ),
        suivie_par=gens.ts_rennes,
    )
    return elle, lui


def photo(page: Page, nom: str) -> None:
    if dossier_des_images := os.environ.get("RELAIS_PHOTOS"):
        page.screenshot(path=Path(dossier_des_images) / f"{nom}.png", full_page=True)


def test_de_la_personne_aux_fiches_remplies_des_deux_adultes(
    page: Page, gens: Personas, sans_faute: Callable[[Page], None]
) -> None:
    elle, _ = couple(gens)
    ecran = Ecran(page)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{elle.pk}/")
    photo(page, "1-personne")
    sans_faute(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_text("Noter un contact").click()
    ecran.cocher("Jointe au téléphone")
    ecran.cocher("Informée de ses droits sur ces informations")
    ecran.presser("Enregistrer le contact")
    expect(page.get_by_text("Le contact est noté.")).to_be_visible()
    ecran.presser("Proposer l’objectif", role="link")
    photo(page, "2-objectif")
    sans_faute(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    ecran.cocher("Inscrit au contrat d’engagement (CER)")
    ecran.dater("Contrat du", "2026-11-02")
    ecran.presser("Enregistrer l’objectif")
    expect(page.get_by_text("L’objectif est enregistré.")).to_be_visible()
    photo(page, "3-personne-suivie")
    sans_faute(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    ecran.presser("Commencer une fiche de liaison", role="link")
    ecran.cocher("Dominique FICTIF")
    photo(page, "4-commencer")
    sans_faute(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    ecran.presser("Commencer")
    expect(page.get_by_label("Nom de naissance")).to_have_value("Fictif")
    expect(page.get_by_label("RSA", exact=True)).to_be_checked()
    photo(page, "5-fiche")
    page.goto("/fiches/")
    expect(page.get_by_text("Dominique FICTIF")).to_be_visible()
    expect(page.get_by_text("Camille FICTIF")).to_be_visible()


def test_le_parcours_se_fait_sans_script_et_au_telephone(
    visiteur: Callable[..., Page], gens: Personas
) -> None:
    elle, _ = couple(gens)
    page = visiteur(java_script_enabled=False, **{**TELEPHONE, "has_touch": False})
    ecran = Ecran(page)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{elle.pk}/")
    page.get_by_text("Noter un contact").click()
    ecran.cocher("Reçue en rendez-vous")
    ecran.presser("Enregistrer le contact")
    expect(page.get_by_text("Le contact est noté.")).to_be_visible()
    ecran.presser("Retirer", role="button")
    expect(page.get_by_text("La note est retirée.")).to_be_visible()
    ecran.presser("Proposer l’objectif", role="link")
    ecran.presser("Enregistrer l’objectif")
    expect(page.get_by_text("L’objectif est enregistré.")).to_be_visible()
    ecran.presser("Commencer une fiche de liaison", role="link")
    ecran.presser("Commencer")
    expect(page.get_by_label("Nom de naissance")).to_have_value("Fictif")


def test_la_page_tient_sur_un_telephone(visiteur: Callable[..., Page], gens: Personas) -> None:
    elle, _ = couple(gens)
    page = visiteur(**TELEPHONE)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{elle.pk}/")
    tient_dans_la_largeur(page)
    rien_de_trop_petit(page)
    photo(page, "6-telephone")
    page.goto(f"/reperage/personnes/{elle.pk}/objectif/")
    tient_dans_la_largeur(page)
    photo(page, "7-objectif-telephone")


def test_au_telephone_on_appelle_sans_chercher_le_numero(
    visiteur: Callable[..., Page], gens: Personas
) -> None:
    elle, _ = couple(gens)
    page = entrer(visiteur(**TELEPHONE), gens.ts_rennes, f"/reperage/personnes/{elle.pk}/")
    appel = page.get_by_role("link", name="Appeler le")
    expect(appel).to_be_visible()
    place = appel.bounding_box()
    assert place
    assert place["y"] + place["height"] <= TELEPHONE["viewport"]["height"]
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(appel).to_be_hidden()


def test_la_page_imprimee_dit_que_faire_et_rien_de_replie(page: Page, gens: Personas) -> None:
    elle, _ = couple(gens)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{elle.pk}/")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Que faire maintenant")).to_be_visible()
    expect(page.get_by_role("link", name="Commencer une fiche de liaison")).to_be_hidden()
    for replie in page.locator("details:not([open])").all():
        expect(replie).to_be_hidden()


def test_au_clavier_un_contact_se_note(page: Page, gens: Personas) -> None:
    elle, _ = couple(gens)
    entrer(page, gens.ts_rennes, f"/reperage/personnes/{elle.pk}/")
    page.get_by_text("Noter un contact").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Enregistrer le contact").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Le contact est noté.")).to_be_visible()
    expect(page.get_by_text("Appelée, sans réponse.")).to_be_visible()


AUTRES: dict[str, tuple[Dossier, str, str]] = {
    "erreur-de-note": (dossier(), "ts_rennes", ""),
    "desaccords": (
        dossier(
            nir="259117800608453",
        ),
        "ts_rennes",
        "",
    ),
    "saspa": (dossier(naissance=ne_le(65), saspa=True), "ts_rennes", ""),
    "saspa-fiche": (dossier(naissance=ne_le(65), saspa=True), "ts_rennes", "fiche/"),
    "refus": (dossier(suspendu=True), "charge_reperage", ""),
    "coordonnees": (dossier(), "charge_reperage", "coordonnees/"),
    "opposition": (dossier(), "charge_reperage", "opposition/"),
    "plus-concernee": (dossier(), "charge_reperage", "plus-concernee/"),
    "territoire": (dossier(), "charge_reperage", "territoire/"),
}


@pytest.mark.parametrize("etat", AUTRES)
def test_chaque_etat_est_accessible(
    page: Page, gens: Personas, sans_faute: Callable[[Page], None], etat: str
) -> None:
    contenu, nom, suite = AUTRES[etat]
    if etat == "desaccords":
        jour = horloge.aujourd_hui()
        contenu = replace(
            contenu,
            conflits=(
                Conflit("nir", "159117800608505", "fichier du 02/11/2026", jour),
                Conflit("naissance", "1960-02-03", "tableau du 02/11/2026", jour),
            ),
        )
    if etat == "refus":
        refuse = replace(ADRESSE, consentement=Consentement.REFUSE)
        contenu = replace(contenu, coordonnees=refuse)
    personne = personnes.creer(contenu, suivie_par=gens.ts_rennes)
    entrer(page, getattr(gens, nom), f"/reperage/personnes/{personne.pk}/{suite}")
    if etat == "erreur-de-note":
        page.get_by_text("Noter un contact").click()
        page.get_by_role("button", name="Enregistrer le contact").click()
        expect(page.get_by_role("alert")).to_contain_text("Cochez ce qui s’est passé.")
    if etat == "plus-concernee":
        page.get_by_role("button", name="Effacer ses informations").click()
        expect(page.get_by_role("alert")).to_contain_text("Choisissez ce qui s’est passé.")
    photo(page, f"8-{etat}")
    sans_faute(page)


def test_les_nombres_sont_accessibles(
    page: Page, gens: Personas, sans_faute: Callable[[Page], None]
) -> None:
    entrer(page, gens.referent_departement, "/reperage/objectifs/")
    photo(page, "9-objectifs")
    sans_faute(page)
