"""`relais journal cles` and `relais journal exporter`, read back by the verifier."""

import io
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from relais.coffre.signatures import signataire
from relais.journal import export, mois, verificateur
from relais.journal.actions import consigner
from relais.journal.models import SYSTEME, Action, Evenement
from relais.journal.mur import pour
from relais.journal.reperes import signer
from relais.socle import horloge

from .conftest import CARSAT, CD35
from .temps import finir_le_premier_mois, minuit_du_mois, noter, vieillir


@pytest.fixture
def journal(base: Any) -> None:
    for _ in range(3):
        with pour(CD35):
            consigner(Action.LECTURE, organisation=CD35, agent=None, objet="K7QF-3MWP")
            consigner(Action.LECTURE_LISTE, organisation=CD35, agent=None, nombre=25)
        signer(CD35)


def relais(*arguments: str) -> str:
    sortie = io.StringIO()
    call_command("journal", *arguments, stdout=sortie)
    return sortie.getvalue()


def exporter(vers: Path, *options: str) -> str:
    return relais("exporter", "--organisation", CD35, "--vers", str(vers), *options)


def verifier(fichier: Path, dossier: Path) -> int:
    cles = dossier / "cles.txt"
    cles.write_text(relais("cles", "--organisation", CD35))
    return verificateur.main([str(fichier), "--cle", str(cles)])


def test_une_chaine_exportee_se_verifie(
    journal: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fichier = tmp_path / "cd35.jsonl"
    assert exporter(fichier) == f"7 actes exportés dans {fichier}\n"
    assert verifier(fichier, tmp_path) == 0
    assert "7 actes de « cd35 », séquences 1 à 7, 4 repères signés." in capsys.readouterr().out
    assert stat.S_IMODE(fichier.stat().st_mode) == 0o600


def test_un_export_est_lui_meme_un_acte(journal: None, tmp_path: Path) -> None:
    exporter(tmp_path / "cd35.jsonl")
    with pour(CD35):
        dernier = Evenement.objects.latest("id")
    assert (dernier.action, dernier.objet, dernier.agent) == (Action.EXPORT, "journal", None)


def test_un_jour_seul_s_exporte(journal: None, tmp_path: Path) -> None:
    jour = horloge.aujourd_hui().isoformat()
    assert exporter(tmp_path / "un", "--du", jour, "--au", jour).startswith("7 actes")
    assert verifier(tmp_path / "un", tmp_path) == 0


def test_une_periode_sans_acte_n_ecrit_rien(journal: None, tmp_path: Path) -> None:
    demain = (horloge.aujourd_hui() + timedelta(days=2)).isoformat()
    with pytest.raises(CommandError, match="Aucun acte"):
        exporter(tmp_path / "un", "--du", demain, "--au", demain)
    assert list(tmp_path.iterdir()) == []


def test_un_export_n_en_remplace_pas_un_autre(journal: None, tmp_path: Path) -> None:
    (tmp_path / "un").write_text("avant")
    with pytest.raises(CommandError, match="n'a pas été écrit"):
        exporter(tmp_path / "un")
    assert [f.name for f in tmp_path.iterdir()] == ["un"]
    assert (tmp_path / "un").read_text() == "avant"


def test_chaque_organisation_a_sa_cle_et_le_systeme_aussi(journal: None) -> None:
    for organisation in (CARSAT, SYSTEME):
        signer(organisation)
    lignes = relais("cles").splitlines()
    assert [ligne.split()[1] for ligne in lignes] == [CARSAT, CD35, SYSTEME]
    assert len(verificateur.cles_de(relais("cles"))) == 3
    assert relais("cles", "--organisation", CD35).splitlines() == [lignes[1]]


@pytest.fixture
def export_elague(base: Any, tmp_path: Path) -> Path:
    """The whole chain of an organisation whose first month was dropped past its retention."""
    for organisation in (CD35, CARSAT):
        noter(organisation, 3)
    vieillir(base, mois=40)
    finir_le_premier_mois(base, minuit_du_mois(horloge.maintenant(), -39))
    mois.preparer()
    noter(CD35, 2)
    mois.supprimer(apres_mois=36)
    fichier = tmp_path / "cd35.jsonl"
    exporter(fichier)
    return fichier


def test_une_chaine_dont_le_debut_est_parti_a_son_terme_se_verifie(
    export_elague: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verifier(export_elague, tmp_path) == 0
    assert "4 actes de « cd35 », séquences 4 à 7" in capsys.readouterr().out
    assert b'"genre":"mois"' in export_elague.read_bytes().splitlines()[1]


def test_un_debut_parti_sans_sa_ligne_est_un_manque(export_elague: Path, tmp_path: Path) -> None:
    lignes = export_elague.read_bytes().splitlines(keepends=True)
    del lignes[1]
    export_elague.write_bytes(rescelle_par(CD35, lignes))
    assert verifier(export_elague, tmp_path) == 11


@pytest.mark.parametrize(
    ("champ", "valeur", "statut"),
    [
        ("nombre", 2, 13),
        ("sequence", 2, 13),
        ("empreinte", "00" * 32, 13),
        ("fin", "2026-01-01T00:00:00.000000Z", 13),
        ("supprime_le", "2026-01-01T00:00:00.000000Z", 13),
        ("signature", "00" * 64, 13),
        ("nombre", "trois", 11),
    ],
)
def test_une_ligne_de_mois_refaite_se_voit(
    champ: str, valeur: object, statut: int, export_elague: Path, tmp_path: Path
) -> None:
    """Even sealed again by the right key: what is signed of a month is signed for itself."""
    lignes = export_elague.read_bytes().splitlines(keepends=True)
    lignes[1] = verificateur.ecrire(json.loads(lignes[1]) | {champ: valeur})
    export_elague.write_bytes(rescelle_par(CD35, lignes))
    assert verifier(export_elague, tmp_path) == statut


def test_un_jour_garde_s_exporte_sans_les_mois_partis(export_elague: Path, tmp_path: Path) -> None:
    jour = horloge.aujourd_hui().isoformat()
    exporter(tmp_path / "un", "--du", jour, "--au", jour)
    assert verifier(tmp_path / "un", tmp_path) == 0
    assert b'"genre":"mois"' not in (tmp_path / "un").read_bytes()
    exporter(tmp_path / "deux", "--du", "2020-01-01")
    assert verifier(tmp_path / "deux", tmp_path) == 0
    assert b'"genre":"mois"' in (tmp_path / "deux").read_bytes()


def rescelle_par(organisation: str, lignes: list[bytes]) -> bytes:
    vers = io.BytesIO()
    objets = (json.loads(ligne) for ligne in lignes[:-1])
    export.sceller(organisation, objets, vers, cle=signataire(organisation))
    return vers.getvalue()
