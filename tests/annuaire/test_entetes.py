"""Headers of every answer, whoever asks and however it ends: pages, refusals, errors, files."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from relais.socle.panne import demande_illisible, erreur_interne, introuvable
from tests.annuaire.gestes import entrer
from tests.annuaire.test_acces import PUBLIQUES, adresses
from tests.personas import connecter

STATIQUES = ("/statique/socle/relais.css", "/statique/socle/page.js")
DIRECTIVES = {
    *("default-src 'none'", "script-src 'self'", "object-src 'none'", "base-uri 'none'"),
    *("frame-ancestors 'none'", "form-action 'self'"),
}


def casser(requete: HttpRequest) -> HttpResponse:
    raise ValueError("cassée")


urlpatterns = [path("casser/", casser, name="casser"), path("", include("config.urls"))]
handler400, handler404, handler500 = demande_illisible, introuvable, erreur_interne


def demander(client: Client, adresse: str, methode: str = "GET") -> HttpResponse:
    """One answer, read to its end."""
    reponse = client.generic(methode, adresse, secure=True)
    if reponse.streaming:
        b"".join(reponse.streaming_content)
    return reponse


@pytest.fixture
def reponses(personas, settings) -> dict[tuple[str, str], HttpResponse]:
    """(who, address) → answer: each address by nobody and by a social worker, and what breaks."""
    settings.ROOT_URLCONF = __name__
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 63_072_000, True
    toutes = [*adresses().values(), *STATIQUES, "/rien/", "/statique/rien.css", "/statique/"]
    visiteurs = {"personne": Client(), "ts": connecter(personas.ts_rennes)}
    for client in visiteurs.values():
        client.raise_request_exception = False
    return {
        (qui, adresse): demander(client, adresse)
        for qui, client in visiteurs.items()
        for adresse in toutes
    }


def test_chaque_reponse_porte_les_memes_protections(reponses):
    assert {r.status_code for r in reponses.values()} >= {200, 302, 403, 404, 405, 500}
    for ou, reponse in reponses.items():
        entetes = reponse.headers
        politique = entetes.get("Content-Security-Policy", "").split("; ")
        assert set(politique) >= DIRECTIVES, ou
        assert not [une for une in politique if "unsafe" in une or "*" in une], ou
        assert entetes["X-Content-Type-Options"] == "nosniff", ou
        assert entetes["X-Frame-Options"] == "DENY", ou
        assert entetes["Referrer-Policy"] in {"same-origin", "no-referrer"}, ou
        assert entetes["Cross-Origin-Opener-Policy"] == "same-origin", ou
        assert "geolocation=()" in entetes["Permissions-Policy"], ou
        assert entetes["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains", ou

    verifier_qu_aucun_autre_site_ne_lit(reponses)
    verifier_la_nature_et_le_jeu_de_caracteres(reponses)
    verifier_que_rien_ne_se_garde(reponses)
    assert reponses["ts", "/statique/"].status_code == 404  # no listing of files


def verifier_qu_aucun_autre_site_ne_lit(reponses):
    assert [ou for ou, r in reponses.items() if "Access-Control-Allow-Origin" in r.headers] == []


def verifier_la_nature_et_le_jeu_de_caracteres(reponses):
    natures = {r.headers["Content-Type"] for r in reponses.values()}
    assert "text/html; charset=utf-8" in natures
    sans = {une for une in natures if une.startswith("text/") and "charset" not in une}
    assert sans == set()


def verifier_que_rien_ne_se_garde(reponses):
    """Whatever a logged-in browser gets but files of ours; each closed page has its way out."""
    ouvertes = {adresse for nom, adresse in adresses().items() if nom in PUBLIQUES}
    for (qui, adresse), reponse in reponses.items():
        if qui == "personne" or adresse in STATIQUES:
            continue
        assert "no-store" in reponse.headers["Cache-Control"], adresse
        if adresse in ouvertes or reponse.status_code != 200:
            continue
        if "html" in reponse.headers["Content-Type"]:
            assert b"/compte/deconnexion/" in reponse.content, adresse


def test_ni_trace_ni_methode_inconnue_ne_repond(personas):
    """TRACE would give back the cookies of whoever asks."""
    client = connecter(personas.ts_rennes)
    for adresse in adresses().values():
        for methode in ("TRACE", "CONNECT", "DELETE"):
            assert demander(client, adresse, methode).status_code in {302, 403, 404, 405}, adresse


def test_sans_jeton_aucun_envoi_n_est_recu(personas):
    """A form of another site has no token: refused before its view, at every address."""
    client = Client(enforce_csrf_checks=True)
    client.cookies = connecter(personas.ts_rennes).cookies
    assert client.get("/fiches/").status_code == 200
    recus = {a: client.post(a, secure=True).status_code for a in adresses().values()}
    assert {a: statut for a, statut in recus.items() if statut != 403} == {}


def test_aucun_temoin_hors_de_la_session_et_du_jeton(personas, client):
    """Messages of the pages have no cookie of their own, which could not be bound to the host."""
    entrer(client, personas.ts_rennes)
    client.post("/compte/deconnexion/")
    client.get("/compte/connexion/")
    client.get("/fiches/")
    assert set(client.cookies) <= {"session", "csrf"}


def test_se_deconnecter_fait_oublier_au_navigateur_ce_qu_il_a_garde(personas, client):
    entrer(client, personas.ts_rennes)
    assert "Clear-Site-Data" not in client.get("/compte/deconnexion/").headers
    reponse = client.post("/compte/deconnexion/")
    assert reponse.headers["Clear-Site-Data"] == '"cache", "storage"'


def test_en_clair_on_est_renvoye_vers_https(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["relais.exemple.test"]
    reponse = Client().get("/compte/connexion/", headers={"host": "relais.exemple.test"})
    assert reponse.status_code == 301
    assert reponse.headers["Location"] == "https://relais.exemple.test/compte/connexion/"


def test_un_visiteur_ne_choisit_ni_son_protocole_ni_notre_nom(db, settings):
    """Without a declared proxy its headers are nothing; another host is never believed."""
    settings.SECURE_SSL_REDIRECT = True
    entetes = {"x-forwarded-proto": "https", "x-forwarded-host": "ailleurs.exemple.test"}
    reponse = Client().get("/compte/connexion/", headers=entetes)
    assert reponse.status_code == 301
    assert "ailleurs" not in reponse.headers["Location"]
    assert Client().get("/", headers={"host": "ailleurs.exemple.test"}).status_code == 400
