"""The session closes, the network goes, the service stops: nothing is lost or sent twice."""

import re
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings
from playwright.sync_api import expect

from relais.annuaire import seances
from relais.annuaire.models import SaisieGardee
from relais.fiches.demonstration.lieu import port_libre
from relais.fiches.models import Fiche
from relais.socle import horloge
from tests.annuaire.gestes import code_du_moment
from tests.fiches import gestes as actes
from tests.fiches.gestes import prendre, transmettre
from tests.parcours.gestes import (
    NIR_FAUX,
    NIR_JUSTE,
    PAUSE,
    Ecran,
    arreter_l_horloge,
    entrer,
)
from tests.personas import MOT_DE_PASSE, creer_personas, poser_second_facteur
from tests.processus import attendre, processus, rassembler_le_statique, reglages_web, repond

PATIENCE = 20_000  # milliseconds for what must come in the end


@pytest.fixture
def personas(base):
    return creer_personas()


def vieillir(page, duree: timedelta) -> None:
    """As if the session of this browser had been opened that long ago."""
    (temoin,) = [c["value"] for c in page.context.cookies() if c["name"] == "session"]
    session = import_module(settings.SESSION_ENGINE).SessionStore(temoin)
    for cle in (seances.OUVERTE, seances.VUE):
        session[cle] -= duree.total_seconds()
    session.save()


def attendre_l_apercu(page) -> None:
    """The pause after which the sentences are shown again, then their answer, in a page of `clock`.

    An answer that came later would say that the service has just been there.
    """
    page.clock.fast_forward("00:02")
    expect(page.locator("#apercu.htmx-request")).to_have_count(0)
    expect(page.locator("#apercu")).to_contain_text("décembre")


def retenir(page, adresse: str) -> list[Callable[[], None]]:
    """The service answers that address at once, and the network keeps its answers: to let go."""
    retenues: list[Callable[[], None]] = []

    def garder(route) -> None:
        # A connection that the service closes at that very moment is opened again, as browsers do.
        reponse = route.fetch(max_retries=1)
        retenues.append(lambda: route.fulfill(response=reponse))

    page.route(adresse, garder)
    return retenues


def attendre_une_reponse(page, retenues: list[Callable[[], None]]) -> None:
    for _ in range(PATIENCE // 100):
        if retenues:
            return
        page.wait_for_timeout(100)
    etat = page.locator("#etat-brouillon").inner_text()
    raise AssertionError(f"rien n’a été demandé ; la page dit : {etat!r}")


def se_reconnecter(page, qui) -> None:
    """From the login page where one was sent, with both factors."""
    ecran = Ecran(page)
    ecran.taper("Adresse mail professionnelle", qui.agent.email)
    ecran.taper("Mot de passe", MOT_DE_PASSE)
    ecran.presser("Continuer")
    ecran.taper("Code à 6 chiffres", code_du_moment(qui.agent))
    ecran.presser("Se connecter")


@pytest.mark.parametrize("script", [True, False])
def test_la_reponse_ecrite_pendant_dix_heures_revient_apres_la_connexion(
    visiteur, personas, axe, script
):
    """The caisse's answer has no draft: all that was typed rests on this."""
    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    prendre(personas.agent_caisse, fiche, le=horloge.maintenant())
    ecran = Ecran(visiteur(java_script_enabled=script))
    page = entrer(ecran.page, personas.agent_caisse)
    # The second page of a session is the last to write in it: no preview then undoes `vieillir`.
    page.goto(f"/fiches/{fiche.reference}/repondre/")
    page.get_by_label("Autre réponse").check()
    page.get_by_label("Votre réponse", exact=True).last.fill("Le dossier repart en étude.")
    page.get_by_label("Qui fait la suite").fill("la caisse")
    if script:
        expect(page.locator("#apercu")).to_contain_text("la caisse")
    vieillir(page, timedelta(hours=10, minutes=1))
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.locator("h1")).to_have_text("Se connecter")
    expect(page.locator(".messages")).to_contain_text("gardé une heure, chiffré, pour vous seul")
    se_reconnecter(page, personas.agent_caisse)
    expect(page.locator("form .avis")).to_contain_text("Rien n’est parti")
    expect(page.get_by_label("Autre réponse")).to_be_checked()
    expect(page.get_by_label("Qui fait la suite")).to_have_value("la caisse")
    with actes.vu_de("carsat-bretagne"):
        assert Fiche.objects.get().repondue_le is None
    if script:
        expect(page.locator("[data-a-lire]")).to_be_focused()
        axe(page)
    page.get_by_label("Suite avant le").fill(
        (horloge.aujourd_hui() + timedelta(days=3)).isoformat()
    )
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.locator(".messages")).to_contain_text("La réponse est envoyée.")
    assert not SaisieGardee.objects.exists()


def test_sur_le_meme_poste_un_collegue_ne_voit_rien(visiteur, personas):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.get_by_label("Prénom", exact=True).fill("Camille")
    vieillir(page, timedelta(hours=10, minutes=1))
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("h1")).to_have_text("Se connecter")
    poser_second_facteur(personas.ts_redon.agent)
    se_reconnecter(page, personas.ts_redon)
    expect(page.locator("h1")).to_have_text("Cette page n’existe pas")
    assert "Camille" not in page.content()


def test_la_fiche_et_sa_version_reviennent_sans_conflit(visiteur, personas):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.get_by_label("Prénom", exact=True).fill("Camille")
    page.get_by_label("RSA", exact=True).check()
    vieillir(page, timedelta(hours=10, minutes=1))
    page.get_by_role("button", name="Enregistrer").click()
    se_reconnecter(page, personas.ts_rennes)
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Camille")
    expect(page.get_by_label("RSA", exact=True)).to_be_checked()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".messages")).to_contain_text("Brouillon enregistré à")


def test_sans_reseau_le_brouillon_attend_et_repart_seul(visiteur, personas):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.context.set_offline(True)
    page.get_by_label("Prénom", exact=True).fill("Camille")
    etat = page.locator("#etat-brouillon")
    expect(etat).to_contain_text(
        "Pas de réseau : rien n’est perdu tant que cette page reste ouverte."
    )
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("[data-reseau]")).to_contain_text("Pas de réseau : rien n’est parti")
    page.get_by_role("link", name="Mes fiches").first.click()
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Camille")
    page.context.set_offline(False)
    expect(etat).to_have_text(re.compile("Brouillon enregistré à"))
    expect(page.locator("[data-reseau]")).to_contain_text("vous pouvez recommencer")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator(".messages")).to_contain_text("Brouillon enregistré à")


@pytest.mark.parametrize("panne", ["le port est fermé", "503"])
def test_le_service_arrete_ne_prend_ni_ne_perd_la_reponse(visiteur, personas, panne):
    """A restart: the port is closed, or what stands in front answers 503."""
    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    prendre(personas.agent_caisse, fiche, le=horloge.maintenant())
    page = visiteur()
    entrer(page, personas.agent_caisse)
    page.clock.install()
    page.goto(f"/fiches/{fiche.reference}/repondre/?nature=paiement_debloque")
    page.get_by_label("Date prévue du versement").fill("2026-12-01")
    attendre_l_apercu(page)
    page.clock.fast_forward("01:00")
    page.route(
        "**/sante/pret",
        lambda route: route.fulfill(status=503) if panne == "503" else route.abort(),
    )
    page.get_by_role("button", name="Envoyer la réponse").click()
    avis = page.locator("[data-reseau]")
    expect(avis).to_contain_text("Le service ne répond pas : rien n’est parti")
    expect(page.get_by_label("Date prévue du versement")).to_have_value("2026-12-01")
    page.unroute("**/sante/pret")
    page.clock.fast_forward("01:00")
    expect(avis).to_contain_text("Le service répond de nouveau")
    page.get_by_role("button", name="Envoyer la réponse").click()
    expect(page.locator(".messages")).to_contain_text("La réponse est envoyée.")


@pytest.mark.timeout(240)
def test_un_service_vraiment_tue_revient_sans_que_rien_soit_perdu_ni_double(
    chromium, base, personas, tmp_path
):
    """`relais servir` killed by -9 while an answer is being written, and started again."""
    fiche = transmettre(personas.ts_rennes, le=horloge.maintenant())
    prendre(personas.agent_caisse, fiche, le=horloge.maintenant())
    port, journal = port_libre(), tmp_path / "journal.log"
    reglages = reglages_web(port)
    rassembler_le_statique(base)
    contexte = chromium.new_context(base_url=f"http://localhost:{port}", locale="fr-FR")
    page = contexte.new_page()
    with processus(base, ["servir"], journal, **reglages) as serveur:
        attendre(lambda: repond(port), journal)
        entrer(page, personas.agent_caisse)
        page.clock.install()
        page.goto(f"/fiches/{fiche.reference}/repondre/?nature=paiement_debloque")
        page.get_by_label("Date prévue du versement").fill("2027-12-01")
        attendre_l_apercu(page)
        serveur.kill()
        serveur.wait(30)
        attendre(lambda: not repond(port), journal)
        page.clock.fast_forward("01:00")
        page.get_by_role("button", name="Envoyer la réponse").click()
        avis = page.locator("[data-reseau]")
        expect(avis).to_contain_text("Le service ne répond pas : rien n’est parti")
    with processus(base, ["servir"], journal, **reglages):
        attendre(lambda: repond(port), journal)
        page.clock.fast_forward("01:00")
        expect(avis).to_contain_text("Le service répond de nouveau")
        expect(page.get_by_label("Date prévue du versement")).to_have_value("2027-12-01")
        page.get_by_role("button", name="Envoyer la réponse").click()
        expect(page.locator(".messages")).to_contain_text("La réponse est envoyée.")
        contexte.close()
    with actes.vu_de("carsat-bretagne"):
        (tour,) = Fiche.objects.get().tours.all()
        assert tour.repondue_le is not None


def test_le_bouton_retour_apres_chaque_geste(visiteur, personas):
    """After sending, answering, closing, deleting: a sentence, never the act again."""
    social, caisse = visiteur(), visiteur()
    fiche = actes.ecrire(personas.ts_rennes, le=horloge.maintenant())
    page = entrer(social, personas.ts_rennes, f"/fiches/{fiche.reference}/envoyer/")
    page.get_by_role("button", name="Envoyer la fiche").click()
    expect(page.locator(".messages")).to_contain_text("La fiche est envoyée.")
    page.go_back()
    expect(page.locator(".messages")).to_contain_text("elle n’est pas partie deux fois")

    entrer(caisse, personas.agent_caisse, f"/fiches/{fiche.reference}/")
    caisse.goto(f"/fiches/{fiche.reference}/repondre/?nature=paiement_debloque")
    caisse.get_by_label("Date prévue du versement").fill("2026-12-01")
    caisse.get_by_role("button", name="Envoyer la réponse").click()
    expect(caisse.locator(".messages")).to_contain_text("La réponse est envoyée.")
    caisse.go_back()
    expect(caisse.locator(".messages")).to_contain_text("C’est déjà fait")

    page.goto(f"/fiches/{fiche.reference}/clore/")
    page.get_by_label("Demande engagée").check()
    page.get_by_role("button", name="Terminer la fiche").click()
    expect(page.locator(".etat")).to_contain_text("Terminée")
    page.go_back()
    expect(page.locator(".messages")).to_contain_text("C’est déjà fait")

    brouillon = actes.ecrire(personas.ts_rennes, le=horloge.maintenant())
    page.goto(f"/fiches/{brouillon.reference}/supprimer/")
    page.get_by_role("button", name="Supprimer la fiche").click()
    expect(page.locator(".messages")).to_contain_text("Le brouillon est supprimé.")
    page.go_back()
    expect(page.locator("main")).to_contain_text("Vous avez supprimé cette fiche")
    with actes.vu_de("cd35"):
        assert Fiche.objects.get().tours.count() == 1


def test_deux_fenetres_se_comparent_et_une_personne_choisit(visiteur, personas, axe):
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    autre = page.context.new_page()
    autre.goto(page.url)
    autre.get_by_label("Prénom", exact=True).fill("Camille")
    expect(autre.locator("#etat-brouillon")).to_have_text(re.compile("Brouillon enregistré à"))
    page.get_by_label("Prénom", exact=True).fill("Dominique")
    page.get_by_role("button", name="Enregistrer").click()
    ligne = page.get_by_role("row", name=re.compile("Prénom"))
    expect(ligne).to_contain_text("Dominique")
    expect(ligne).to_contain_text("Camille")
    axe(page)
    page.get_by_role("button", name="Garder ce qui est écrit ici").click()
    expect(page.locator(".messages")).to_contain_text("Brouillon enregistré à")
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Dominique")


def test_presser_pendant_un_enregistrement_ne_se_contredit_pas(visiteur, personas):
    """A slow line: the draft has its new version before the page knows of it."""
    page = visiteur()
    arreter_l_horloge(page)
    entrer(page, personas.ts_rennes, "/fiches/")
    retenues = retenir(page, "**/brouillon/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.get_by_label("Prénom", exact=True).fill("Camille")
    page.clock.run_for(PAUSE)
    attendre_une_reponse(page, retenues)
    page.get_by_label("Nom de naissance").fill("Fictif")
    page.get_by_role("button", name="Enregistrer").click(no_wait_after=True)
    page.clock.run_for(PAUSE)
    expect(page.locator("#etat-brouillon")).to_have_text("Enregistrement…")
    (laisser,) = retenues
    laisser()
    expect(page.locator(".messages")).to_contain_text("Brouillon enregistré à")
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Camille")
    expect(page.get_by_label("Nom de naissance")).to_have_value("Fictif")


def test_ecrire_pendant_un_enregistrement_attend_son_tour(visiteur, personas):
    page = visiteur()
    arreter_l_horloge(page)
    entrer(page, personas.ts_rennes, "/fiches/")
    retenues = retenir(page, "**/brouillon/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.get_by_label("Prénom", exact=True).fill("Camille")
    page.clock.run_for(PAUSE)
    attendre_une_reponse(page, retenues)
    page.get_by_label("Nom de naissance").fill("Fictif")
    page.clock.run_for(PAUSE)
    assert len(retenues) == 1  # one at a time, so that each leaves with the version before it
    retenues.pop()()
    attendre_une_reponse(page, retenues)
    retenues.pop()()
    expect(page.locator("#etat-brouillon")).to_have_text(re.compile("Brouillon enregistré à"))
    page.unroute_all()
    page.reload()
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Camille")
    expect(page.get_by_label("Nom de naissance")).to_have_value("Fictif")


def test_ce_qui_est_tape_avant_les_scripts_compte_aussi(visiteur, personas):
    """A slow line brings the page before its scripts: who types at once is heard all the same."""
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    retenus = []
    page.route(re.compile(r"\.js$"), lambda route: retenus.append(route))
    page.get_by_role("button", name="Nouvelle fiche").click(no_wait_after=True)
    page.get_by_label("Numéro de Sécurité Sociale").fill(NIR_FAUX)
    page.get_by_label("RSA", exact=True).check()
    assert retenus
    page.unroute_all()  # lets go of those that are held
    expect(page.locator("#verdict-nir")).to_contain_text("La clé ne va pas avec le numéro.")
    expect(page.locator("#etat-brouillon")).to_have_text(re.compile("Brouillon enregistré à"))
    page.reload()
    expect(page.get_by_label("RSA", exact=True)).to_be_checked()


def test_une_fiche_rouverte_ne_s_enregistre_pas_d_elle_meme(visiteur, personas):
    """A save would take its signature off: opening a fiche is not writing it."""
    signee = actes.ecrire(personas.ts_rennes, le=horloge.maintenant())
    page = visiteur()
    arreter_l_horloge(page)
    envois = []
    page.on("request", lambda r: r.method == "POST" and envois.append(r.url))
    entrer(page, personas.ts_rennes, f"/fiches/{signee.reference}/ecrire/")
    expect(page.get_by_label("Numéro de Sécurité Sociale")).to_have_value(NIR_JUSTE)
    page.clock.run_for(PAUSE)
    page.reload()  # what had left would be known by now
    assert envois == []


def test_une_ligne_trop_lente_n_empeche_pas_de_partir(visiteur, personas):
    """No answer in four seconds: the form leaves all the same, and says what it finds."""
    page = entrer(visiteur(), personas.ts_rennes, "/fiches/")
    retenues = retenir(page, "**/brouillon/")
    page.get_by_role("button", name="Nouvelle fiche").click()
    page.get_by_label("Prénom", exact=True).fill("Camille")
    attendre_une_reponse(page, retenues)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("[data-resume-erreurs]")).to_contain_text("Comparez avant d’enregistrer")
    expect(page.get_by_label("Prénom", exact=True)).to_have_value("Camille")
