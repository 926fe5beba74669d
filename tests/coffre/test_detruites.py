"""The list of destroyed keys: written first, read again whole, never in the way."""

import stat
from uuid import UUID, uuid4

import pytest
from django.db import connections

from relais.coffre import actions, detruites, lignes
from relais.coffre.actions import Genre
from tests.coffre.conftest import Coffre


def creer(genre: Genre = Genre.NOTE, combien: int = 3) -> list[UUID]:
    objets = [uuid4() for _ in range(combien)]
    actions.creer_cles(genre, [(objet, None) for objet in objets], organisation="cd35")
    return objets


def listees() -> dict[Genre, set[UUID]]:
    return {genre: set(objets) for genre, objets in detruites.relire().items()}


def test_chaque_cle_detruite_y_est_une_fois(coffre: Coffre) -> None:
    notes, copies = creer(), creer(Genre.EXEMPLAIRE, 1)
    for _ in range(2):
        actions.detruire(Genre.NOTE, notes)
    actions.detruire(Genre.EXEMPLAIRE, copies)
    actions.detruire(Genre.NOTE, [uuid4()])  # it never had a key
    assert listees() == {Genre.NOTE: set(notes), Genre.EXEMPLAIRE: set(copies)}
    assert len(detruites.chemin().read_text().split("\n")) == 1 + 4
    assert stat.S_IMODE(detruites.chemin().stat().st_mode) == 0o600


def test_ce_qui_finit_de_soi_meme_n_y_est_pas(coffre: Coffre) -> None:
    """The key of a pending second factor comes back under the same id: it may not be listed."""
    actions.detruire(Genre.SECOND_FACTEUR, creer(Genre.SECOND_FACTEUR))
    actions.detruire(Genre.ENVOI_EN_ATTENTE, creer(Genre.ENVOI_EN_ATTENTE))
    assert detruites.relire() == {}


def test_une_ligne_coupee_ne_gate_pas_les_suivantes(coffre: Coffre) -> None:
    premiere, seconde = creer(combien=1), creer(combien=1)
    actions.detruire(Genre.NOTE, premiere)
    entiere = detruites.chemin().read_bytes()
    for coupe in range(1, len(entiere)):
        detruites.chemin().write_bytes(entiere[:coupe])
        assert detruites.relire() == {}
        detruites.noter(Genre.NOTE, seconde, le=actions.horloge.maintenant())
        assert detruites.relire() == {Genre.NOTE: seconde}


def test_la_liste_est_ecrite_avant_la_destruction(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tomber(*_: object) -> int:
        raise MemoryError

    objets = creer()
    monkeypatch.setattr(lignes, "supprimer", tomber)
    with pytest.raises(MemoryError):
        actions.detruire(Genre.NOTE, objets)
    assert actions.presentes(Genre.NOTE, objets) == set(objets)
    assert listees() == {Genre.NOTE: set(objets)}


def test_une_liste_qui_ne_s_ecrit_pas_ne_retient_rien(
    coffre: Coffre, caplog: pytest.LogCaptureFixture
) -> None:
    objets = creer()
    detruites.chemin().mkdir()
    assert actions.detruire(Genre.NOTE, objets) == 3
    assert actions.presentes(Genre.NOTE, objets) == set()
    assert "liste des clés détruites impossible à écrire" in caplog.text


def test_ce_qu_une_copie_fait_revenir_est_detruit_de_nouveau(coffre: Coffre) -> None:
    objets, vivante = creer(combien=1200), creer(combien=1)
    connections["coffre"].close()
    avant = coffre.fichier.read_bytes()
    actions.detruire(Genre.NOTE, objets)
    connections["coffre"].close()
    coffre.fichier.write_bytes(avant)
    assert actions.detruire_de_nouveau() == 1200
    assert actions.presentes(Genre.NOTE, objets + vivante) == set(vivante)
    assert actions.detruire_de_nouveau() == 0
