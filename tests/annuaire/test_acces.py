"""Every address of the product is closed unless it is listed here, and so until both factors."""

import json
import os
import subprocess
import sys
from uuid import UUID

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.converters import get_converters

from relais.annuaire.models import Agent
from tests import banc
from tests.annuaire.gestes import CONNEXION, donner_mot_de_passe, est_connecte

# What anybody may open: the doors of login, the links that mails carry, whether the product lives,
# the help and the notices that the law wants readable by all, and the demonstration's own pages,
# which answer 404 elsewhere.
PUBLIQUES = {
    *("account_login", "account_logout", "account_inactive", "mfa_authenticate"),
    *("mfa_login_webauthn", "vivant", "pret", "security_txt", "courriels", "galerie"),
    *("lien", "lien_recu", "fiches:donnees_personnelles", "fiches:accessibilite"),
    *("fiches:aide", "fiches:mode_operatoire", "fiches:ailleurs", "fiches:ailleurs_pdf"),
}
# Where somebody goes who has a password and no second factor yet.
DU_PREMIER_FACTEUR = {
    *("mfa_index", "mfa_list_webauthn", "mfa_activate_totp", "mfa_add_webauthn"),
    *("mfa_deactivate_totp", "codes_imprimes"),
    *("mfa_remove_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    *("account_reauthenticate", "fiches:visite", "fiches:raccourcis"),
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


def test_une_installation_neuve_n_a_aucun_compte(db):
    assert not Agent.objects.exists()


def test_ce_qui_sert_n_a_ni_mise_au_point_ni_hachage_faible():
    """The settings of a server, as they are without the tests."""
    lire = (
        "import json; from django.conf import settings as s; print(json.dumps([s.DEBUG,"
        " s.PASSWORD_HASHERS, [v['NAME'] for v in s.AUTH_PASSWORD_VALIDATORS],"
        " [h['class'] for h in s.LOGGING['handlers'].values()], s.SESSION_COOKIE_SAMESITE,"
        " s.CSRF_COOKIE_SAMESITE, s.CSRF_COOKIE_HTTPONLY, s.DEMONSTRATION]))"
    )
    sortie = subprocess.run(
        [sys.executable, "-c", lire],
        cwd=banc.RACINE,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert json.loads(sortie) == [
        False,
        ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        [
            "relais.annuaire.mots_de_passe.LongueurSelonLeRole",
            "relais.annuaire.mots_de_passe.NiCourantNiPersonnel",
        ],
        ["logging.StreamHandler"],
        *("Lax", "Lax", True, False),
    ]


def test_le_hachage_des_mots_de_passe_suit_l_owasp():
    """Argon2id, 19 MiB and two passes at least (OWASP's cheat sheet)."""
    hacheur = Argon2PasswordHasher()
    assert hacheur.encode("x" * 12, hacheur.salt()).startswith("argon2$argon2id$")
    assert hacheur.memory_cost >= 19 * 1024
    assert hacheur.time_cost >= 2
