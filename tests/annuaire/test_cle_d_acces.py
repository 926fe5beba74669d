"""Passkeys, with a device in software: one that answers what no honest browser would."""

import math
import re
from uuid import uuid4

import pytest
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH
from django.test import Client
from fido2.utils import websafe_decode

from relais.annuaire.jetons import jeton_de
from relais.coffre.chiffrement import nouvelle_cle
from relais.journal.models import SYSTEME
from tests.annuaire.appareil import Appareil
from tests.annuaire.gestes import CODE, CONNEXION, donner_mot_de_passe, est_connecte, journal
from tests.banc import RACINE
from tests.personas import MOT_DE_PASSE, connecter

AJOUTER = "/compte/second-facteur/cles/ajouter/"
SEULE = "/compte/second-facteur/cles/connexion/"


def defi(client: Client) -> str:
    return client.session["mfa.webauthn.state"]["challenge"]


def donner_une_cle(qui, mot_de_passe: str = MOT_DE_PASSE) -> Appareil:
    """A passkey added to that account through its page."""
    appareil = Appareil()
    navigateur = connecter(qui)
    navigateur.post("/compte/confirmer/", {"password": mot_de_passe})
    navigateur.get(AJOUTER)
    reponse = appareil.enregistrer(defi(navigateur))
    # 201: the first one comes with printed codes.
    assert navigateur.post(AJOUTER, {"name": "Clé", "credential": reponse}).status_code == 201
    return appareil


def demander(client: Client) -> str:
    """The challenge of a login without password."""
    client.get(SEULE, headers={"X-Requested-With": "XMLHttpRequest"})
    return defi(client)


def test_ce_qui_ne_doit_pas_se_deviner_a_128_bits_au_moins(client, db):
    """Printed codes have a rule of their own, 20 bits (codes_imprimes.py)."""
    question = client.get(SEULE, headers={"X-Requested-With": "XMLHttpRequest"})
    seance = client.session.session_key
    tires = {
        "session": len(seance) * math.log2(len(VALID_KEY_CHARS)),
        "formulaire": CSRF_SECRET_LENGTH * math.log2(len(CSRF_ALLOWED_CHARS)),
        "lien": len(jeton_de(uuid4())) * 6,
        "application": len(totp.generate_totp_secret()) * 5,
        "défi d'une clé d'accès": len(websafe_decode(defi(client))) * 8,
        "clé du coffre": len(nouvelle_cle()) * 8,
    }
    assert question.status_code == 200
    assert {quoi: bits for quoi, bits in tires.items() if bits < 128} == {}


@pytest.mark.parametrize("reconnu", [True, False])
def test_sans_mot_de_passe_la_cle_doit_reconnaitre_son_proprietaire(personas, client, reconnu):
    appareil = donner_une_cle(personas.ts_rennes)
    reponse = appareil.repondre(demander(client), personas.ts_rennes.agent, reconnu=reconnu)
    client.post(SEULE, {"credential": reponse})
    assert est_connecte(client) == reconnu


def test_quatre_cents_fausses_cles_ne_ferment_la_porte_a_personne(personas, client):
    """Behind a proxy everybody has its address; a signature is not guessed by trying."""
    appareil = donner_une_cle(personas.ts_rennes)
    for _ in range(400):
        assert client.post(SEULE, {"credential": "{}"}).url == CONNEXION
    reponse = appareil.repondre(demander(client), personas.ts_rennes.agent, reconnu=True)
    client.post(SEULE, {"credential": reponse})
    assert est_connecte(client)


def test_aucune_borne_ne_compte_une_adresse_du_reseau():
    bornes = mfa_settings.RATE_LIMITS | settings.ACCOUNT_RATE_LIMITS
    assert [nom for nom, borne in bornes.items() if borne and "/ip" in borne] == []
    assert settings.AXES_LOCKOUT_PARAMETERS == ["username"]
    lisent = {
        fichier.relative_to(RACINE).as_posix()
        for dossier in ("relais", "config")
        for fichier in (RACINE / dossier).rglob("*.py")
        if re.search("REMOTE_ADDR|FORWARDED_FOR", fichier.read_text(encoding="utf-8"))
    }
    assert lisent == {"relais/socle/marque.py"}, "a demonstration, closed to other machines"


@pytest.mark.parametrize("reconnu", [True, False])
def test_le_defi_d_un_autre_compte_ne_dispense_pas_de_reconnaitre(personas, client, reconnu):
    """A colleague who holds my key gives his own password, lets that login expire, then uses it.

    The challenge that his session keeps was one for a key after a password: presence was enough.
    """
    mienne = donner_une_cle(personas.ts_redon)
    donner_une_cle(personas.ts_rennes)
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    client.get(CODE)
    session = client.session
    session["account_login"]["initiated_at"] -= 3600
    session.save()
    reponse = mienne.repondre(defi(client), personas.ts_redon.agent, reconnu=reconnu)
    client.post(SEULE, {"credential": reponse})
    assert est_connecte(client) == reconnu
    if not reconnu:
        assert journal(SYSTEME)[-1][:3] == ("connexion_refusee", "refuse", "second-facteur")


@pytest.mark.parametrize("reconnu", [True, False])
def test_apres_le_mot_de_passe_la_presence_suffit(personas, client, reconnu):
    appareil = donner_une_cle(personas.ts_rennes)
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    client.get(CODE)
    reponse = appareil.repondre(defi(client), personas.ts_rennes.agent, reconnu=reconnu)
    client.post(CODE, {"credential": reponse})
    assert est_connecte(client)


def test_la_cle_d_un_autre_n_est_pas_mon_second_facteur(personas, client):
    autre = donner_une_cle(personas.ts_redon)
    donner_une_cle(personas.ts_rennes)
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    client.get(CODE)
    reponse = autre.repondre(defi(client), personas.ts_redon.agent, reconnu=True)
    assert client.post(CODE, {"credential": reponse}).status_code == 422
    assert not est_connecte(client)


def test_une_reponse_ne_sert_pas_deux_fois(personas, client):
    appareil = donner_une_cle(personas.ts_rennes)
    reponse = appareil.repondre(demander(client), personas.ts_rennes.agent, reconnu=True)
    client.post(SEULE, {"credential": reponse})
    assert est_connecte(client)
    autre = Client()
    demander(autre)
    autre.post(SEULE, {"credential": reponse})
    assert not est_connecte(autre)


def test_la_cle_d_un_compte_ferme_ou_sans_role_n_ouvre_rien(personas, client):
    appareil = donner_une_cle(personas.ts_rennes)
    agent = personas.ts_rennes.agent
    agent.is_active = False
    agent.save()
    reponse = appareil.repondre(demander(client), agent, reconnu=True)
    assert client.post(SEULE, {"credential": reponse}).url == "/compte/ferme/"
    assert not est_connecte(client)


def test_une_cle_inventee_est_refusee(personas, client):
    donner_une_cle(personas.ts_rennes)
    reponse = Appareil().repondre(demander(client), personas.ts_rennes.agent, reconnu=True)
    assert client.post(SEULE, {"credential": reponse}).url == CONNEXION
    assert not est_connecte(client)
