"""One draft in two windows: what differs is shown, and somebody chooses."""

import re

import pytest
from django.test import Client

from tests.fiches.saisie import SAISIE, adresse, au_brouillon, lisible, saisir, social, version

__all__ = ["adresse", "social"]  # fixtures


@pytest.fixture
def conflit(social: Client, adresse: str) -> str:
    """The page of who comes second, as it reads."""
    ancienne = version(social.get(adresse).content)
    saisir(social, adresse, prenom="Dominique", situations=["rsa", "aah"], informe="")
    reponse = social.post(adresse, SAISIE | {"version": ancienne, "geste": "enregistrer"})
    assert reponse.status_code == 409
    return lisible(reponse)


def test_les_deux_versions_se_lisent_cote_a_cote(conflit: str) -> None:
    lignes = re.findall(
        r'<th scope="row">(.*?)</th>\s*<td[^>]*>(.*?)</td>\s*<td[^>]*>(.*?)<', conflit
    )
    assert ("Prénom", "Camille", "Dominique") in lignes
    assert ("Situation administrative", "RSA", "AAH, RSA") in lignes
    assert [un[1:] for un in lignes if un[0].startswith("Je souhaite")] == [("Coché", "Non coché")]
    assert len(lignes) == 3


def test_rien_ne_s_enregistre_de_soi_meme_sur_cette_page(conflit: str) -> None:
    assert "data-brouillon" not in conflit
    assert "Garder ce qui est écrit ici" in conflit
    assert au_brouillon().personne.prenom == "Dominique"


def test_garder_ce_qui_est_ecrit_ici_est_un_choix(
    conflit: str, social: Client, adresse: str
) -> None:
    relue = re.search(r'name="version"[^>]*value="(\d+)"', conflit)[1]
    reponse = social.post(adresse, SAISIE | {"version": relue, "geste": "enregistrer"})
    assert reponse.status_code == 302
    assert au_brouillon().personne.prenom == "Camille"


def test_corriger_une_erreur_sans_script_n_est_pas_un_conflit(social: Client, adresse: str) -> None:
    page = lisible(saisir(social, adresse, mail="pas une adresse"))
    relue = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    reponse = social.post(adresse, SAISIE | {"version": relue, "geste": "enregistrer"})
    assert reponse.status_code == 302
