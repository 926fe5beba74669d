"""/.well-known/security.txt: RFC 9116, said only while it is true."""

import os
import subprocess
import sys
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests import banc

ADRESSE = "/.well-known/security.txt"


@pytest.fixture(autouse=True)
def dit(db, settings):
    settings.SECURITE_CONTACT = "mailto:securite@exemple.test"
    settings.SECURITE_EXPIRE = timezone.now().date() + timedelta(days=300)
    settings.ADRESSE_PUBLIQUE = "https://relais.exemple.test"


def test_le_fichier_dit_a_qui_ecrire_et_jusqu_a_quand(settings):
    reponse = Client().get(ADRESSE)
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "text/plain; charset=utf-8"
    lignes = reponse.content.decode().splitlines()
    champs = dict(ligne.split(": ", 1) for ligne in lignes)
    assert len(champs) == len(lignes)  # Expires and Preferred-Languages: once each
    assert champs["Contact"] == "mailto:securite@exemple.test"
    assert champs["Canonical"] == f"https://relais.exemple.test{ADRESSE}"
    fin = datetime.fromisoformat(champs["Expires"])
    assert fin.utcoffset() == timedelta()
    assert fin.date() == settings.SECURITE_EXPIRE


@pytest.mark.parametrize(
    "manque",
    [{"SECURITE_CONTACT": ""}, {"SECURITE_EXPIRE": None}, {"SECURITE_EXPIRE": date(2026, 1, 1)}],
)
def test_sans_contact_sans_fin_ou_passe_sa_fin_il_n_existe_pas(settings, manque):
    for nom, valeur in manque.items():
        setattr(settings, nom, valeur)
    assert Client().get(ADRESSE).status_code == 404


@pytest.mark.parametrize(
    ("reglage", "attendu"),
    [
        ({"RELAIS_SECURITE_CONTACT": "securite@exemple.test"}, "mailto:"),
        ({"RELAIS_SECURITE_CONTACT": "mailto:a@b.test\nExpires: 2100-01-01"}, "mailto:"),
        ({"RELAIS_SECURITE_EXPIRE": "demain"}, "2027-12-31"),
    ],
)
def test_un_reglage_impossible_arrete_le_demarrage(reglage, attendu):
    lance = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; settings.DEBUG"],
        cwd=banc.RACINE,
        env=os.environ | reglage,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lance.returncode == 1
    assert attendu in lance.stderr
    assert "Traceback" not in lance.stderr
