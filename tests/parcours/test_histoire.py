"""The whole story, in two browsers, with two people, against the product's own server."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from relais.fiches import avis, tasks
from relais.fiches.models import Envoi, Fiche
from relais.socle import horloge
from tests.adaptateurs.serveur_smtp import Boite, serveur
from tests.fiches import gestes as actes
from tests.parcours.gestes import (
    NIR_FAUX,
    NIR_JUSTE,
    TELEPHONE,
    Ecran,
    entrer,
    page_signee,
    remplir,
    se_connecter,
    tient_dans_la_largeur,
)
from tests.personas import creer_personas


@pytest.fixture
def personas(base):
    return creer_personas()


@pytest.fixture
def boite(settings):
    """The mail server of both institutions."""
    recue = Boite()
    with serveur(recue) as port:
        settings.SMTP = settings.SMTP | {"hote": "127.0.0.1", "port": port, "starttls": False}
        yield recue


def test_une_fiche_part_et_revient_entre_deux_personnes(visiteur, personas, boite, capsys):
    social = Ecran(visiteur())
    se_connecter(social, personas.ts_rennes)
    reference = ecrire_la_fiche(social)
    relire_et_envoyer(social)
    with capsys.disabled():
        print(
            f"\nGestes, de la connexion à l’envoi : {social.gestes}"
            f" ({social.champs} champs saisis, {social.clics} clics)"
        )
    assert social.gestes <= 25

    moins_pressee = actes.transmettre(personas.ts_redon, le=horloge.maintenant())
    caisse = Ecran(visiteur())
    se_connecter(caisse, personas.agent_caisse)
    prendre_et_repondre(caisse, reference, moins_pressee.reference)

    lien = lien_du_courriel(boite, reference)
    social.page.goto(lien)
    lire_imprimer_terminer(social)


def ecrire_la_fiche(social):
    page = social.page
    social.presser("Nouvelle fiche")
    numero = page.get_by_label("Numéro de Sécurité Sociale")
    numero.press_sequentially(NIR_FAUX)
    expect(page.locator("#verdict-nir")).to_contain_text("La clé ne va pas avec le numéro.")
    remplir(social)
    expect(numero).to_have_value(NIR_JUSTE)
    expect(page.locator("#verdict-nir")).to_contain_text("Le numéro est bien formé.")
    expect(page.locator("#etat-brouillon")).to_have_text(re.compile("Brouillon enregistré à"))
    social.signer()
    apercu = page.get_by_role("link", name="Voir le PDF enregistré").get_attribute("href")
    assert page.request.get(apercu).body().startswith(b"%PDF")
    return page.url.split("/")[4]


def relire_et_envoyer(social):
    """The words of the confirmation; then a double click, the back button, a second tab."""
    page = social.page
    social.presser("Relire avec la personne")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile("Envoyer cette fiche à la Carsat Bretagne")
    )
    lu = page.inner_text("main").replace("\u00a0", " ").replace("\u202f", " ")
    for dit in (
        "Camille FICTIF, numéro 1 •• •• •• ••• ••• 91, joignable au 02 61 91 35 77 ;",
        "motif : Rupture de ressources ou suspension de paiement ;",
        "réponse : elle souhaite que vous en soyez informé ;",
        "signature : signée à l’écran, le ",
        "(72 heures, week-end compris)",
        "Vous pourrez la rappeler tant que la caisse ne l’a pas ouverte.",
        "elle n’arrête aucun délai",
    ):
        assert dit in lu, dit
    second_onglet = page.context.new_page()
    second_onglet.goto(page.url)
    page.get_by_role("button", name="Envoyer la fiche").dblclick()
    social.clics += 1
    expect(page.locator(".messages")).to_contain_text("La fiche est envoyée.")
    page.go_back()
    expect(page.locator(".messages")).to_contain_text("elle n’est pas partie deux fois")
    expect(page.locator(".etat")).to_contain_text("Envoyée, pas encore ouverte")
    second_onglet.get_by_role("button", name="Envoyer la fiche").click()
    expect(second_onglet.locator(".messages")).to_contain_text("elle n’est pas partie deux fois")
    second_onglet.close()
    with actes.vu_de("cd35"):
        assert Envoi.objects.count() == 1


def prendre_et_repondre(caisse, reference, moins_pressee):
    page = caisse.page
    premiere, seconde = page.locator("tbody tr").all()
    assert reference in premiere.inner_text()
    assert moins_pressee in seconde.inner_text()
    assert "Camille FICTIF" in premiere.inner_text()
    assert re.search(r"Il.reste.7[12].h", premiere.inner_text())
    caisse.presser("Prendre la suivante")
    expect(page.locator(".messages")).to_contain_text("Vous avez pris cette fiche en charge.")
    assert reference in page.url
    caisse.presser("Répondre", role="link")
    caisse.cocher("Paiement débloqué")
    expect(page.get_by_label("Ce qui manque")).to_be_hidden()
    apercu = page.locator("#apercu")
    expect(apercu).to_contain_text("Versement prévu le …")
    caisse.dater("Date prévue du versement", "2026-12-01")
    expect(apercu).to_contain_text(
        re.compile("Le paiement est débloqué. Versement prévu le 1er.décembre 2026")
    )
    caisse.presser("Envoyer la réponse")
    expect(page.locator(".messages")).to_contain_text("La réponse est envoyée.")


def lien_du_courriel(boite, reference):
    """The link of the answer's mail, after the worker: the mail names nobody."""
    for avis_id in avis.en_attente(horloge.maintenant() + timedelta(seconds=1)):
        tasks.expedier_avis(avis_id=avis_id)
    recus = [message_from_bytes(e.content, policy=default) for _, e in boite.recus]
    corps = [f"{recu['subject']}\n{recu.get_content()}" for recu in recus]
    for personnel in ("Fictif", "FICTIF", "Camille", "78006084", "Rupture", "débloqué"):
        assert not any(personnel in dit for dit in corps)
    (reponse,) = [d for d in corps if d.startswith("Réponse à demande urgente") and reference in d]
    trouve = re.search(r"http://localhost:\d+\S+", reponse)
    assert trouve
    return urlsplit(trouve[0]).path


def lire_imprimer_terminer(social):
    page = social.page
    expect(page.get_by_text("Le paiement est débloqué.")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_text("Le paiement est débloqué.")).to_be_visible()
    for absent in (".nav", ".ensuite", ".pied", ".compte", ".fil"):
        expect(page.locator(absent)).to_be_hidden()
    page.emulate_media(media="screen")
    pdf = page.get_by_role("link", name="Imprimer la réponse").get_attribute("href")
    assert page.request.get(pdf).body().startswith(b"%PDF")
    social.presser("Terminer la fiche", role="link")
    social.presser("Terminer la fiche")
    expect(page.locator("[data-resume-erreurs]")).to_be_focused()
    social.cocher("Ressources rétablies")
    social.presser("Terminer la fiche")
    expect(page.locator(".etat")).to_contain_text("Terminée : ressources rétablies")


def test_au_telephone_la_page_signee_remplace_le_dessin(visiteur, personas):
    social = Ecran(visiteur(**TELEPHONE))
    page = social.page
    se_connecter(social, personas.ts_rennes)
    tient_dans_la_largeur(page)
    social.presser("Nouvelle fiche")
    remplir(social)
    tient_dans_la_largeur(page)
    page.get_by_label("Page signée (photo, scan ou PDF d’une page)").set_input_files(page_signee())
    social.presser("Relire avec la personne")
    expect(page.locator("main")).to_contain_text("page signée jointe")
    tient_dans_la_largeur(page)
    social.presser("Envoyer la fiche")
    expect(page.locator(".messages")).to_contain_text("La fiche est envoyée.")
    tient_dans_la_largeur(page)


def test_une_session_fermee_au_milieu_ne_perd_rien(visiteur, personas):
    social = Ecran(visiteur())
    page = entrer(social.page, personas.ts_rennes, "/fiches/")
    social.presser("Nouvelle fiche")
    adresse = page.url
    social.taper("Nom de naissance", "Fictif")
    expect(page.locator("#etat-brouillon")).to_have_text(re.compile("Brouillon enregistré à"))
    page.context.clear_cookies(name="session")
    social.taper("Prénom", "Camille")
    expect(page.locator("#etat-brouillon")).to_contain_text("Votre session s’est fermée.")
    social.presser("Enregistrer")
    se_connecter(social, personas.ts_rennes)
    page.goto(adresse)
    expect(page.get_by_label("Nom de naissance")).to_have_value("Fictif")
    page.goto("/fiches/")
    expect(page.locator("tbody")).to_contain_text("FICTIF")


def test_deux_onglets_sur_le_meme_brouillon_n_ecrasent_rien(visiteur, personas):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    autre = page.context.new_page()
    autre.goto(page.url)
    autre.get_by_label("Prénom", exact=True).fill("Camille")
    expect(autre.locator("#etat-brouillon")).to_have_text(re.compile("Brouillon enregistré à"))
    page.get_by_label("Prénom", exact=True).fill("Dominique")
    expect(page.locator("#etat-brouillon")).to_contain_text("modifiée dans un autre onglet")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("[data-resume-erreurs]")).to_contain_text("Comparez avant d’enregistrer")
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Dominique")
    with actes.vu_de("cd35"):
        assert Fiche.objects.count() == 1


def test_une_amorce_se_pose_dans_le_commentaire(visiteur, personas):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    commentaire = page.get_by_label("Commentaire / précisions sur la situation")
    page.get_by_role("button", name="Demande déposée le…").click()
    page.keyboard.type(" 12 mars.")
    page.get_by_role("button", name="Réversion").click()
    page.keyboard.type("Dominique Fictif, le 2 mai.")
    expect(commentaire).to_have_value(
        re.compile(r"^Demande déposée le 12 mars.\nRéversion.: Dominique Fictif, le 2 mai.$")
    )
    expect(page.locator("#etat-brouillon")).to_have_text(re.compile("Brouillon enregistré à"))
