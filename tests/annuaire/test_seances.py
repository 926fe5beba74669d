"""Ten hours in all, thirty minutes without a gesture; nothing typed is lost."""

import re

import pytest
from django.utils.html import escape

from relais.annuaire import seances
from tests.annuaire.gestes import entrer, est_connecte
from tests.personas import MOT_DE_PASSE, connecter

MINUTE, HEURE = 60, 3600


@pytest.fixture
def navigateur(personas):
    navigateur = connecter(personas.ts_rennes)
    navigateur.get("/fiches/")
    return navigateur


def vieillir(navigateur, secondes: float, *cles: str) -> None:
    """As if so much time had passed since the login (OUVERTE), since the last gesture (VUE)."""
    session = navigateur.session
    for cle in cles or (seances.OUVERTE, seances.VUE):
        session[cle] -= secondes
    session.save()


def test_la_session_finit_au_bout_de_dix_heures(navigateur):
    vieillir(navigateur, 10 * HEURE - MINUTE, seances.OUVERTE)
    assert navigateur.get("/fiches/").status_code == 200
    vieillir(navigateur, 2 * MINUTE, seances.OUVERTE)
    assert navigateur.get("/fiches/").url.startswith("/compte/connexion/")
    assert not est_connecte(navigateur)
    assert "dix heures" in navigateur.get("/compte/connexion/").content.decode()


def test_une_page_vue_ne_prolonge_pas_les_dix_heures(personas, client):
    entrer(client, personas.ts_rennes)
    ouverte = client.session[seances.OUVERTE]
    vieillir(client, 20 * MINUTE, seances.VUE)
    client.get("/fiches/")
    assert client.session[seances.OUVERTE] == ouverte
    assert client.session[seances.VUE] >= ouverte


def test_au_bout_de_trente_minutes_la_page_ne_montre_plus_rien(navigateur):
    vieillir(navigateur, 29 * MINUTE)
    assert navigateur.get("/fiches/").status_code == 200
    vieillir(navigateur, 31 * MINUTE)
    reponse = navigateur.get("/fiches/?etat=close")
    assert reponse.status_code == 401
    page = reponse.content.decode()
    assert "Reprendre où vous en étiez" in page
    assert "Mes fiches" not in page
    assert 'action="/fiches/?etat=close"' in page


def test_le_mot_de_passe_seul_fait_reprendre(navigateur):
    vieillir(navigateur, 31 * MINUTE)
    champs = {"reprise": "lecture", "reprise_mot_de_passe": MOT_DE_PASSE}
    assert navigateur.post("/fiches/?etat=close", champs).url == "/fiches/?etat=close"
    assert navigateur.get("/fiches/").status_code == 200


def test_un_mauvais_mot_de_passe_ne_fait_pas_reprendre(navigateur):
    vieillir(navigateur, 31 * MINUTE)
    champs = {"reprise": "lecture", "reprise_mot_de_passe": "pas le bon mot de passe"}
    reponse = navigateur.post("/fiches/", champs)
    assert reponse.status_code == 401
    assert "pas le bon" in reponse.content.decode()
    assert navigateur.get("/fiches/").status_code == 401


def test_dix_mauvais_mots_de_passe_verrouillent_la_reprise(navigateur):
    vieillir(navigateur, 31 * MINUTE)
    champs = {"reprise": "lecture", "reprise_mot_de_passe": "pas le bon mot de passe"}
    statuts = [navigateur.post("/fiches/", champs).status_code for _ in range(10)]
    assert statuts == [401] * 9 + [429]


def test_ce_qui_etait_ecrit_arrive_apres_le_mot_de_passe(navigateur):
    """The post goes through the page and on to its view, which sees it whole."""
    vieillir(navigateur, 31 * MINUTE)
    saisie = {"nature": 'lenteur & "guillemets"', "reference": "K7QF-3MWP", "double": ["a", "b"]}
    page = navigateur.post("/signaler/", saisie)
    assert page.status_code == 401
    caches = re.findall(
        r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.content.decode()
    )
    assert ("nature", escape(saisie["nature"])) in caches
    assert [valeur for nom, valeur in caches if nom == "double"] == ["a", "b"]
    assert MOT_DE_PASSE not in page.content.decode()
    reponse = navigateur.post("/signaler/", saisie | {"reprise_mot_de_passe": MOT_DE_PASSE})
    assert reponse.status_code == 422, "the view itself answers: that nature does not exist"
    assert "K7QF-3MWP" in reponse.content.decode()


def test_un_mauvais_mot_de_passe_garde_ce_qui_etait_ecrit(navigateur):
    vieillir(navigateur, 31 * MINUTE)
    page = navigateur.post("/signaler/", {"reference": "K7QF-3MWP", "reprise_mot_de_passe": "non"})
    assert page.status_code == 401
    assert "K7QF-3MWP" in page.content.decode()
    assert 'value="non"' not in page.content.decode()


def test_une_page_en_fond_ne_prolonge_pas(navigateur):
    vieillir(navigateur, 20 * MINUTE, seances.VUE)
    vue = navigateur.session[seances.VUE]
    navigateur.get("/fiches/", headers={"HX-Request": "true"})
    assert navigateur.session[seances.VUE] == vue
    navigateur.get("/fiches/")
    assert navigateur.session[seances.VUE] > vue


def test_en_fond_une_session_en_veille_se_tait(navigateur):
    vieillir(navigateur, 31 * MINUTE)
    htmx = {"HX-Request": "true"}
    assert navigateur.get("/fiches/", headers=htmx).status_code == 204
    assert navigateur.post("/fiches/numero/", {"nir": "1"}, headers=htmx).status_code == 401


def test_en_fond_une_session_finie_attend_le_geste_qui_la_ferme(navigateur):
    """The answer to a page's own request may come last: it would take the cookie of the other one,
    and with it the sentence that says what became of what was typed."""
    vieillir(navigateur, 10 * HEURE + MINUTE)
    htmx = {"HX-Request": "true"}
    for reponse in (
        navigateur.get("/fiches/", headers=htmx),
        navigateur.post("/fiches/numero/", {"nir": "1"}, headers=htmx),
    ):
        assert reponse.status_code == (204 if reponse.request["REQUEST_METHOD"] == "GET" else 401)
        assert not reponse.cookies
        assert "no-store" in reponse.headers["Cache-Control"]
    assert navigateur.post("/signaler/", {"reference": "K7QF-3MWP"}).status_code == 302
    connexion = navigateur.get("/compte/connexion/").content.decode()
    assert "dix heures" in connexion
    assert "gardé une heure, chiffré, pour vous seul" in connexion


def test_en_veille_on_peut_toujours_se_deconnecter(navigateur):
    vieillir(navigateur, 31 * MINUTE)
    navigateur.post("/compte/deconnexion/")
    assert not est_connecte(navigateur)


def test_le_dernier_geste_ne_s_ecrit_pas_a_chaque_page(navigateur):
    vue = navigateur.session[seances.VUE]
    navigateur.get("/fiches/")
    assert navigateur.session[seances.VUE] == vue


def test_les_autres_sessions_tombent_quand_le_mot_de_passe_change(personas, navigateur):
    autre = connecter(personas.ts_rennes)
    nouveau = "une phrase toute neuve des essais"
    champs = {"oldpassword": MOT_DE_PASSE, "password1": nouveau, "password2": nouveau}
    assert navigateur.post("/compte/mot-de-passe/", champs).status_code == 302
    assert navigateur.get("/fiches/").status_code == 200
    assert autre.get("/fiches/").url.startswith("/compte/connexion/")


def test_un_mot_de_passe_poste_en_veille_ne_revient_pas_dans_la_page(navigateur):
    vieillir(navigateur, 31 * MINUTE)
    secrets = {"oldpassword": MOT_DE_PASSE, "password1": "tout neuf", "password2": "tout neuf"}
    page = navigateur.post("/compte/mot-de-passe/", secrets)
    assert page.status_code == 401
    assert MOT_DE_PASSE not in page.content.decode()
    assert "tout neuf" not in page.content.decode()
