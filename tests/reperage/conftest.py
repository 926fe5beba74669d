"""`relais reperer` on a file of the test; the same people as tests/fiches."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from relais.reperage.lecture import commande
from tests.fiches.conftest import personas, personnel

__all__ = ["personas", "personnel", "reperer"]

RELAIS = Path(sys.executable).with_name("relais")
AU = "2026-11-01"


@dataclass(frozen=True)
class Sortie:
    code: int
    lignes: list[dict[str, str]]
    dit: str
    erreurs: list[str]


@pytest.fixture
def reperer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Sortie]:
    def lancer(contenu: bytes | str | Path, *, nom: str = "fichier.csv", au: str = AU) -> Sortie:
        source, sortie = tmp_path / nom, tmp_path / "resultat.csv"
        if isinstance(contenu, Path):
            source = contenu
        else:
            source.write_bytes(contenu.encode() if isinstance(contenu, str) else contenu)
        code = commande.main([str(source), "--au", au, "--sortie", str(sortie)])
        dit = capsys.readouterr()
        lues = sortie.read_text("utf-8").splitlines() if sortie.exists() else []
        entete = lues[0].split(";") if lues else []
        lignes = [dict(zip(entete, ligne.split(";"), strict=True)) for ligne in lues[1:]]
        assert [f.name for f in tmp_path.iterdir() if f.suffix == ".partiel"] == []
        return Sortie(code, lignes, dit.out, dit.err.splitlines())

    return lancer
