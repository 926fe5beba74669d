"""Passwords: taken as they are typed, long ones too; masked, and open to password managers."""

import re

import pytest
from django.test import Client

from tests.annuaire.gestes import CODE, CONNEXION, donner_mot_de_passe, entrer
from tests.personas import MOT_DE_PASSE, connecter, poser_second_facteur

CHANGER = "/compte/mot-de-passe/"
LONG = "Cœur d’été, 42 œufs ; « pêche » 🍑 et rien d’autre que des mots bien longs " * 2


def changer(navigateur: Client, ancien: str, nouveau: str) -> int:
    champs = {"oldpassword": ancien, "password1": nouveau, "password2": nouveau}
    return navigateur.post(CHANGER, champs).status_code


@pytest.mark.parametrize("mot", [LONG, LONG.strip()[:64], "a b c d e f g h i j k l m"])
def test_un_mot_de_passe_long_s_accepte_et_se_verifie_tel_quel(personas, client, mot):
    entrer(client, personas.ts_rennes)
    assert changer(client, MOT_DE_PASSE, mot) == 302
    adresse = personas.ts_rennes.agent.email
    assert donner_mot_de_passe(Client(), adresse, mot).url == CODE
    for presque in (mot[:-1], mot.swapcase(), f"{mot}x"):
        assert donner_mot_de_passe(Client(), adresse, presque).status_code == 422


def test_changer_demande_le_mot_de_passe_actuel(personas, client):
    entrer(client, personas.ts_rennes)
    assert changer(client, "pas le bon mot de passe", "quatre autres mots bien longs") == 422
    poser_second_facteur(personas.ts_rennes.agent)
    assert donner_mot_de_passe(Client(), personas.ts_rennes.agent.email).url == CODE


def test_chaque_saisie_est_masquee_et_ouverte_aux_gestionnaires(personas):
    ici = connecter(personas.ts_rennes)
    pages = [Client().get(CONNEXION), ici.get(CHANGER), ici.get("/compte/confirmer/")]
    champs = [
        champ
        for page in pages
        for champ in re.findall(r"<input[^>]*password[^>]*>", page.content.decode())
    ]
    assert len(champs) == 5
    for champ in champs:
        assert 'type="password"' in champ
        assert re.search(r'autocomplete="(current|new)-password"', champ), champ
        assert "maxlength" not in champ
        assert "onpaste" not in champ
