"""A death that the flow tells of somebody kept: named in the review, recorded by a person."""

from typing import Any

import pytest
from django.test import Client

from relais.reperage.imports import constats
from relais.reperage.models import Personne
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage.flux import CE_MOIS, MOIS_SUIVANT, champs, flux, foyer, personne
from tests.reperage.gestes import ORGANISATION, appliquer, deposer, importer, lire

LUI = {"QUAL": "MR", "NOM": "CORMORAN", "PRENOM": "Yann"}
DTDC = champs(DTDC=CE_MOIS.replace(day=20))
MORTE = "est décédée d’après le fichier"


@pytest.fixture
def charge(personas: Personas) -> Client:
    """Maëlle and Yann are kept since the file of this month."""
    navigateur = connecter(personas.charge_reperage)
    couple = personne("1960-05-01"), personne("1961-05-01", "CJT", qui=LUI)
    importer(navigateur, flux(foyer(*couple, demande="1")))
    return navigateur


def relue(navigateur: Client, octets: bytes) -> tuple[Any, str]:
    depot = lire(deposer(navigateur, octets))
    page = navigateur.get(f"/reperage/imports/{depot.pk}/").content.decode()
    return depot, page.replace("\u00a0", " ")


@pytest.mark.parametrize("etat", ["2", "5"])
def test_la_relecture_nomme_qui_est_mort_et_mene_a_sa_page(charge: Client, etat: str) -> None:
    yann = personne("1961-05-01", "CJT", qui=LUI)
    elle = personne("1960-05-01", dans_identite=DTDC)
    autre = foyer(personne("1960-06-01", qui={"NOM": "AUTRE", "PRENOM": "Ana"}), demande="2")
    octets = flux(foyer(elle, yann, demande="1", etat=etat), autre, du=MOIS_SUIVANT)
    depot, page = relue(charge, octets)
    assert depot.comptes["decedee"] == 1
    assert f"<span>personne suivie {MORTE}" in page
    (dite,) = [un for un in constats.lire(depot).changements if un.quoi == "decedee"]
    assert f'<a href="/reperage/personnes/{dite.personne}/">Maëlle CORMORAN</a>' in page
    sienne = charge.get(f"/reperage/personnes/{dite.personne}/")
    assert sienne.status_code == 200
    assert "plus-concernee" in sienne.content.decode()
    charge.post(f"/reperage/imports/{depot.pk}/confirmer/")
    appliquer(depot)
    with vu_de(ORGANISATION):
        assert Personne.objects.filter(pk=dite.personne).exists()


def test_un_mort_inconnu_ou_homonyme_n_est_pas_nomme(charge: Client) -> None:
    inconnu = personne("1950-05-01", qui={"NOM": "INCONNU", "PRENOM": "Luc"}, dans_identite=DTDC)
    homonyme = personne("1960-05-01", qui={"NOM": "CORMORAN", "PRENOM": "Zoé"}, dans_identite=DTDC)
    vivants = personne("1960-05-01"), personne("1961-05-01", "CJT", qui=LUI)
    octets = flux(
        foyer(*vivants, demande="1"),
        foyer(inconnu, demande="3"),
        foyer(homonyme, demande="4"),
        du=MOIS_SUIVANT,
    )
    depot, page = relue(charge, octets)
    assert "decedee" not in depot.comptes
    assert MORTE not in page
