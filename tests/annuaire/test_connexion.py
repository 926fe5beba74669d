"""Login: what opens, what does not, and that no answer tells more than it must."""

from unittest import mock

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from relais.annuaire.models import Affectation
from relais.journal.models import SYSTEME
from tests.annuaire.gestes import (
    CODE,
    CONNEXION,
    code_du_moment,
    donner_mot_de_passe,
    entrer,
    est_connecte,
    journal,
)
from tests.hachage import Argon2Rapide
from tests.personas import MOT_DE_PASSE, connecter, poser_second_facteur

INCONNU = "personne@exemple.test"


def test_le_mot_de_passe_et_le_code_ouvrent_la_premiere_page_du_role(personas, client):
    reponse = entrer(client, personas.ts_rennes)
    assert reponse.status_code == 302
    assert reponse.url == "/"
    assert client.get("/").url == "/fiches/"


def test_l_adresse_se_tape_en_majuscules_et_avec_des_espaces(personas, client):
    adresse = f" {personas.ts_rennes.agent.email.upper()} "
    poser_second_facteur(personas.ts_rennes.agent)
    assert donner_mot_de_passe(client, adresse).url == CODE


def test_la_connexion_va_au_journal_par_pseudonyme(personas, client):
    agent = personas.ts_rennes.agent
    entrer(client, personas.ts_rennes)
    client.post("/compte/deconnexion/")
    traces = [t for t in journal("cd35") if t[3] == agent.pseudonyme]
    assert [t[0] for t in traces] == ["connexion", "deconnexion"]


def test_la_meme_reponse_pour_un_compte_inconnu_et_un_mauvais_mot_de_passe(personas, client):
    def page(adresse):
        reponse = donner_mot_de_passe(client, adresse, "pas le bon mot de passe")
        assert reponse.status_code == 422
        return reponse.content.decode().replace(adresse, "ADRESSE")

    connu, inconnu = page(personas.ts_rennes.agent.email), page(INCONNU)
    sans_jeton = [ligne for ligne in connu.splitlines() if "csrf" not in ligne]
    assert sans_jeton == [ligne for ligne in inconnu.splitlines() if "csrf" not in ligne]
    assert "L’adresse ou le mot de passe n’est pas le bon." in connu


@pytest.mark.parametrize("connu", [True, False])
def test_un_seul_hachage_que_le_compte_existe_ou_non(personas, client, connu):
    """Argon2 is nearly all of the time: as many computations, as much time."""
    adresse = personas.ts_rennes.agent.email if connu else INCONNU
    with (
        mock.patch.object(Argon2Rapide, "encode", autospec=True, return_value="x") as hacher,
        mock.patch.object(Argon2Rapide, "verify", autospec=True, return_value=False) as comparer,
    ):
        donner_mot_de_passe(client, adresse, "pas le bon mot de passe")
    assert hacher.call_count + comparer.call_count == 1


def test_un_echec_va_au_journal_sans_l_adresse(personas, client):
    donner_mot_de_passe(client, personas.ts_rennes.agent.email, "pas le bon mot de passe")
    donner_mot_de_passe(client, INCONNU, "pas le bon mot de passe")
    pseudonyme = personas.ts_rennes.agent.pseudonyme
    assert ("connexion_refusee", "refuse", "", pseudonyme) in journal("cd35")
    assert journal(SYSTEME)[-1] == ("connexion_refusee", "refuse", "", None)


def test_le_mot_de_passe_seul_n_ouvre_rien(personas, client):
    poser_second_facteur(personas.ts_rennes.agent)
    assert donner_mot_de_passe(client, personas.ts_rennes.agent.email).url == CODE
    assert not est_connecte(client)
    assert client.get("/fiches/").url.startswith(CONNEXION)


def test_la_cle_de_session_change_a_la_connexion(personas, client):
    client.get(CONNEXION)
    poser_second_facteur(personas.ts_rennes.agent)
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    avant = client.session.session_key
    entrer(client, personas.ts_rennes)
    assert est_connecte(client)
    assert client.session.session_key != avant


def test_apres_la_connexion_on_arrive_ou_l_on_voulait(personas, client):
    poser_second_facteur(personas.ts_rennes.agent)
    agent = personas.ts_rennes.agent
    client.post(CONNEXION, {"login": agent.email, "password": MOT_DE_PASSE, "next": "/signaler/"})
    assert client.post(CODE, {"code": code_du_moment(agent)}).url == "/signaler/"


def test_la_connexion_ne_renvoie_jamais_ailleurs(personas, client):
    agent = personas.ts_rennes.agent
    poser_second_facteur(agent)
    suite = {"login": agent.email, "password": MOT_DE_PASSE, "next": "https://exemple.invalid/"}
    client.post(CONNEXION, suite)
    assert client.post(CODE, {"code": code_du_moment(agent)}).url == "/"


@pytest.mark.parametrize(
    "adresse",
    [
        *(
            "/compte/inscription/",
            "/compte/signup/",
            "/accounts/signup/",
            "/compte/connexion/code/",
        ),
        *("/compte/mot-de-passe/oubli/", "/compte/password/reset/", "/accounts/login/", "/admin/"),
        *("/compte/email/", "/compte/second-facteur/cles/signup/"),
    ],
)
def test_ni_inscription_ni_oubli_par_courriel(client, db, adresse):
    assert client.get(adresse).status_code == 404


def test_aucune_page_d_allauth_en_dehors_de_celles_qui_servent():
    noms = {nom for nom in get_resolver().reverse_dict if isinstance(nom, str)}
    assert {nom for nom in noms if nom.startswith(("account_", "mfa_", "socialaccount"))} == {
        *("account_login", "account_logout", "account_inactive", "account_reauthenticate"),
        *("account_change_password", "mfa_index", "mfa_authenticate", "mfa_reauthenticate"),
        *("mfa_activate_totp", "mfa_deactivate_totp", "mfa_list_webauthn", "mfa_add_webauthn"),
        *("mfa_login_webauthn", "mfa_remove_webauthn", "mfa_reauthenticate_webauthn"),
    }


def test_un_compte_ferme_ne_rentre_plus(personas, client):
    agent = personas.ts_rennes.agent
    poser_second_facteur(agent)
    agent.is_active = False
    agent.save()
    reponse = donner_mot_de_passe(client, agent.email)
    assert reponse.url == "/compte/ferme/"
    assert "administrateur" in client.get(reponse.url).content.decode()
    assert not est_connecte(client)
    assert client.get(CODE).status_code == 302


def test_un_compte_sans_role_ne_rentre_plus(personas, client):
    Affectation.objects.filter(pk=personas.ts_rennes.pk).update(active=False)
    poser_second_facteur(personas.ts_rennes.agent)
    assert donner_mot_de_passe(client, personas.ts_rennes.agent.email).url == "/compte/ferme/"
    assert not est_connecte(client)


def test_un_compte_ferme_perd_sa_session_a_la_page_suivante(personas):
    navigateur = connecter(personas.ts_rennes)
    assert navigateur.get("/fiches/").status_code == 200
    agent = personas.ts_rennes.agent
    agent.is_active = False
    agent.save()
    assert navigateur.get("/fiches/").url.startswith(CONNEXION)


def test_un_role_retire_ferme_la_session_a_la_page_suivante(personas):
    navigateur = connecter(personas.ts_rennes)
    assert navigateur.get("/fiches/").status_code == 200
    Affectation.objects.filter(pk=personas.ts_rennes.pk).update(active=False)
    assert navigateur.get("/fiches/").url.startswith(CONNEXION)
    assert not est_connecte(navigateur)


def test_la_page_de_connexion_ne_se_garde_pas(client, db):
    assert "no-store" in client.get(CONNEXION)["Cache-Control"]


def test_une_page_d_agent_ne_se_garde_pas(personas):
    for adresse in ("/fiches/", "/compte/", "/compte/mot-de-passe/"):
        assert "no-store" in connecter(personas.ts_rennes).get(adresse)["Cache-Control"], adresse


def test_les_temoins_sont_fermes(personas, client):
    entrer(client, personas.ts_rennes)
    temoin = client.cookies[settings.SESSION_COOKIE_NAME]
    assert temoin["httponly"]
    assert temoin["samesite"] == "Lax"
    assert temoin["max-age"] == ""  # gone with the browser


def test_sans_jeton_la_connexion_est_refusee(personas):
    client = Client(enforce_csrf_checks=True)
    assert donner_mot_de_passe(client, personas.ts_rennes.agent.email).status_code == 403


@pytest.mark.parametrize(
    "saisie",
    [{}, {"login": "é\x00@", "password": "x"}, {"login": "a" * 5000, "password": "b" * 5000}],
)
def test_une_saisie_impossible_ne_casse_rien(personas, client, saisie):
    reponse = client.post(CONNEXION, saisie)
    assert reponse.status_code == 422


@pytest.mark.parametrize("ferme", ["le compte", "le rôle"])
def test_ce_qui_ferme_entre_le_mot_de_passe_et_le_code_ferme_la_porte(personas, client, ferme):
    qui, agent = personas.ts_rennes, personas.ts_rennes.agent
    poser_second_facteur(agent)
    donner_mot_de_passe(client, agent.email)
    if ferme == "le compte":
        agent.is_active = False
        agent.save()
    else:
        Affectation.objects.filter(pk=qui.pk).update(active=False)
    assert client.post(CODE, {"code": code_du_moment(agent)}).url == "/compte/ferme/"
    assert not est_connecte(client)
    assert "connexion" not in [trace[0] for trace in journal("cd35") + journal(SYSTEME)]
