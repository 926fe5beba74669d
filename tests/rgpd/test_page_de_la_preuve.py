"""Heads, verifications, and an export that proves itself away from here."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from relais.annuaire import surveillance
from relais.journal.models import Evenement, Verdict
from relais.socle import horloge
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT
from tests.personas import Personas, connecter
from tests.rgpd.pages import page, rangees

ADRESSE = "/journal/preuve/"


def periode() -> dict[str, str]:
    jour = horloge.aujourd_hui()
    return {"debut": (jour - timedelta(days=1)).isoformat(), "fin": jour.isoformat()}


def test_avant_la_premiere_nuit_la_page_le_dit(personas: Personas) -> None:
    texte = page(personas.dpo_caisse, ADRESSE)
    assert "Aucune vérification n’a encore été faite" in texte
    assert "Rien n’a encore été reçu." in texte


def test_chaque_partie_voit_ce_qu_elle_tient_et_ce_qu_elle_a_verifie(personnel: Personas) -> None:
    gestes.transmettre(personnel.ts_rennes)
    surveillance.signer_et_deposer()
    surveillance.verifier(maintenant=horloge.maintenant())
    for qui, autre in (
        (personnel.dpo_departement, "Journal reçu\xa0: la Carsat Bretagne"),
        (personnel.dpo_caisse, "Journal reçu\xa0: le Département"),
    ):
        texte = page(qui, ADRESSE)
        assert autre in texte
        assert texte.count("N°&nbsp;1, ") == 3
        assert len(rangees(texte)) == 3
        assert all(une.endswith("Intact") for une in rangees(texte))
        assert "prévenez l’exploitant" not in texte


def test_un_defaut_et_un_retard_se_lisent(
    personnel: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    surveillance.signer_et_deposer()
    demain = horloge.maintenant() + timedelta(days=1)
    surveillance.verifier(maintenant=demain)
    monkeypatch.setattr(horloge, "maintenant", lambda: demain + timedelta(days=2))
    texte = page(personnel.dpo_departement, ADRESSE)
    assert "Aucun repère signé pendant plus de trois heures (n° 2)." in texte
    assert "La vérification de la nuit n’a pas eu lieu" in texte
    assert "Aucune depuis plus de trois heures" in texte
    with gestes.vu_de(DEPARTEMENT):
        assert Verdict.objects.fautifs().exists()


def verifier(tmp_path: Path, octets: bytes, cle: str, outil: bytes) -> int:
    (tmp_path / "verificateur.py").write_bytes(outil)
    (tmp_path / "export.jsonl").write_bytes(octets)
    ordre = [sys.executable, "-I", "verificateur.py", "export.jsonl", "--cle", cle]
    return subprocess.run(ordre, cwd=tmp_path, check=False, capture_output=True).returncode


def test_l_export_se_verifie_avec_le_fichier_telecharge(
    personnel: Personas, tmp_path: Path
) -> None:
    fiche = gestes.transmettre(personnel.ts_rennes)
    navigateur = connecter(personnel.dpo_departement)
    reponse = navigateur.post(ADRESSE, periode())
    assert reponse.status_code == 200
    assert reponse.headers["Content-Disposition"].startswith('attachment; filename="journal-cd35-')
    assert fiche.reference in reponse.content.decode()
    assert not any(secret in reponse.content.decode() for secret in ("Fictif", "Camille", "Essai"))
    outil = navigateur.get("/journal/verificateur.py").content
    (cle, *_) = (
        ligne.split("<code>")[1].split("</code>")[0]
        for ligne in navigateur.get(ADRESSE).content.decode().split("Clé publique")[1:]
    )
    assert verifier(tmp_path, reponse.content, cle, outil) == 0
    altere = reponse.content.replace(b"transmettre", b"rappeler", 1)
    assert verifier(tmp_path, altere, cle, outil) == 10


def test_l_export_est_note_au_nom_de_qui_le_demande(personnel: Personas) -> None:
    connecter(personnel.dpo_departement).post(ADRESSE, periode())
    with gestes.vu_de(DEPARTEMENT):
        (un,) = Evenement.objects.filter(action="export")
        assert (un.agent, un.objet) == (personnel.dpo_departement.agent.pseudonyme, "journal")


@pytest.mark.parametrize(
    ("dit", "phrase"),
    [
        ({"debut": "2020-01-01", "fin": "2020-01-31"}, "Aucun acte n’est noté"),
        ({"debut": "2026-01-01", "fin": "2026-12-31"}, "trois mois au plus"),
        ({"debut": "", "fin": ""}, "Indiquez une date."),
    ],
)
def test_un_export_impossible_se_dit_et_n_est_pas_note(
    dit: dict[str, Any], phrase: str, personnel: Personas
) -> None:
    reponse = connecter(personnel.dpo_departement).post(ADRESSE, dit)
    assert reponse.status_code == 422
    assert phrase in reponse.content.decode()
    with gestes.vu_de(DEPARTEMENT):
        assert not Evenement.objects.filter(action="export").exists()


def test_un_an_de_signatures_ne_coute_rien_de_plus(personnel: Personas, base: Any) -> None:
    surveillance.signer_et_deposer()
    surveillance.verifier(maintenant=horloge.maintenant())
    navigateur = connecter(personnel.dpo_departement)

    def requetes() -> list[str]:
        for _ in range(2):
            navigateur.get(ADRESSE)
        with CaptureQueriesContext(connection) as capture:
            navigateur.get(ADRESSE)
        return [une["sql"] for une in capture.captured_queries]

    peu = requetes()
    for _ in range(3):
        surveillance.signer_et_deposer()
        surveillance.verifier(maintenant=horloge.maintenant())
    with psycopg.connect(base.url("postgres")) as connexion:
        connexion.execute("ANALYZE")
    assert len(requetes()) == len(peu)
    assert all("LIMIT" in une for une in peu if 'FROM "journal_repere"' in une)
