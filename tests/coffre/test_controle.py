"""An unsafe store is refused before anything is served, each fault by its own sentence."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.db import connections

from relais.coffre.controle import controler, defauts, verifier_magasin
from relais.coffre.models import Kek
from tests.coffre.conftest import Coffre


@pytest.fixture
def reglages(coffre: Coffre) -> Iterator[dict[str, Any]]:
    """The settings of alias `coffre`, put back afterwards."""
    ici = connections.settings["coffre"]
    avant = ici | {"OPTIONS": dict(ici["OPTIONS"])}
    yield ici
    connections["coffre"].close()
    ici.update(avant)


def refuse(morceau: str) -> None:
    with pytest.raises(SystemExit) as refus:
        verifier_magasin()
    assert str(refus.value).startswith("Coffre non sûr, refusé :\n– ")
    assert morceau in str(refus.value)
    assert [faute.id for faute in controler(databases=["coffre"])][:1] == ["coffre.E001"]


def test_le_coffre_du_produit_est_accepte(coffre: Coffre) -> None:
    assert list(defauts()) == []
    verifier_magasin()
    assert connections["coffre"].connection is None  # nothing for a forked worker to inherit


def test_django_le_controle_avec_ses_bases(coffre: Coffre) -> None:
    coffre.fichier.chmod(0o644)
    fautes = run_checks(tags=[Tags.database], databases=["coffre"])
    assert [faute.id for faute in fautes] == ["coffre.E001"]
    assert controler(databases=["default"]) == controler() == []


@pytest.mark.parametrize(
    ("pragma", "valeur"),
    [
        ("secure_delete", "OFF"),
        ("secure_delete", "FAST"),
        ("journal_mode", "DELETE"),
        ("journal_mode", "TRUNCATE"),
        ("journal_mode", "MEMORY"),
        ("journal_mode", "OFF"),
        ("journal_mode", "WAL"),
        ("journal_size_limit", "0"),
        ("synchronous", "OFF"),
        ("synchronous", "NORMAL"),
        ("temp_store", "FILE"),
        ("temp_store", "DEFAULT"),
        ("foreign_keys", "OFF"),
    ],
)
def test_un_autre_reglage_de_sqlite_est_refuse(
    reglages: dict[str, Any], pragma: str, valeur: str
) -> None:
    reglages["OPTIONS"]["init_command"] += f"; PRAGMA {pragma}={valeur}"
    refuse(pragma)


def test_un_coffre_a_coupure_automatique_est_refuse(coffre: Coffre) -> None:
    for requete in ("PRAGMA auto_vacuum=FULL", "VACUUM"):
        with connections["coffre"].cursor() as curseur:
            curseur.execute(requete)
    refuse("auto_vacuum")


@pytest.mark.parametrize(
    ("reglage", "valeur", "morceau"),
    [
        ("ENGINE", "django.db.backends.postgresql", "le coffre est sur SQLite"),
        ("NAME", ":memory:", "en mémoire"),
        ("NAME", "file:x?mode=memory&cache=shared", "en mémoire"),
        ("ATOMIC_REQUESTS", True, "ATOMIC_REQUESTS"),
        ("transaction_mode", "DEFERRED", "IMMEDIATE"),
        ("transaction_mode", None, "IMMEDIATE"),
        ("timeout", 5, "20 secondes"),
    ],
)
def test_un_autre_reglage_de_django_est_refuse(
    reglages: dict[str, Any], reglage: str, valeur: Any, morceau: str
) -> None:
    (reglages if reglage.isupper() else reglages["OPTIONS"])[reglage] = valeur
    refuse(morceau)


@pytest.mark.parametrize("droits", [0o640, 0o604, 0o660, 0o601])
def test_un_fichier_ouvert_a_d_autres_est_refuse(coffre: Coffre, droits: int) -> None:
    coffre.fichier.chmod(droits)
    refuse(f"chmod 600 {coffre.fichier}")
    coffre.fichier.chmod(0o600)
    coffre.journal.touch()
    coffre.journal.chmod(droits)
    refuse(f"chmod 600 {coffre.journal}")


@pytest.mark.parametrize("lequel", ["coffre", "copies"])
@pytest.mark.parametrize("droits", [0o750, 0o705, 0o711])
def test_un_dossier_ouvert_a_d_autres_est_refuse(coffre: Coffre, lequel: str, droits: int) -> None:
    dossier = coffre.fichier.parent if lequel == "coffre" else coffre.copies
    dossier.chmod(droits)
    refuse(f"chmod 700 {dossier}")


@pytest.mark.parametrize(
    "intrus", ["dump.sql", "coffre.sqlite3.bak", "PG_VERSION", "coffre.sqlite3-wal", ".cache"]
)
def test_le_dossier_du_coffre_ne_contient_que_lui(coffre: Coffre, intrus: str) -> None:
    (coffre.fichier.parent / intrus).touch(0o600)
    refuse(intrus)


def test_un_lien_a_la_place_du_coffre_est_refuse(coffre: Coffre, tmp_path: Path) -> None:
    ailleurs = tmp_path / "ailleurs.sqlite3"
    coffre.fichier.rename(ailleurs)
    coffre.fichier.symlink_to(ailleurs)
    refuse("n'est pas ce qui est attendu")


def test_le_fichier_d_un_autre_compte_est_refuse(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    moi = coffre.fichier.stat().st_uid
    if moi == 0:
        os.chown(coffre.fichier, 12345, -1)
    monkeypatch.setattr(os, "geteuid", lambda: moi + 1)
    refuse("autre compte")


@pytest.mark.parametrize("copies", ["coffre", "coffre/copies", "."])
def test_les_copies_vont_ailleurs_que_le_coffre(coffre: Coffre, settings: Any, copies: str) -> None:
    settings.COFFRE_COPIES = coffre.dossier / copies
    refuse("RELAIS_COFFRE_COPIES")


@pytest.mark.parametrize("voisin", ["coffre", "coffre-copies"])
def test_la_cle_racine_ne_part_pas_avec_le_coffre_ni_ses_copies(
    coffre: Coffre, settings: Any, voisin: str
) -> None:
    settings.CLE_RACINE = coffre.dossier / voisin / "racine.cle"
    refuse("RELAIS_CLE_RACINE")


def test_un_coffre_absent_est_refuse_sans_etre_cree(sans_coffre: Coffre) -> None:
    sans_coffre.fichier.parent.mkdir(parents=True, mode=0o700)
    refuse("relais migrer")
    assert not sans_coffre.fichier.exists()


def test_un_coffre_vide_est_refuse(coffre: Coffre) -> None:
    coffre.sql("DELETE FROM coffre_kek")
    refuse("relais migrer")


def test_un_coffre_sans_sa_cle_racine_est_refuse(coffre: Coffre) -> None:
    coffre.racine.unlink()
    refuse("La clé racine manque")


def test_un_coffre_avec_la_racine_d_un_autre_est_refuse(coffre: Coffre) -> None:
    coffre.racine.write_bytes(b"k" * 32)
    refuse("pas celle de ce coffre")


def test_une_kek_alteree_est_refusee(coffre: Coffre) -> None:
    bonne = bytes(Kek.objects.get().enveloppe)
    Kek.objects.update(enveloppe=bonne[:-1] + bytes([bonne[-1] ^ 1]))
    refuse("altérée")


def test_un_fichier_qui_n_est_pas_un_coffre_est_refuse(coffre: Coffre) -> None:
    coffre.fichier.write_bytes(os.urandom(8192))
    refuse("abîmé")


def test_la_commande_d_etat_refuse_aussi(coffre: Coffre) -> None:
    coffre.fichier.chmod(0o644)
    with pytest.raises(SystemExit, match="Coffre non sûr"):
        call_command("coffre", "etat")
    with pytest.raises(CommandError, match=r"coffre\.E001"):
        call_command("check", databases=["coffre"])
