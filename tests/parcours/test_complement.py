"""A precision asked and given, between two people in two browsers; then the fiche reopened."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from relais.socle import horloge
from tests.fiches import gestes as actes
from tests.parcours.gestes import Ecran, entrer, tient_dans_la_largeur
from tests.personas import creer_personas

# As the form keeps them: the numbers of a fiche that was typed here.
SAISIE = replace(
    actes.DEMANDE,
    professionnel=replace(actes.DEMANDE.professionnel, telephone="+33261913501"),
    personne=replace(actes.DEMANDE.personne, telephone="+33261913577"),
)


@pytest.fixture
def personas(base):
    return creer_personas()


def test_une_precision_se_demande_et_se_donne_des_deux_cotes(visiteur, personas):
    fiche = actes.transmettre(personas.ts_rennes, SAISIE, le=horloge.maintenant())
    caisse = Ecran(entrer(visiteur(), personas.agent_caisse, f"/fiches/{fiche.reference}/"))
    demander(caisse)
    social = Ecran(entrer(visiteur(), personas.ts_rennes, "/fiches/"))
    completer(social, fiche.reference)
    caisse.page.goto("/corbeille/")
    ligne = caisse.page.locator("tbody tr", has_text=fiche.reference)
    expect(ligne).to_contain_text("Précision reçue")
    ligne.get_by_role("link", name="Ouvrir").click()
    page = caisse.page
    expect(page.locator(".etat")).to_contain_text("Précision reçue")
    expect(page.locator("main")).to_contain_text("Déposée le 12 mars, sous le nom de Camilla.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Camilla FICTIF")
    repondre_et_terminer(caisse)
    social.page.goto("/fiches/")
    lire_et_rouvrir(social, fiche.reference)


def demander(caisse):
    page = caisse.page
    caisse.presser("Demander une précision", role="link")
    expect(page.get_by_label("Ce que vous avez besoin de savoir")).to_be_visible()
    expect(page.get_by_label("Date prévue du versement")).to_be_hidden()
    expect(page.get_by_label("Terminer la fiche avec cette réponse")).to_be_hidden()
    caisse.presser("Envoyer la réponse")
    expect(page.locator("[data-resume-erreurs]")).to_contain_text("Dites sur quoi porte")
    caisse.cocher("Le dossier ou la situation")
    caisse.taper("Ce que vous avez besoin de savoir", "Quand la demande a-t-elle été déposée ?")
    expect(page.locator("#apercu")).to_contain_text("a-t-elle été déposée")
    caisse.presser("Envoyer la réponse")
    expect(page.locator(".messages")).to_contain_text("La précision est demandée.")


def completer(social, reference):
    page = social.page
    page.locator("tbody tr", has_text=reference).get_by_role("link", name="Ouvrir").click()
    expect(page.locator(".etat")).to_contain_text("Précision demandée")
    expect(page.locator(".ensuite")).to_contain_text("C’est à vous.")
    expect(page.locator(".reponse")).to_contain_text("Quand la demande a-t-elle été déposée")
    social.presser("Compléter la fiche")
    social.presser("Relire avant d’envoyer")
    social.presser("Renvoyer la fiche")
    expect(page.locator(".messages")).to_contain_text("La fiche n’a pas changé.")
    social.taper("Prénom", "Camilla")
    social.taper("Votre réponse à la caisse", "Déposée le 12 mars, sous le nom de Camilla.")
    expect(page.locator("#etat-brouillon")).to_have_text(re.compile("Brouillon enregistré à"))
    tient_dans_la_largeur(page)
    social.presser("Relire avant d’envoyer")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Renvoyer cette fiche")
    lu = page.inner_text("main").replace("\u00a0", " ")
    assert "le délai n’a pas changé" in lu
    assert "signature : signée à l’écran" in lu
    page.get_by_role("button", name="Renvoyer la fiche").dblclick()
    expect(page.locator(".messages")).to_contain_text("La fiche complétée est repartie")
    expect(page.locator(".etat")).to_contain_text("En cours à la caisse")
    page.go_back()
    expect(page.locator(".messages")).to_contain_text("elle n’est pas partie deux fois")


def repondre_et_terminer(caisse):
    page = caisse.page
    page.locator(".ensuite").get_by_role("link", name="Répondre", exact=True).click()
    caisse.cocher("Paiement débloqué")
    page.get_by_label("Terminer la fiche avec cette réponse").check()
    caisse.dater("Date prévue du versement", "2030-12-01")
    expect(page.locator("#apercu")).to_contain_text("décembre 2030")
    caisse.presser("Envoyer la réponse")
    expect(page.locator(".messages")).to_contain_text("terminée")


def lire_et_rouvrir(social, reference):
    page = social.page
    page.locator("tbody tr", has_text=reference).get_by_role("link", name="Ouvrir").click()
    expect(page.locator(".etat")).to_contain_text("close par la caisse avec sa réponse")
    expect(page.get_by_text("Le paiement est débloqué.")).to_be_visible()
    social.presser("Rouvrir la fiche", role="link")
    social.presser("Rouvrir la fiche")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rouvrir la fiche")
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Camilla")
    page.goto("/fiches/")
    expect(page.locator("tbody")).to_contain_text(reference)


@pytest.mark.timeout(400)
def test_chaque_page_du_circuit_se_lit_des_deux_cotes(visiteur, personas, axe):
    """No axe violation, nothing to scroll sideways at 320 px."""
    ts, agent, le = personas.ts_rennes, personas.agent_caisse, horloge.maintenant()
    fiches = {nom: actes.transmettre(ts, le=le) for nom in ("demandée", "complétée", "prise")}
    fiches["discrète"] = actes.transmettre(ts, actes.DISCRETE, le=le)
    fiches["close"] = actes.transmettre(ts, le=le)
    for nom in ("demandée", "complétée"):
        actes.repondre(agent, fiches[nom], actes.PRECISION, le=le)
    actes.repondre(agent, fiches["discrète"], actes.IDENTITE, le=le)
    actes.preparer(ts, fiches["demandée"], "Déposée le 12 mars.", le=le)
    actes.completer(ts, fiches["complétée"], le=le)
    actes.prendre(agent, fiches["prise"], le=le)
    actes.repondre(agent, fiches["close"], le=le)
    actes.clore(ts, fiches["close"])
    page = entrer(visiteur(viewport={"width": 320, "height": 800}), ts)
    voir = [f"/fiches/{fiche.reference}/" for fiche in fiches.values()]
    ecrire = f"/fiches/{fiches['demandée'].reference}/"
    close, prise = (f"/fiches/{fiches[nom].reference}/" for nom in ("close", "prise"))
    for adresse in (
        *voir,
        f"{ecrire}ecrire/",
        f"{ecrire}envoyer/",
        f"{close}rouvrir/",
        f"{prise}retirer/",
    ):
        page.goto(adresse)
        axe(page)
        tient_dans_la_largeur(page)
    page.get_by_role("button", name="Retirer la demande").click()
    expect(page.locator("[data-resume-erreurs]")).to_contain_text("Choisissez un motif")
    axe(page)
    page = entrer(visiteur(viewport={"width": 320, "height": 800}), agent)
    for adresse in (*voir, f"{prise}repondre/?nature=complement_demande"):
        page.goto(adresse)
        axe(page)
        tient_dans_la_largeur(page)
