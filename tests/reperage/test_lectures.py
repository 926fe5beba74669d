"""Each page that tells of a person of the caseload is in the journal, once, whatever its status."""

import pytest
from django.test import Client

from relais.journal.models import Evenement
from relais.reperage.models import Personne
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.reperage import personnes
from tests.reperage.personnes import DEPARTEMENT

DE_TROP = {"version": "999"}  # nobody has written that many times
COORDONNEES = {"adresse": "x", "code_postal": "35400", "commune": "SAINT-MALO", "consentement": "I"}

SITUATION = {"aah": "non", "inaptitude": "non", "veuf": "on"}
OBJECTIF = {
    "texte": "Demander ma retraite.",
    "etat": "inscrit",
    "par_releve_de_carriere": "personne",
    "par_demande_de_retraite": "ensemble",
    "par_demande_d_aspa": "ensemble",
}


@pytest.fixture
def personne(personas: Personas) -> Personne:
    return personnes.creer(suivie_par=personas.ts_rennes)


@pytest.fixture
def navigateur(personas: Personas) -> Client:
    return connecter(personas.charge_reperage)


def faits() -> list[tuple[str, str]]:
    with vu_de(DEPARTEMENT):
        return list(Evenement.objects.order_by("pk").values_list("action", "objet"))


@pytest.mark.parametrize(
    "suite",
    ["", "opposition/", "plus-concernee/", "territoire/", "coordonnees/", "situation/"],
)
def test_chaque_page_est_une_lecture(navigateur: Client, personne: Personne, suite: str) -> None:
    avant = faits()
    reponse = navigateur.get(f"/reperage/personnes/{personne.pk}/{suite}")
    assert reponse.status_code == 200
    assert faits()[len(avant) :] == [("lecture", str(personne.pk))]


def test_la_page_de_l_objectif_aussi(personas: Personas, personne: Personne) -> None:
    avant = faits()
    connecter(personas.ts_rennes).get(f"/reperage/personnes/{personne.pk}/objectif/")
    assert faits()[len(avant) :] == [("lecture", str(personne.pk))]


@pytest.mark.parametrize(
    ("qui", "suite", "saisi"),
    [
        ("charge_reperage", "coordonnees/", COORDONNEES),
        ("charge_reperage", "situation/", SITUATION),
        ("ts_rennes", "objectif/", OBJECTIF),
    ],
)
def test_la_page_d_un_conflit_de_version_aussi(
    personas: Personas, personne: Personne, qui: str, suite: str, saisi: dict[str, str]
) -> None:
    navigateur, avant = connecter(getattr(personas, qui)), faits()
    reponse = navigateur.post(f"/reperage/personnes/{personne.pk}/{suite}", saisi | DE_TROP)
    assert reponse.status_code == 409
    assert faits()[len(avant) :] == [("lecture", str(personne.pk))]


@pytest.mark.parametrize("suite", ["plus-concernee/", "territoire/", "coordonnees/"])
def test_une_saisie_refusee_aussi(navigateur: Client, personne: Personne, suite: str) -> None:
    avant = faits()
    reponse = navigateur.post(f"/reperage/personnes/{personne.pk}/{suite}", {"motif": "rien"})
    assert reponse.status_code == 422
    assert faits()[len(avant) :] == [("lecture", str(personne.pk))]
