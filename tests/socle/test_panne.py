"""PostgreSQL stopped: a plain 503, then the service comes back by itself."""

import shutil
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from django.db import OperationalError, connections
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path

from relais.socle.panne import base_hors_d_atteinte, erreur_interne
from relais.socle.postgres import Serveur


def lire(request):
    with connections["default"].cursor() as curseur:
        curseur.execute("SELECT 'tout va bien'")
        return HttpResponse(curseur.fetchone()[0])


def echouer(request):
    raise ValueError("1850175123456 ne doit pas sortir d’ici")


urlpatterns = [path("lire/", lire), path("echouer/", echouer)]
handler500 = erreur_interne


@pytest.fixture
def serveur(django_db_blocker):
    """A server of its own that a test may stop, under Django's alias `default`."""
    dossier = Path(tempfile.mkdtemp(prefix="rr-"))
    alias = connections["default"]
    avant = {cle: alias.settings_dict[cle] for cle in ("NAME", "HOST")}
    with django_db_blocker.unblock(), Serveur(dossier / "pg", sur=False) as serveur:
        alias.close()
        alias.close_pool()
        alias.settings_dict |= {"NAME": "relais", "HOST": str(serveur.prises)}
        yield serveur
        alias.close()
        alias.close_pool()
        alias.settings_dict |= avant
    shutil.rmtree(dossier)


@pytest.fixture
def visiteur(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    return visiter


def visiter(chemin: str) -> HttpResponse:
    """One request; its connection goes back to the pool, as at the end of every real one."""
    reponse = Client(raise_request_exception=False).get(chemin)
    connections["default"].close()
    return reponse


def test_base_arretee_une_page_simple_puis_tout_revient(serveur, visiteur):
    assert visiteur("/lire/").content.decode() == "tout va bien"
    serveur.arreter()
    panne = visiteur("/lire/")
    assert panne.status_code == 503
    assert panne["Retry-After"] == "30"
    assert "momentanément indisponible" in panne.content.decode()
    assert visiteur("/lire/").status_code == 503
    serveur.demarrer()
    fin = time.monotonic() + 60
    while (reponse := visiteur("/lire/")).status_code == 503:
        assert time.monotonic() < fin, "le service ne revient pas"
    assert reponse.content.decode() == "tout va bien"


def test_apres_un_redemarrage_une_seule_page_au_plus_est_refusee(serveur, visiteur):
    """Several connections lie in the pool when the server dies: the first failure clears all."""
    remplir_la_reserve(4)
    serveur.arreter()
    serveur.demarrer()
    codes = [visiteur("/lire/").status_code for _ in range(6)]
    assert codes[1:] == [200] * 5


def remplir_la_reserve(combien: int) -> None:
    """That many connections of Django's pool held together, then given back."""
    connections["default"].ensure_connection()
    connections["default"].close()
    reserve = connections["default"].pool
    for prise in [reserve.getconn() for _ in range(combien)]:
        reserve.putconn(prise)


def test_une_faute_du_programme_reste_une_erreur_500_sans_detail(visiteur):
    reponse = visiteur("/echouer/")
    assert reponse.status_code == 500
    assert "1850175123456" not in reponse.content.decode()


@pytest.mark.parametrize(
    ("cause", "panne"),
    [
        (psycopg.OperationalError("connection refused"), True),
        (psycopg.errors.AdminShutdown(), True),
        (psycopg.errors.TooManyConnections(), True),
        (psycopg.errors.DeadlockDetected(), False),
        (psycopg.errors.QueryCanceled(), False),
        (psycopg.errors.LockNotAvailable(), False),
    ],
)
def test_seule_une_base_hors_d_atteinte_est_une_panne(cause, panne):
    erreur = OperationalError("en anglais")
    erreur.__cause__ = cause
    autour = RuntimeError("autour")
    autour.__context__ = erreur
    assert base_hors_d_atteinte(autour) is panne
    assert not base_hors_d_atteinte(None)


def test_le_produit_sert_cette_page():
    assert get_resolver("config.urls").resolve_error_handler(500) is erreur_interne
