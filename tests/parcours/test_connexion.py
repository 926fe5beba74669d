"""Login in a real browser: both factors, with and without script, and by a passkey alone."""

import psycopg
import pytest
from playwright.sync_api import expect

from relais.annuaire.demonstration import MOT_DE_PASSE as MOT_FICTIF
from relais.annuaire.magasin_de_seances import SessionStore
from relais.socle import marque
from tests.annuaire.gestes import code_du_moment, code_pour
from tests.personas import MOT_DE_PASSE, SECRET_TOTP, creer_personas, poser_second_facteur

FORMATS = {
    "telephone": {"viewport": {"width": 360, "height": 740}},
    "ordinateur": {"viewport": {"width": 1280, "height": 800}},
}


@pytest.fixture
def personas(base):
    return creer_personas()


def saisir(page, agent, mot_de_passe=MOT_DE_PASSE):
    page.goto("/compte/connexion/")
    page.get_by_label("Adresse mail professionnelle").fill(agent.email)
    page.get_by_label("Mot de passe", exact=True).fill(mot_de_passe)
    page.get_by_role("button", name="Continuer").click()


@pytest.mark.parametrize("script", [True, False], ids=["avec script", "sans script"])
def test_se_connecter_avec_l_application(visiteur, personas, script):
    agent = personas.ts_rennes.agent
    poser_second_facteur(agent)
    page = visiteur(java_script_enabled=script)
    saisir(page, agent)
    page.get_by_label("Code à 6 chiffres").fill(code_du_moment(agent))
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/fiches/")
    page.get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/compte/connexion/")


@pytest.mark.parametrize("script", [True, False], ids=["avec script", "sans script"])
def test_la_premiere_connexion_fait_choisir_un_second_facteur(visiteur, personas, axe, script):
    page = visiteur(java_script_enabled=script)
    saisir(page, personas.ts_rennes.agent)
    page.wait_for_url("**/compte/")
    verifier(page, axe, script)
    page.get_by_role("link", name="Utiliser une application").click()
    verifier(page, axe, script)
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.get_by_label("Code à 6 chiffres affiché par l’application").fill(code_pour(secret))
    page.get_by_role("button", name="Enregistrer l’application").click()
    page.get_by_role("heading", name="Mes codes imprimés").wait_for()
    verifier(page, axe, script)
    assert page.locator(".codes li").count() == 10
    assert page.get_by_role("button", name="Imprimer").is_visible() == script
    page.get_by_role("link", name="Continuer").click()
    page.wait_for_url("**/fiches/")


def verifier(page, axe, script=True):
    if script:
        axe(page)


@pytest.fixture
def authentificateur(visiteur, settings):
    """A page whose browser holds a virtual device: it recognises its owner and keeps passkeys."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    page = visiteur()
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    appareil = cdp.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )["authenticatorId"]
    return page, cdp, appareil


def enregistrer_une_cle(page, agent):
    saisir(page, agent)
    page.get_by_role("link", name="Ajouter une clé d’accès").click()
    page.get_by_label("Nom de cette clé").fill("Ordinateur du bureau")
    page.get_by_role("button", name="Enregistrer la clé d’accès").click()
    page.get_by_role("heading", name="Mes codes imprimés").wait_for()


def test_une_cle_d_acces_s_enregistre_puis_ouvre_seule(authentificateur, personas, axe):
    page, cdp, appareil = authentificateur
    enregistrer_une_cle(page, personas.ts_rennes.agent)
    page.goto("/compte/")
    assert "Ordinateur du bureau" in page.inner_text("main")
    axe(page)
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.wait_for_url("**/fiches/")
    assert len(cdp.send("WebAuthn.getCredentials", {"authenticatorId": appareil})["credentials"])


def test_une_cle_d_acces_sert_de_second_facteur_apres_le_mot_de_passe(
    authentificateur, personas, axe
):
    page, _, _ = authentificateur
    enregistrer_une_cle(page, personas.ts_rennes.agent)
    page.context.clear_cookies()
    saisir(page, personas.ts_rennes.agent)
    axe(page)
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.wait_for_url("**/fiches/")


def test_une_cle_non_reconnue_ne_suffit_pas(authentificateur, personas):
    """The device no longer recognises its owner: presence alone is one factor, not two."""
    page, cdp, appareil = authentificateur
    enregistrer_une_cle(page, personas.ts_rennes.agent)
    page.context.clear_cookies()
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": appareil, "isUserVerified": False})
    page.goto("/compte/connexion/")
    page.get_by_role("button", name="Utiliser une clé d’accès").click()
    page.get_by_text("La clé n’a pas été confirmée").wait_for()
    page.goto("/fiches/")
    page.wait_for_url("**/compte/connexion/**")


@pytest.mark.parametrize("format_", FORMATS)
def test_chaque_etat_des_pages_de_connexion_est_accessible(
    visiteur, personas, axe, base, settings, format_
):
    settings.DEMONSTRATION = True
    with psycopg.connect(base.url("proprietaire"), autocommit=True) as connexion:
        connexion.execute(f"COMMENT ON SCHEMA public IS '{marque.MARQUE}'")
    agent = personas.ts_rennes.agent
    agent.set_password(MOT_FICTIF)
    agent.save()
    for une in personas.par_nom.values():
        poser_second_facteur(une.agent)
    page = visiteur(**FORMATS[format_])
    page.goto("/compte/connexion/")
    axe(page)
    page.get_by_role("link", name=agent.nom_complet).first.click()
    axe(page)
    page.get_by_role("button", name="Continuer").click()
    axe(page)
    page.get_by_label("Code à 6 chiffres").fill("000000")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    axe(page)
    page.get_by_label("Code à 6 chiffres").fill(code_du_moment(agent))
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/fiches/")
    for adresse in ("/compte/", "/compte/mot-de-passe/", "/compte/deconnexion/"):
        page.goto(adresse)
        axe(page)
    page.goto("/compte/second-facteur/codes/")
    page.wait_for_url("**/compte/confirmer/**")
    axe(page)
    page.get_by_label("Votre mot de passe").fill("pas le bon mot de passe")
    page.get_by_role("button", name="Confirmer").click()
    axe(page)
    page.get_by_label("Votre mot de passe").fill(MOT_FICTIF)
    page.get_by_role("button", name="Confirmer").click()
    axe(page)
    page.get_by_role("button", name="Faire de nouveaux codes").click()
    axe(page)


def test_la_reprise_garde_ce_qui_etait_ecrit(page, personas, axe):
    agent = personas.ts_rennes.agent
    poser_second_facteur(agent)
    saisir(page, agent)
    page.get_by_label("Code à 6 chiffres").fill(code_du_moment(agent))
    page.get_by_role("button", name="Se connecter").click()
    page.goto("/signaler/")
    cle = next(c["value"] for c in page.context.cookies() if c["name"] == "session")
    session = SessionStore(cle)
    session["vue_le"] -= 3600
    session.save()
    page.get_by_label("Référence").fill("K7QF-3MWP")
    page.locator("main form button[type=submit]").first.click()
    page.get_by_role("heading", name="Reprendre où vous en étiez").wait_for()
    axe(page)
    page.get_by_label("Votre mot de passe").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Continuer").click()
    assert page.get_by_label("Référence").input_value() == "K7QF-3MWP"
    assert SECRET_TOTP not in page.content()
