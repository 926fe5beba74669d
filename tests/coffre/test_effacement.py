"""A destroyed key is nowhere any more: byte search of everything the store leaves on the disk."""

import os
import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from relais.coffre import actions, copies, magasin
from relais.coffre.actions import Genre, Index
from relais.coffre.models import Cle, IndexRecherche
from tests.coffre import gestes
from tests.coffre.conftest import Coffre

EX = Genre.EXEMPLAIRE


def traces(objets: list[UUID]) -> list[bytes]:
    """Eight bytes from the middle of all that the store holds of these: wrapped keys and tags."""
    cles = Cle.objects.filter(objet_id__in=objets)
    enveloppes = cles.values_list("enveloppe", flat=True)
    etiquettes = IndexRecherche.objects.filter(cle__in=cles).values_list("etiquette", flat=True)
    return [bytes(e)[30:38] for e in enveloppes] + [bytes(e)[12:20] for e in etiquettes]


def restes(coffre: Coffre, cherchees: list[bytes]) -> list[str]:
    """In which files of the store's folder they are found, at any place."""
    connections["coffre"].close()
    voulues = set(cherchees)
    return [
        chemin.name
        for chemin in coffre.fichier.parent.iterdir()
        if _contient(chemin.read_bytes(), voulues)
    ]


def _contient(octets: bytes, voulues: set[bytes]) -> bool:
    return any(octets[i : i + 8] in voulues for i in range(len(octets)))


def creer(combien: int, hasard: random.Random | None = None) -> list[UUID]:
    objets = [UUID(int=hasard.getrandbits(128)) if hasard else uuid4() for _ in range(combien)]
    demandes = [(o, Index(nir=f"1{o.int % 10**12:012}", noms=(f"Fictif {o}",))) for o in objets]
    actions.creer_cles(EX, demandes, organisation="cd35")
    return objets


def detruire_au_hasard(coffre: Coffre, graine: int, *, au_moins: int) -> list[bytes]:
    """Of all sizes and in any order: pages split, merge and move their neighbours."""
    hasard = random.Random(graine)
    vivantes: list[UUID] = []
    detruites: list[bytes] = []
    while len(detruites) < 3 * au_moins:
        vivantes += creer(hasard.choice([1, 5, 150, 400]), hasard)
        hasard.shuffle(vivantes)
        combien = hasard.choice([1, 20, 300])
        partantes, vivantes = vivantes[:combien], vivantes[combien:]
        cherchees = traces(partantes)
        assert restes(coffre, cherchees), "the search must be able to find them"
        actions.detruire(EX, partantes)
        detruites += cherchees
    return detruites


@pytest.mark.parametrize("graine", range(6))
def test_rien_ne_reste_de_2000_cles_detruites(coffre: Coffre, graine: int) -> None:
    detruites = detruire_au_hasard(coffre, graine, au_moins=2000)
    actions.effacer_les_traces()
    assert restes(coffre, detruites) == []
    assert not any(coffre.journal.read_bytes())
    with closing(sqlite3.connect(coffre.fichier)) as base:
        assert base.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert coffre.fichier.name in restes(coffre, traces(creer(1)))


def test_ce_que_les_pages_montrent_encore_n_attend_que_la_copie_de_la_minute(
    coffre: Coffre,
) -> None:
    """What SQLite leaves in its pages when it balances them, whatever `secure_delete` says."""
    for graine in range(60):  # one history of 2 000 in three: the tags are drawn anew each time
        detruites = detruire_au_hasard(coffre, graine, au_moins=500)
        if restes(coffre, detruites):
            break
    assert restes(coffre, detruites) == [coffre.fichier.name]
    copie = copies.copier().chemin
    assert restes(coffre, detruites) == []
    assert not _contient(copie.read_bytes(), set(detruites))


def test_sans_secure_delete_les_cles_resteraient(coffre: Coffre) -> None:
    """The search of the test above finds what there is to find."""
    objets = creer(300)
    cherchees = traces(objets[:100])
    with connections["coffre"].cursor() as curseur:
        curseur.execute("PRAGMA secure_delete=OFF")
        actions.detruire(EX, objets[:100])
    assert restes(coffre, cherchees) == [coffre.fichier.name]


def test_sans_mise_a_zero_les_cles_resteraient_dans_le_journal(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    objets = creer(50)
    cherchees = traces(objets)
    with monkeypatch.context() as sans:
        sans.setattr(magasin, "effacer_journal", lambda: None)
        actions.detruire(EX, objets)
    assert restes(coffre, cherchees) == [coffre.journal.name]
    actions.detruire(EX, objets)
    assert restes(coffre, cherchees) == []


def test_le_journal_est_mis_a_zero_sur_place(coffre: Coffre) -> None:
    """Neither cut nor deleted: its freed blocks would keep the keys on the disk."""
    objets = creer(300)
    avant = coffre.journal.stat()
    actions.detruire(EX, objets)
    apres = coffre.journal.stat()
    assert (apres.st_ino, apres.st_size >= avant.st_size) == (avant.st_ino, True)


def test_un_journal_trop_long_n_est_coupe_qu_une_fois_a_zero(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a large transaction left would be read again at each destruction."""
    objets, coupes, couper = creer(1), [], os.truncate

    def verifier_puis_couper(fichier: Path, taille: int) -> None:
        coupes.append(any(fichier.read_bytes()))
        couper(fichier, taille)

    with coffre.journal.open("r+b") as journal:
        journal.seek(magasin.JOURNAL_GARDE * 3)
        journal.write(b"une cle d'avant")
    monkeypatch.setattr(os, "truncate", verifier_puis_couper)
    actions.detruire(EX, objets)
    assert coupes == [False]
    assert coffre.journal.stat().st_size == magasin.JOURNAL_GARDE
    actions.detruire(EX, creer(1))
    assert coupes == [False]


def test_une_cle_detruite_disparait_aussi_de_la_copie_suivante(coffre: Coffre) -> None:
    objets = creer(50)
    cherchees = traces(objets)
    actions.detruire(EX, objets)
    octets = copies.copier().chemin.read_bytes()
    assert not any(trace in octets for trace in cherchees)


def test_la_copie_de_la_minute_efface_le_journal_qu_un_processus_tue_a_laisse(
    coffre: Coffre,
) -> None:
    objets = creer(50)
    cherchees = traces(objets)
    assert coffre.lancer(gestes.detruire_sans_effacer, objets).finir() == -signal.SIGKILL
    assert Cle.objects.count() == 0
    assert restes(coffre, cherchees) == [coffre.journal.name]
    copies.copier()
    assert restes(coffre, cherchees) == []


def tuer_au_milieu(coffre: Coffre) -> None:
    """Leave a journal that must be rolled back."""
    mort = coffre.lancer(gestes.detruire_et_trainer)
    mort.attendre_une_ligne()
    mort.tuer()
    assert any(coffre.journal.read_bytes()[:8])


def test_un_processus_tue_en_detruisant_laisse_le_coffre_entier(coffre: Coffre) -> None:
    """Half written pages are rolled back, by whoever comes next, without losing the journal."""
    objets = creer(400)
    avant = set(Cle.objects.values_list("objet_id", "enveloppe"))
    tuer_au_milieu(coffre)
    inode = coffre.journal.stat().st_ino
    assert actions.creer_cles(EX, [(o, None) for o in objets], organisation="cd35") == 0
    assert set(Cle.objects.values_list("objet_id", "enveloppe")) == avant
    assert coffre.journal.stat().st_ino == inode
    assert coffre.sql("PRAGMA integrity_check") == [("ok",)]


def test_plusieurs_qui_trouvent_un_journal_a_reprendre_ne_se_bloquent_pas(
    coffre: Coffre,
) -> None:
    creer(400)
    for _ in range(10):
        tuer_au_milieu(coffre)
        debut = time.monotonic()
        suivants = [coffre.lancer(gestes.creer, 1) for _ in range(6)]
        assert [suivant.finir() for suivant in suivants] == [0] * 6
        assert time.monotonic() - debut < 10
    assert coffre.sql("SELECT count(*) FROM coffre_cle") == [(460,)]


def test_une_autre_connexion_aurait_jete_le_journal(coffre: Coffre) -> None:
    """Why `recuperer` exists: SQLite reads the schema before it applies journal_mode."""
    creer(400)
    tuer_au_milieu(coffre)
    base = sqlite3.connect(coffre.fichier)
    base.execute("PRAGMA journal_mode=PERSIST")
    base.close()
    assert not coffre.journal.exists()


def test_un_journal_impossible_a_effacer_se_dit_et_se_reprend(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    objets = creer(20)
    cherchees = traces(objets)

    def refuser(*arguments: Any) -> None:
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as panne:
        panne.setattr(os, "pwrite", refuser)
        with pytest.raises(magasin.erreurs.CoffreEnLectureSeule):
            actions.detruire(EX, objets)
    assert restes(coffre, cherchees) == [coffre.journal.name]
    assert actions.detruire(EX, objets) == 0
    assert restes(coffre, cherchees) == []
