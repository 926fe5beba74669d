"""The browser's bench itself, on a page of its own."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from relais.socle.alertes import alerter
from relais.socle.models import Alerte
from tests.parcours import conftest

PAGE = """<!doctype html><html lang="fr"><head><title>Essai</title></head><body><main><h1>Essai</h1>
<p>{}</p></main></body></html>"""


def compter(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.format(Alerte.objects.count()))


def fautive(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.format("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"))


def ailleurs(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE.format("<script src='http://exemple.invalid/a.js'></script>"))


urlpatterns = [
    path("compter/", compter),
    path("fautive/", fautive),
    path("ailleurs/", ailleurs),
]


@pytest.fixture(autouse=True)
def pages_d_essai(settings):
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize("fois", [1, 2])
def test_le_navigateur_voit_la_base_du_test_et_elle_seule(page, fois):
    alerter(Alerte.Nature.TRAVAIL)
    page.goto("/compter/")
    assert page.inner_text("p") == "1"


def test_axe_refuse_une_image_sans_texte(page, axe):
    page.goto("/compter/")
    axe(page)
    page.goto("/fautive/")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


def test_une_requete_vers_l_exterieur_se_voit(chromium, serveur_web):
    plaintes = []
    contexte = chromium.new_context(base_url=serveur_web)
    conftest.surveiller(contexte, plaintes)
    contexte.new_page().goto("/ailleurs/")
    contexte.close()
    assert any("exemple.invalid" in plainte for plainte in plaintes)


def test_deux_visiteurs_ne_partagent_pas_leurs_temoins(visiteur):
    un, autre = visiteur(), visiteur()
    un.goto("/compter/")
    un.context.add_cookies([{"name": "a", "value": "b", "url": un.url}])
    autre.goto("/compter/")
    assert autre.context.cookies() == []
