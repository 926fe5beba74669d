"""Passkeys, with a device in software: one that answers what no honest browser would."""

import pytest
from django.test import Client

from relais.journal.models import SYSTEME
from tests.annuaire.appareil import Appareil
from tests.annuaire.gestes import CODE, CONNEXION, donner_mot_de_passe, est_connecte, journal
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
    assert navigateur.post(AJOUTER, {"name": "Clé", "credential": reponse}).status_code == 302
    return appareil


def demander(client: Client) -> str:
    """The challenge of a login without password."""
    client.get(SEULE, headers={"X-Requested-With": "XMLHttpRequest"})
    return defi(client)


@pytest.mark.parametrize("reconnu", [True, False])
def test_sans_mot_de_passe_la_cle_doit_reconnaitre_son_proprietaire(personas, client, reconnu):
    appareil = donner_une_cle(personas.ts_rennes)
    reponse = appareil.repondre(demander(client), personas.ts_rennes.agent, reconnu=reconnu)
    client.post(SEULE, {"credential": reponse})
    assert est_connecte(client) == reconnu


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
