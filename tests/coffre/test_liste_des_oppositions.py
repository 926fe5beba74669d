"""The list of the oppositions, once shortened: nothing of the former one stays on the disk."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from relais.coffre import magasin, oppositions
from relais.coffre.actions import numero
from relais.coffre.models import Opposition
from tests.coffre.conftest import Coffre

NIR, AUTRE = "1550735238042", "1550735238043"
FIN, LENDEMAIN, APRES = date(2028, 11, 1), date(2028, 11, 2), date(2029, 1, 1)


@pytest.fixture
def ancienne_liste(coffre: Coffre) -> Iterator[int]:
    """Somebody whose day is over and somebody remembered, and a descriptor on their list."""
    oppositions.retenir("cd35", [numero(NIR)], jusqu_au=FIN)
    oppositions.retenir("cd35", [numero(AUTRE)], jusqu_au=APRES)
    descripteur = os.open(oppositions.chemin(), os.O_RDONLY)
    yield descripteur
    os.close(descripteur)


def _dates(texte: str) -> list[str]:
    return [ligne.split()[0] for ligne in texte.splitlines() if ligne]


def _octets(descripteur: int) -> bytes:
    return os.pread(descripteur, 10_000, 0)


def test_l_ancienne_liste_est_mise_a_zero_avant_de_perdre_son_nom(ancienne_liste: int) -> None:
    assert _octets(ancienne_liste).strip(b"\0")
    oppositions.oublier("cd35", jour=LENDEMAIN)
    assert not _octets(ancienne_liste).strip(b"\0")
    assert _dates(oppositions.chemin().read_text()) == [APRES.isoformat()]
    assert _voisins() == ["oppositions.txt"]


def test_la_liste_s_abrege_meme_quand_le_coffre_n_a_plus_ses_lignes(ancienne_liste: int) -> None:
    Opposition.objects.filter(fin_le=FIN).delete()
    assert oppositions.oublier("cd35", jour=FIN) == 0
    assert _octets(ancienne_liste).strip(b"\0")
    assert oppositions.oublier("cd35", jour=LENDEMAIN) == 0
    assert not _octets(ancienne_liste).strip(b"\0")


def test_une_mise_a_zero_qui_echoue_est_reprise(
    ancienne_liste: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    zero = magasin.mettre_a_zero

    def refuser(fichier: Path) -> None:
        if fichier.name.startswith("oppositions"):
            raise OSError("disque plein")
        zero(fichier)

    with monkeypatch.context() as panne:
        panne.setattr(magasin, "mettre_a_zero", refuser)
        oppositions.oublier("cd35", jour=LENDEMAIN)
    assert "impossible à abréger" in caplog.text
    assert _dates(oppositions.chemin().read_text()) == [APRES.isoformat()]
    assert _octets(ancienne_liste).strip(b"\0")
    oppositions.oublier("cd35", jour=LENDEMAIN)
    assert not _octets(ancienne_liste).strip(b"\0")
    assert _voisins() == ["oppositions.txt"]


def test_un_passage_tue_avant_l_echange_laisse_la_liste_entiere(
    ancienne_liste: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mourir(neuve: Path, cible: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as panne:
        panne.setattr(Path, "replace", mourir)
        with pytest.raises(KeyboardInterrupt):
            oppositions.oublier("cd35", jour=LENDEMAIN)
    assert len(_voisins()) == 3
    assert len(_dates(oppositions.chemin().read_text())) == 2
    oppositions.oublier("cd35", jour=FIN)
    assert _voisins() == ["oppositions.txt"]
    assert len(_dates(oppositions.chemin().read_text())) == 2


def _voisins() -> list[str]:
    return sorted(un.name for un in oppositions.chemin().parent.glob("oppositions*"))
