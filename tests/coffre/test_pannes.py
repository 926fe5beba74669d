"""The store out of reach: one clean refusal, nothing in clear, and it comes back by itself."""

import os
import shutil
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from django.db import OperationalError, connections

from relais.coffre import actions
from relais.coffre.actions import Genre, Index
from relais.coffre.erreurs import (
    CoffreAbsent,
    CoffreCorrompu,
    CoffreEnLectureSeule,
    CoffreIndisponible,
    CoffreOccupe,
    CoffrePlein,
    Illisible,
)
from relais.coffre.models import Cle
from tests.coffre import gestes
from tests.coffre.conftest import Coffre

NIR = "1550735238042"
Appel = Callable[[UUID], object]
ECRITURES: dict[str, Appel] = {
    "creer": lambda objet: actions.creer_cle(Genre.NOTE, objet, organisation="cd35"),
    "sceller": lambda objet: actions.sceller_neuf(Genre.NOTE, objet, b"clair", organisation="cd35"),
    "indexer": lambda objet: actions.creer_cle(
        Genre.NOTE, objet, organisation="cd35", index=Index(nir=NIR)
    ),
}
LECTURES: dict[str, Appel] = {
    "ouvrir": lambda objet: actions.ouvrir(Genre.NOTE, objet, bytes(60), organisation="cd35"),
    "plusieurs": lambda objet: actions.ouvrir_plusieurs(
        Genre.NOTE, [(objet, bytes(60))], organisation="cd35"
    ),
    "nir": lambda objet: actions.chercher_nir("cd35", NIR),
    "nom": lambda objet: actions.chercher_nom("cd35", "Exemple"),
    "generation": lambda objet: actions.generation(),
    "detruire": lambda objet: actions.detruire(Genre.NOTE, [objet]),
}
TOUS = ECRITURES | LECTURES


def pragma(texte: str) -> None:
    with connections["coffre"].cursor() as curseur:
        curseur.execute(f"PRAGMA {texte}")


def remplir(combien: int = 300) -> list[UUID]:
    objets = [uuid4() for _ in range(combien)]
    actions.creer_cles(Genre.NOTE, [(o, Index(nir=NIR)) for o in objets], organisation="cd35")
    return objets


@pytest.mark.parametrize("appel", TOUS)
def test_un_coffre_disparu_refuse_et_revient(coffre: Coffre, appel: str) -> None:
    """Also when a connection is open: an SQLite that still has the file would go on alone."""
    remplir(1)
    assert connections["coffre"].connection is not None
    ailleurs = coffre.dossier / "ailleurs"
    coffre.fichier.rename(ailleurs)
    with pytest.raises(CoffreAbsent):
        TOUS[appel](uuid4())
    assert not coffre.fichier.exists()
    ailleurs.rename(coffre.fichier)
    assert Cle.objects.count() == 1


def test_un_coffre_remplace_est_vu_aussitot(coffre: Coffre) -> None:
    """A write to the file that is no longer the store would be lost without a word."""
    copie = coffre.dossier / "copie"
    shutil.copy2(coffre.fichier, copie)
    remplir(3)
    copie.replace(coffre.fichier)
    objet = uuid4()
    actions.creer_cle(Genre.NOTE, objet, organisation="cd35")
    assert coffre.sql("SELECT objet_id FROM coffre_cle") == [(objet.hex,)]


@pytest.mark.parametrize("appel", ECRITURES)
def test_un_coffre_en_lecture_seule_refuse_d_ecrire_et_laisse_lire(
    coffre: Coffre, appel: str
) -> None:
    (objet,) = remplir(1)
    scelle = actions.sceller_neuf(Genre.NOTE, objet, b"clair", organisation="cd35")
    pragma("query_only=ON")
    with pytest.raises(CoffreEnLectureSeule):
        ECRITURES[appel](uuid4())
    pragma("query_only=ON")
    assert actions.ouvrir(Genre.NOTE, objet, scelle, organisation="cd35") == b"clair"
    connections["coffre"].close()
    ECRITURES[appel](uuid4())


def remplir_jusqu_au_bout(appel: str) -> None:
    for _ in range(400):
        pragma("max_page_count=1")  # SQLite keeps it to what the file has now
        ECRITURES[appel](uuid4())


@pytest.mark.parametrize("appel", ECRITURES)
def test_un_disque_plein_refuse_et_ne_perd_rien(coffre: Coffre, appel: str) -> None:
    objets = remplir(300)
    with pytest.raises(CoffrePlein):
        remplir_jusqu_au_bout(appel)
    avant = Cle.objects.count()
    assert avant >= 300
    ECRITURES[appel](uuid4())
    assert Cle.objects.count() == avant + 1
    assert actions.detruire(Genre.NOTE, objets) == 300
    assert coffre.sql("PRAGMA integrity_check") == [("ok",)]


def test_un_systeme_qui_refuse_d_agrandir_le_fichier_refuse_proprement(coffre: Coffre) -> None:
    """The system's own refusal, in mid-write: EFBIG where a full disk says ENOSPC."""
    remplir(300)
    taille = coffre.fichier.stat().st_size

    enfant = coffre.lancer(gestes.creer_a_l_etroit, 500, taille + 4096)
    assert enfant.finir() == 1
    *lignes, faute = enfant.lignes()
    assert faute.startswith("! relais.coffre.erreurs.Coffre")
    crees = [ligne[2:] for ligne in lignes]
    connues = {ligne[0] for ligne in coffre.sql("SELECT objet_id FROM coffre_cle")}
    assert {UUID(objet).hex for objet in crees} <= connues
    assert len(connues) - 300 - len(crees) in (0, 1)
    assert coffre.sql("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("appel", TOUS)
def test_un_fichier_qui_n_est_pas_une_base_refuse(coffre: Coffre, appel: str) -> None:
    connections["coffre"].close()
    coffre.fichier.write_bytes(os.urandom(12288))
    with pytest.raises(CoffreCorrompu):
        TOUS[appel](uuid4())


def test_un_coffre_abime_ne_rend_jamais_un_faux_clair(coffre: Coffre) -> None:
    """Each page in turn replaced by noise: what opens is right, the rest is refused."""
    objets = remplir(60)
    scelles = {o: actions.sceller_neuf(Genre.NOTE, o, o.bytes, organisation="cd35") for o in objets}
    connections["coffre"].close()
    bon = coffre.fichier.read_bytes()
    refus = 0
    for page in range(len(bon) // 4096):
        coffre.fichier.write_bytes(bon[: page * 4096] + os.urandom(4096) + bon[(page + 1) * 4096 :])
        for objet in objets[::20]:
            try:
                clair = actions.ouvrir(Genre.NOTE, objet, scelles[objet], organisation="cd35")
                assert clair == objet.bytes
            except (Illisible, CoffreIndisponible):
                refus += 1
        connections["coffre"].close()
    assert refus > 0
    coffre.fichier.write_bytes(bon)
    for objet, scelle in scelles.items():
        lu = actions.ouvrir(Genre.NOTE, objet, scelle, organisation="cd35")
        assert lu == objet.bytes


def test_un_coffre_tenu_trop_longtemps_le_dit(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    autre = coffre.lancer(gestes.tenir)
    autre.attendre_une_ligne()
    try:
        actions.generation()
        pragma("busy_timeout=50")
        with pytest.raises(CoffreOccupe):
            actions.creer_cle(Genre.NOTE, uuid4(), organisation="cd35")
    finally:
        autre.tuer()
    actions.creer_cle(Genre.NOTE, uuid4(), organisation="cd35")


def test_chaque_panne_est_une_base_hors_d_atteinte_pour_la_page(coffre: Coffre) -> None:
    """The 503 page of the house recognises it: an OperationalError without a server."""
    coffre.fichier.unlink()
    with pytest.raises(OperationalError):
        actions.generation()
