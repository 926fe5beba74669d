"""The second factor: forced, sealed, never twice, never the last one taken away."""

import base64
import math
import re
import time
from importlib import import_module
from unittest import mock

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.apps import apps
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password
from django.db import connection

from relais.annuaire import codes_imprimes, facteurs
from relais.annuaire.models import Seance
from relais.coffre.actions import Genre, Illisible, detruire
from relais.coffre.models import Cle
from tests.annuaire.gestes import (
    CODE,
    CONNEXION,
    code_pour,
    donner_mot_de_passe,
    entrer,
    est_connecte,
    journal,
)
from tests.personas import MOT_DE_PASSE, SECRET_TOTP, connecter, poser_second_facteur

APPLICATION = "/compte/second-facteur/application/"
SANS_CLE = "7b1e4f60-9c1d-4d0a-8a51-2f6f3e0c9b11"  # no key of the store has that id
CODES = "/compte/second-facteur/codes/"
CLES = "/compte/second-facteur/cles/"
LOIN = ["/", "/fiches/", "/fiches/nouvelle/", "/compte/affectation/", "/compte/mot-de-passe/"]


@pytest.fixture(autouse=True)
def instant_fixe(monkeypatch):
    """No step of 30 seconds ends in the middle of a test."""
    pas = int(time.time()) // 30
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: [pas - 1, pas, pas + 1])


@pytest.fixture
def sans_facteur(personas, client):
    """Somebody who has just logged in for the first time, by the password alone."""
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    assert est_connecte(client)
    return client


def tables() -> bytes:
    """Everything kept of second factors and sessions: rows as PostgreSQL writes them, opened."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT string_agg(f::text, ' ') FROM mfa_authenticator f")
        facteurs_en_base = curseur.fetchone()[0] or ""
    sessions = [str(session.get_decoded()) for session in Seance.objects.all()]
    assert sessions
    return " ".join([facteurs_en_base, *sessions]).encode()


def codes_de(page) -> list[str]:
    """The printed codes of the answer that made them."""
    assert page.status_code == 201
    return re.findall(r"<li>(\d{4}-\d{4}-\d{4}-\d{4})</li>", page.content.decode())


def faire_des_codes(navigateur) -> list[str]:
    confirmer(navigateur)
    return codes_de(navigateur.post(CODES))


def secret_de(page) -> str:
    return re.search(r'id="secret">([\w ]+)<', page.content.decode()).group(1).replace(" ", "")


@pytest.mark.parametrize("adresse", LOIN)
def test_sans_second_facteur_on_ne_va_nulle_part(sans_facteur, adresse):
    assert sans_facteur.get(adresse).url == "/compte/"


def test_sans_second_facteur_la_page_du_compte_en_propose_un(sans_facteur):
    page = sans_facteur.get("/compte/").content.decode()
    assert "Protégez votre compte" in page
    assert APPLICATION in page
    assert "/fiches/" not in page


def test_l_application_s_active_et_les_codes_imprimes_s_affichent(personas, sans_facteur):
    secret = secret_de(sans_facteur.get(APPLICATION))
    reponse = sans_facteur.post(APPLICATION, {"code": code_pour(secret)})
    assert len(codes_de(reponse)) == 10
    assert sans_facteur.get("/fiches/").status_code == 200
    ajouts = [t[2] for t in journal("cd35") if t[0] == "second_facteur_ajoute"]
    assert ajouts == ["totp", "recovery_codes"]


def test_un_mauvais_code_n_active_rien_et_le_secret_reste_le_meme(sans_facteur):
    secret = secret_de(sans_facteur.get(APPLICATION))
    reponse = sans_facteur.post(APPLICATION, {"code": "000000"})
    assert reponse.status_code == 422
    assert secret_de(reponse) == secret
    assert not Authenticator.objects.exists()


def test_rien_de_secret_dans_les_tables_ni_avant_ni_apres_l_activation(sans_facteur):
    secret = secret_de(sans_facteur.get(APPLICATION))
    assert secret.encode() not in tables()
    codes = codes_de(sans_facteur.post(APPLICATION, {"code": code_pour(secret)}))
    octets = tables()
    assert b"totp" in octets
    assert secret.encode() not in octets
    for code in codes:
        assert code.encode() not in octets
        assert code.replace("-", "")[1:].encode() not in octets


def test_un_secret_copie_dans_le_compte_d_un_autre_ne_s_y_ouvre_pas(personas, client):
    victime, voleur = personas.encadrante_rennes.agent, personas.ts_rennes.agent
    poser_second_facteur(voleur)
    scelle = Authenticator.objects.get(user=voleur).data["secret"]
    with pytest.raises(Illisible):
        facteurs.ouvrir_secret(victime, scelle)
    assert facteurs.ouvrir_secret(voleur, scelle) == SECRET_TOTP


def cles_du_coffre() -> set:
    return set(Cle.objects.filter(genre=Genre.SECOND_FACTEUR).values_list("objet_id", flat=True))


def test_retirer_l_application_detruit_sa_cle_et_elle_seule(
    personas, django_capture_on_commit_callbacks
):
    navigateur = connecter(personas.ts_rennes)
    agent = personas.ts_rennes.agent
    Authenticator.objects.create(user=agent, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé"})
    confirmer(navigateur)
    scelle = Authenticator.objects.get(user=agent, type="totp").data["secret"]
    avant = cles_du_coffre()
    with django_capture_on_commit_callbacks(execute=True):
        navigateur.post(f"{APPLICATION}retirer/")
    assert not Authenticator.objects.filter(user=agent, type="totp").exists()
    assert {str(cle) for cle in avant - cles_du_coffre()} == {scelle.partition(".")[0]}
    with pytest.raises(Illisible):
        facteurs.ouvrir_secret(agent, scelle)


def test_un_code_imprime_n_est_garde_que_par_une_empreinte_a_son_propre_sel(personas):
    codes = faire_des_codes(connecter(personas.ts_rennes))
    gardes = Authenticator.objects.get(user=personas.ts_rennes.agent, type="recovery_codes").data
    assert list(gardes) == ["empreintes"]
    empreintes = [gardes["empreintes"][code[0]] for code in codes]
    for empreinte, code in zip(empreintes, codes, strict=True):
        assert empreinte.startswith("argon2$argon2id$")
        lue = Argon2PasswordHasher().decode(empreinte)
        # OWASP's lowest cost for Argon2id; the standard asks for a salt of 32 bits.
        assert (lue["memory_cost"], lue["time_cost"]) >= (19 * 1024, 2)
        assert len(base64.b64decode(lue["salt"] + "==")) * 8 >= 32
        assert check_password(code.replace("-", ""), empreinte)
    assert len({Argon2PasswordHasher().decode(une)["salt"] for une in empreintes}) == 10


def test_un_code_imprime_a_plus_de_vingt_bits_et_son_rang_n_en_compte_aucun(personas):
    codes = faire_des_codes(connecter(personas.ts_rennes))
    assert [code[0] for code in codes] == list("0123456789"), "the rank, which says nothing"
    assert all(re.fullmatch(r"\d(\d{3})(-\d{4}){3}", code) for code in codes)
    assert codes_imprimes.SECRETS * math.log2(10) > 49


def test_les_codes_ne_se_revoient_jamais_et_de_nouveaux_remplacent_les_anciens(personas, client):
    navigateur = connecter(personas.ts_rennes)
    anciens = faire_des_codes(navigateur)
    page = navigateur.get(CODES)
    assert (page.status_code, "Vos codes actuels" in page.content.decode()) == (200, True)
    assert not any(code in page.content.decode() for code in anciens)
    nouveaux = faire_des_codes(navigateur)
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    assert client.post(CODE, {"code": anciens[3]}).status_code == 422
    assert client.post(CODE, {"code": nouveaux[3]}).url == "/"


def test_sans_second_facteur_pas_de_code_imprime(sans_facteur):
    assert sans_facteur.post(CODES).url == "/compte/"
    assert not Authenticator.objects.exists()


def test_qui_n_en_a_plus_l_apprend_en_entrant(personas, client):
    codes = faire_des_codes(connecter(personas.ts_rennes))
    adresse = personas.ts_rennes.agent.email
    for code in codes[:9]:
        assert codes_imprimes.consommer(personas.ts_rennes.agent, code)
    donner_mot_de_passe(client, adresse)
    page = client.post(CODE, {"code": codes[9]}, follow=True).content.decode()
    assert "Aucun de vos codes imprimés ne sert plus" in page


def test_les_codes_d_avant_ne_servent_plus_et_cela_se_dit(personas, client):
    agent = personas.ts_rennes.agent
    poser_second_facteur(agent)
    Authenticator.objects.create(
        user=agent, type="recovery_codes", data={"seed": "scellée", "used_mask": 0}
    )
    import_module("relais.annuaire.migrations.0011_codes_imprimes").oublier(apps, None)
    assert "Aucun de vos codes" in entrer(client, personas.ts_rennes, follow=True).content.decode()
    assert "Vous n’en avez pas." in client.get("/compte/").content.decode()


@pytest.mark.parametrize("saisie", ["", "3", "3" * 16, "٣" * 16, "3" * 5000, "a" * 16, "\x00"])
def test_ce_qui_n_est_pas_un_code_imprime_n_ouvre_rien(personas, saisie):
    agent = personas.ts_rennes.agent
    assert codes_imprimes.consommer(agent, saisie) is None
    codes_imprimes.renouveler(agent)
    assert codes_imprimes.consommer(agent, saisie) is None
    assert codes_imprimes.restants(agent) == 10


def test_le_secret_montre_pendant_l_activation_est_oublie_ensuite(
    sans_facteur, personas, django_capture_on_commit_callbacks
):
    secret = secret_de(sans_facteur.get(APPLICATION))
    montre = sans_facteur.session[facteurs.EN_ATTENTE]
    with django_capture_on_commit_callbacks(execute=True):
        assert codes_de(sans_facteur.post(APPLICATION, {"code": code_pour(secret)}))
    with pytest.raises(Illisible):
        facteurs.ouvrir_secret(personas.ts_rennes.agent, montre)


def test_une_activation_dont_la_cle_n_est_plus_la_en_montre_une_autre(sans_facteur, personas):
    """Two windows: the first one was confirmed meanwhile."""
    secret = secret_de(sans_facteur.get(APPLICATION))
    detruire(Genre.SECOND_FACTEUR, [personas.ts_rennes.agent.pseudonyme])
    reponse = sans_facteur.post(APPLICATION, {"code": code_pour(secret)})
    assert reponse.status_code == 422
    assert secret_de(reponse) != secret


@pytest.mark.parametrize(
    "faux", ["", ".", "pas du base64 !", "AAAA", "é", f"{SANS_CLE}.é", f"{SANS_CLE}.AAAA"]
)
def test_un_secret_abime_ne_s_ouvre_pas(personas, faux):
    with pytest.raises(Illisible):
        facteurs.ouvrir_secret(personas.ts_rennes.agent, faux)


@pytest.mark.parametrize("code", ["000000", "", "12", "abcdef", "é\x00💥", "1" * 5000])
def test_un_mauvais_code_ne_connecte_pas(personas, client, code):
    poser_second_facteur(personas.ts_rennes.agent)
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    assert client.post(CODE, {"code": code}).status_code == 422
    assert not est_connecte(client)


def test_un_mauvais_code_va_au_journal(personas, client):
    poser_second_facteur(personas.ts_rennes.agent)
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    client.post(CODE, {"code": "000000"})
    pseudonyme = personas.ts_rennes.agent.pseudonyme
    assert journal("cd35")[-1] == ("connexion_refusee", "refuse", "second-facteur", pseudonyme)


def test_un_code_ne_sert_qu_une_fois(personas, client):
    assert entrer(client, personas.ts_rennes).url == "/"
    client.post("/compte/deconnexion/")
    reponse = entrer(client, personas.ts_rennes)
    assert reponse.status_code == 422
    assert "il a déjà servi" in reponse.content.decode()


def test_un_code_deja_servi_ne_resert_pas_au_bout_de_trente_secondes(personas, client):
    """With one step of tolerance a code lives 90 s: allauth remembers it for 30 only."""
    agent = personas.ts_rennes.agent
    poser_second_facteur(agent)
    code = code_pour(SECRET_TOTP)
    donner_mot_de_passe(client, agent.email)
    assert client.post(CODE, {"code": code}).url == "/"
    client.post("/compte/deconnexion/")
    donner_mot_de_passe(client, agent.email)
    with mock.patch.object(totp.TOTP, "_mark_code_used", return_value=True):
        assert client.post(CODE, {"code": code}).status_code == 422
    assert not est_connecte(client)


@pytest.mark.parametrize(("decalage", "passe"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_une_horloge_un_peu_fausse_est_toleree(personas, client, decalage, passe):
    poser_second_facteur(personas.ts_rennes.agent)
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    client.post(CODE, {"code": code_pour(SECRET_TOTP, decalage)})
    assert est_connecte(client) == passe


def test_dix_codes_faux_ferment_la_porte_aux_codes_justes(personas, client):
    agent = personas.ts_rennes.agent
    poser_second_facteur(agent)
    donner_mot_de_passe(client, agent.email)
    for _ in range(10):
        client.post(CODE, {"code": "000000"})
    reponse = client.post(CODE, {"code": code_pour(SECRET_TOTP)})
    assert reponse.status_code == 422
    assert "Attendez 15 minutes" in reponse.content.decode()
    assert not est_connecte(client)


def test_un_code_imprime_ouvre_une_fois_et_une_seule(personas, client):
    code = faire_des_codes(connecter(personas.ts_rennes))[0]
    adresse = personas.ts_rennes.agent.email
    donner_mot_de_passe(client, adresse)
    assert client.post(CODE, {"code": code}).url == "/"
    client.post("/compte/deconnexion/")
    donner_mot_de_passe(client, adresse)
    assert client.post(CODE, {"code": code}).status_code == 422


def test_toucher_a_ses_facteurs_redemande_le_mot_de_passe(personas):
    navigateur = connecter(personas.ts_rennes)
    for adresse in (
        f"{APPLICATION}retirer/",
        CODES,
        "/compte/second-facteur/cles/ajouter/",
    ):
        reponse = navigateur.get(adresse)
        assert reponse.url.startswith("/compte/confirmer/"), adresse
    reponse = navigateur.post("/compte/confirmer/", {"password": "pas le bon mot de passe"})
    assert reponse.status_code == 422


def test_le_dernier_facteur_ne_se_retire_pas(personas):
    navigateur = connecter(personas.ts_rennes)
    confirmer(navigateur)
    reponse = navigateur.post(f"{APPLICATION}retirer/")
    assert reponse.status_code == 422
    assert "Ajoutez-en un autre" in reponse.content.decode()
    assert facteurs.a_un_second_facteur(personas.ts_rennes.agent)


def test_la_derniere_cle_d_acces_ne_se_retire_pas(personas):
    navigateur = connecter(personas.ts_rennes)
    agent = personas.ts_rennes.agent
    Authenticator.objects.filter(user=agent).delete()
    cle = Authenticator.objects.create(
        user=agent, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé bleue", "credential": {}}
    )
    confirmer(navigateur)
    navigateur.post(f"{CLES}{cle.pk}/retirer/")
    assert facteurs.a_un_second_facteur(agent)
    poser_second_facteur(agent)
    navigateur.post(f"{CLES}{cle.pk}/retirer/")
    assert [f.type for f in Authenticator.objects.filter(user=agent)] == ["totp"]
    assert journal("cd35")[-1][:3] == ("second_facteur_retire", "fait", "webauthn")


def test_la_cle_d_un_autre_ne_se_retire_pas(personas):
    autre = Authenticator.objects.create(
        user=personas.ts_redon.agent, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé"}
    )
    Authenticator.objects.create(
        user=personas.ts_rennes.agent, type=Authenticator.Type.WEBAUTHN, data={"name": "Clé"}
    )
    navigateur = connecter(personas.ts_rennes)
    confirmer(navigateur)
    reponse = navigateur.post(f"{CLES}{autre.pk}/retirer/")
    assert reponse.status_code == 404
    assert Authenticator.objects.filter(pk=autre.pk).exists()


def test_des_codes_imprimes_seuls_ne_sont_pas_un_second_facteur(personas):
    navigateur = connecter(personas.ts_rennes)
    Authenticator.objects.filter(user=personas.ts_rennes.agent).update(type="recovery_codes")
    assert navigateur.get("/fiches/").url == "/compte/"


@pytest.mark.parametrize("cle", ["", "{}", "[]", "null", '{"id": "x"}', "pas du json"])
def test_une_cle_d_acces_fausse_ne_connecte_pas(db, client, cle):
    adresse = f"{CLES}connexion/"
    client.get(adresse, headers={"Accept": "application/json"})
    assert client.post(adresse, {"credential": cle}).url == CONNEXION
    assert not est_connecte(client)


def confirmer(navigateur) -> None:
    reponse = navigateur.post("/compte/confirmer/", {"password": MOT_DE_PASSE})
    assert reponse.status_code == 302
