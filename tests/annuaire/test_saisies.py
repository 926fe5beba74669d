"""Typed on a session that closes: sealed for its agent, given back to them alone, never sent."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client

from relais.annuaire import saisies, seances
from relais.annuaire.models import SaisieGardee
from relais.coffre.actions import Genre
from relais.socle import horloge
from tests.annuaire.gestes import entrer, est_connecte
from tests.annuaire.test_seances import HEURE, MINUTE, vieillir
from tests.fiches.gestes import a_une_cle
from tests.personas import connecter, poser_second_facteur

SAISIE = {"nature": "technique", "reference": "K7QF-3MWP <&>"}


@pytest.fixture
def navigateur(personas):
    navigateur = connecter(personas.ts_rennes)
    navigateur.get("/fiches/")
    return navigateur


def poster_trop_tard(navigateur, adresse="/signaler/", champs=SAISIE, **options):
    vieillir(navigateur, 10 * HEURE + MINUTE, seances.OUVERTE)
    return navigateur.post(adresse, champs, **options)


def suite(reponse) -> str:
    """Where the login page leads next."""
    return unquote(re.search(r"[?&]next=([^&]+)", reponse.url)[1])


def test_au_bout_de_dix_heures_la_saisie_revient_dans_la_meme_page(personas, navigateur):
    reponse = poster_trop_tard(navigateur, HTTP_REFERER="http://testserver/signaler/?fiche=X")
    assert not est_connecte(navigateur)
    assert suite(reponse).startswith("/signaler/?fiche=X&saisie=")
    assert "gardé une heure" in navigateur.get(reponse.url).content.decode()
    page = connecter(personas.ts_rennes).get(suite(reponse)).content.decode()
    assert "Rien n’est parti" in page
    assert 'value="K7QF-3MWP &lt;&amp;&gt;"' in page
    assert re.search(r'value="technique"[^>]* checked', page)


def test_rien_ne_part_tout_seul(personas, navigateur):
    reponse = poster_trop_tard(navigateur, champs={"nature": "technique", "reference": ""})
    rendu = connecter(personas.ts_rennes)
    rendu.get(suite(reponse))
    referent = connecter(personas.referent_departement)
    assert "Aucun dysfonctionnement" in referent.get("/suivi/").content.decode()


def test_un_autre_agent_ne_voit_rien_de_ce_qui_etait_ecrit(personas, navigateur):
    reponse = poster_trop_tard(navigateur)
    for autre in (personas.ts_rennes_collegue, personas.agent_caisse):
        page = connecter(autre).get(suite(reponse)).content.decode()
        assert "K7QF-3MWP" not in page
        assert "Rien n’est à reprendre ici" in page


def test_au_bout_d_une_heure_c_est_efface_la_cle_avec(personas, navigateur):
    reponse = poster_trop_tard(navigateur)
    gardee = SaisieGardee.objects.get()
    assert a_une_cle(Genre.ENVOI_EN_ATTENTE, gardee.pk)
    SaisieGardee.objects.update(a_purger_le=horloge.maintenant())
    assert "K7QF" not in connecter(personas.ts_rennes).get(suite(reponse)).content.decode()
    assert saisies.purger(horloge.maintenant()) == 1
    assert not a_une_cle(Genre.ENVOI_EN_ATTENTE, gardee.pk)
    assert saisies.purger(horloge.maintenant()) == 0


def test_ce_qui_est_garde_est_chiffre_et_lie_a_son_agent(personas, navigateur):
    poster_trop_tard(navigateur)
    gardee = SaisieGardee.objects.get()
    assert b"K7QF" not in bytes(gardee.document)
    assert gardee.a_purger_le - gardee.gardee_le == timedelta(hours=1)
    SaisieGardee.objects.update(agent=personas.ts_redon.agent)
    deplacee = saisies.retrouver(
        str(gardee.pk), personas.ts_redon.agent, maintenant=horloge.maintenant()
    )
    assert deplacee is None


def test_une_fois_partie_elle_est_oubliee(personas, navigateur):
    reponse = poster_trop_tard(navigateur)
    rendu = connecter(personas.ts_rennes)
    venue = {"HTTP_REFERER": f"http://testserver{suite(reponse)}"}
    rendu.post("/signaler/", {"nature": ""}, **venue)
    assert SaisieGardee.objects.exists(), "refused: it may still be wanted"
    rendu.post("/signaler/", {"nature": "technique"}, **venue)
    assert not SaisieGardee.objects.exists()


def test_les_plus_anciennes_laissent_la_place(personas, navigateur):
    maintenant = horloge.maintenant()
    une = saisies.Saisie("/signaler/", "/signaler/", (("nature", "lenteur"),), False)
    for minute in range(7):
        saisies.garder(
            une, personas.ts_rennes.agent, maintenant=maintenant + timedelta(minutes=minute)
        )
    assert SaisieGardee.objects.count() == saisies.AU_PLUS


def test_un_mot_de_passe_n_est_jamais_garde(navigateur):
    reponse = poster_trop_tard(navigateur, "/compte/mot-de-passe/", {"password1": "tout neuf"})
    assert suite(reponse) == "/compte/mot-de-passe/"
    assert not SaisieGardee.objects.exists()


def test_un_bouton_seul_se_presse_de_nouveau(navigateur):
    reponse = poster_trop_tard(navigateur, "/fiches/nouvelle/", {})
    assert not SaisieGardee.objects.exists()
    assert suite(reponse) == "/fiches/nouvelle/"


def jeton(page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def page_ouverte(client, personas) -> str:
    """The token of a page of the malfunctions, by somebody logged in for real."""
    entrer(client, personas.ts_rennes)
    return jeton(client.get("/signaler/").content.decode())


def test_une_session_disparue_garde_aussi(personas, client):
    """The row of the session is gone: the token of the page tells whose it was."""
    ancien = page_ouverte(client, personas)
    client.session.flush()
    reponse = client.post("/signaler/", SAISIE | {"csrfmiddlewaretoken": ancien})
    assert "saisie=" in suite(reponse)
    page = connecter(personas.ts_rennes).get(suite(reponse)).content.decode()
    assert "K7QF-3MWP" in page


def test_un_vieil_onglet_apres_une_nouvelle_connexion_garde_aussi(personas):
    client, champs = vieil_onglet(personas, puis=personas.ts_rennes)
    reponse = client.post("/signaler/", champs, HTTP_ORIGIN="http://testserver")
    assert reponse.status_code == 302
    assert reponse.url.startswith("/signaler/?saisie=")
    assert "K7QF-3MWP" in client.get(reponse.url).content.decode()


def test_le_vieil_onglet_d_un_autre_ne_garde_rien(personas):
    client, champs = vieil_onglet(personas, puis=personas.ts_redon)
    reponse = client.post("/signaler/", champs, HTTP_ORIGIN="http://testserver")
    assert reponse.status_code == 403
    assert "quelqu’un d’autre" in reponse.content.decode()
    assert not SaisieGardee.objects.exists()


def test_un_autre_site_ne_fait_rien_garder(personas):
    client, champs = vieil_onglet(personas, puis=personas.ts_rennes)
    for options in ({"HTTP_ORIGIN": "http://ailleurs.test"}, {}):
        assert client.post("/signaler/", champs, **options).status_code == 403
    assert not SaisieGardee.objects.exists()


def vieil_onglet(personas, *, puis) -> tuple[Client, dict[str, str]]:
    """What a page of ts_rennes posts once `puis` has logged in again in the same browser."""
    client = Client(enforce_csrf_checks=True)
    entrer_avec_jetons(client, personas.ts_rennes)
    ancien = jeton(client.get("/signaler/").content.decode())
    client.cookies.clear()  # new session, new tokens
    entrer_avec_jetons(client, puis)
    return client, SAISIE | {"csrfmiddlewaretoken": ancien}


def entrer_avec_jetons(client, qui) -> None:
    """As a browser: a session and the cookie of its tokens."""
    poser_second_facteur(qui.agent)
    client.force_login(qui.agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/signaler/")
