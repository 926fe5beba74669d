import pytest

from relais.coffre.noms import normaliser_nom


@pytest.mark.parametrize(
    ("un", "autre"),
    [
        ("Éxèmple", "EXEMPLE"),
        ("Martin-Fictif", "martin   fictif"),
        ("Le Goff", "LEGOFF"),
        ("d'Été", "ÉTÉ (d’)"),
        ("de La Fontaine", "LAFONTAINE"),
        ("Kersauson (de)", "de Kersauson"),
        ("Lœuil", "LOEUIL"),
        ("E\u0301te\u0301", "Été"),
        ("\u00a0Exemple\u202f", "Exemple"),
        ("Weiß", "WEISS"),
        ("Fictif", "Fictif\u0000"),
    ],
)
def test_deux_ecritures_d_un_meme_nom_se_valent(un: str, autre: str) -> None:
    assert normaliser_nom(un) == normaliser_nom(autre) != ""


@pytest.mark.parametrize(
    ("un", "autre"), [("Martin", "Martinez"), ("du Pont", "Pont"), ("Fictif", "Fictive")]
)
def test_deux_noms_differents_restent_differents(un: str, autre: str) -> None:
    assert normaliser_nom(un) != normaliser_nom(autre)


@pytest.mark.parametrize("nom", ["", "   ", "-", "’", "😀", "\u0000"])
def test_rien_a_comparer_donne_rien(nom: str) -> None:
    assert normaliser_nom(nom) == ""


def test_un_nom_qui_n_est_qu_une_particule_reste() -> None:
    assert normaliser_nom("De") == "de"
    assert normaliser_nom("De De") == "de"
