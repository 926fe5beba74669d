"""Every address of the product is closed unless it is listed here, and so until both factors."""

import os
import subprocess
import sys
from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.converters import get_converters

from tests import banc
from tests.annuaire.gestes import CONNEXION, donner_mot_de_passe, est_connecte

# What anybody may open: the doors of login, whether the product lives, the notices that the law
# wants readable by all, and the demonstration's own pages, which answer 404 elsewhere.
PUBLIQUES = {
    *("account_login", "account_logout", "account_inactive", "mfa_authenticate"),
    *("mfa_login_webauthn", "vivant", "pret", "courriels", "galerie"),
    *("fiches:donnees_personnelles", "fiches:accessibilite"),
}
# Where somebody goes who has a password and no second factor yet.
DU_PREMIER_FACTEUR = {
    *("mfa_index", "mfa_list_webauthn", "mfa_activate_totp", "mfa_add_webauthn"),
    *("mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"),
    *("mfa_remove_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    "account_reauthenticate",
}
EXEMPLES = {"int": 1, "str": "x", "slug": "x", "uuid": UUID(int=7), "path": "x"}


def adresses() -> dict[str, str]:
    """Each named address of the product, with a value of the right kind in each of its gaps."""
    trouvees: dict[str, str] = {}
    parcourir(get_resolver(), "", trouvees)
    return trouvees


def parcourir(resolveur, espace: str, trouvees: dict[str, str]) -> None:
    types = {type(convertisseur): nom for nom, convertisseur in get_converters().items()}
    for motif in resolveur.url_patterns:
        if hasattr(motif, "url_patterns"):
            parcourir(motif, f"{espace}{motif.namespace}:" if motif.namespace else espace, trouvees)
            continue
        assert motif.name, f"an address without a name: {motif.pattern}"
        valeurs = {
            nom: EXEMPLES.get(types[type(convertisseur)], "K7QF-3MWP")
            for nom, convertisseur in motif.pattern.converters.items()
        }
        try:
            trouvees[f"{espace}{motif.name}"] = reverse(f"{espace}{motif.name}", kwargs=valeurs)
        except NoReverseMatch:
            pytest.fail(f"{espace}{motif.name} {motif.pattern}")


def test_sans_se_connecter_aucune_adresse_ne_s_ouvre(db):
    ouvertes = []
    for nom, adresse in adresses().items():
        for methode in ("get", "post"):
            reponse = getattr(Client(), methode)(adresse)
            if nom not in PUBLIQUES and not reponse.get("Location", "").startswith(CONNEXION):
                ouvertes.append((nom, methode, reponse.status_code))
    assert ouvertes == []


def test_sans_second_facteur_chaque_adresse_ramene_a_son_choix(personas, client):
    donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    assert est_connecte(client)
    ouvertes = [
        (nom, methode)
        for nom, adresse in adresses().items()
        for methode in ("get", "post")
        if nom not in PUBLIQUES | DU_PREMIER_FACTEUR
        and getattr(client, methode)(adresse).get("Location") != "/compte/"
    ]
    assert ouvertes == []


def test_les_adresses_ouvertes_existent():
    """A name that disappears leaves the lists above too."""
    assert adresses().keys() >= PUBLIQUES | DU_PREMIER_FACTEUR


def test_en_https_les_temoins_sont_lies_a_l_hote():
    lire = (
        "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME,"
        " s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY,"
        " s.SESSION_COOKIE_PATH, s.SESSION_COOKIE_DOMAIN)"
    )
    sortie = subprocess.run(
        [sys.executable, "-c", lire],
        cwd=banc.RACINE,
        env=os.environ | {"RELAIS_ADRESSE_PUBLIQUE": "https://relais.exemple.test"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    assert sortie == ["__Host-session", "__Host-csrf", "True", "True", "True", "/", "None"]
