"""What the product refuses leaves a line: the page, who, and nothing of what was typed."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.fiches import gestes
from tests.personas import Personas, connecter

HOSTILE = "zzhostile"


def refus(lignes: io.StringIO) -> list[tuple[str, str]]:
    """(message, agent) of each line, once it is sure that none quotes what was typed."""
    assert HOSTILE not in lignes.getvalue()
    lues = [json.loads(une) for une in lignes.getvalue().splitlines()]
    return [(une["message"], une.get("agent", "")) for une in lues if une["niveau"] == "WARNING"]


def qui(affectation: Any) -> str:
    return str(affectation.agent.pseudonyme)


def test_un_choix_que_la_page_ne_propose_pas(personas: Personas, lignes: io.StringIO) -> None:
    envoi = {"nature": HOSTILE, "motif": HOSTILE, "reference": HOSTILE}
    assert connecter(personas.ts_rennes).post("/signaler/", envoi).status_code == 422
    assert refus(lignes) == [("422 fiches:signaler", qui(personas.ts_rennes))]


def test_un_champ_signe_que_l_on_a_refait(personas: Personas, lignes: io.StringIO) -> None:
    ici = connecter(personas.admin_departement)
    assert ici.post("/comptes/importer/confirmer/", {"relues": HOSTILE}).status_code == 302
    assert refus(lignes) == [("refus comptes:confirmer", qui(personas.admin_departement))]


def test_un_geste_que_l_etat_de_la_fiche_refuse(personas: Personas, lignes: io.StringIO) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    connecter(personas.ts_rennes).post(f"/fiches/{fiche.reference}/rappeler/", {"x": HOSTILE})
    assert refus(lignes) == [("refus fiches:rappeler", qui(personas.ts_rennes))]


def test_une_borne_atteinte(personas: Personas, lignes: io.StringIO, settings: Any) -> None:
    settings.LIMITES = settings.LIMITES | {"brouillon": (1, timedelta(hours=1))}
    ici = connecter(personas.ts_rennes)
    for _ in range(2):
        ici.post("/fiches/nouvelle/")
    assert refus(lignes) == [("borne atteinte : brouillon", qui(personas.ts_rennes))]


@pytest.mark.usefixtures("db")
def test_un_formulaire_venu_d_ailleurs(lignes: io.StringIO) -> None:
    severe = Client(enforce_csrf_checks=True)
    assert severe.post("/compte/connexion/", {"login": HOSTILE}).status_code == 403
    assert refus(lignes) == [("403 account_login", "")]
