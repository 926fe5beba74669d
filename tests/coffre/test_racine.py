"""The root key and the first installation: made once, on request, never by surprise."""

import os
import shutil
import stat
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from relais.coffre import actions, copies, racine
from relais.coffre.actions import Genre
from relais.coffre.erreurs import CoffreAbsent, CoffreIndisponible, RacineRefusee
from relais.coffre.initialisation import initialiser
from relais.coffre.models import Kek, Magasin
from relais.socle.demarrage import verifier_pret
from tests.coffre.conftest import Coffre, contenu


def sceller() -> bytes:
    return actions.sceller_neuf(Genre.NOTE, uuid4(), b"x", organisation="cd35")


def refuse(motif: str) -> None:
    with pytest.raises(RacineRefusee, match=motif):
        racine.lire()
    with pytest.raises(CoffreIndisponible):
        sceller()


def test_la_cle_racine_fait_32_octets_que_lui_seul_peut_lire(coffre: Coffre) -> None:
    assert len(racine.lire()) == 32
    assert stat.S_IMODE(coffre.racine.stat().st_mode) == 0o600
    assert contenu(coffre.racine.parent) == ["racine.cle"]


@pytest.mark.parametrize("droits", [0o640, 0o604, 0o620, 0o602, 0o610, 0o666])
def test_une_cle_racine_ouverte_a_d_autres_est_refusee(coffre: Coffre, droits: int) -> None:
    coffre.racine.chmod(droits)
    refuse("chmod 600")


@pytest.mark.parametrize("droits", [0o770, 0o707, 0o1777])
def test_un_dossier_ou_d_autres_ecrivent_est_refuse(coffre: Coffre, droits: int) -> None:
    coffre.racine.parent.chmod(droits)
    refuse("chmod 700")


@pytest.mark.parametrize("longueur", [0, 16, 31, 33, 64])
def test_une_cle_racine_d_une_autre_longueur_est_refusee(coffre: Coffre, longueur: int) -> None:
    coffre.racine.write_bytes(b"k" * longueur)
    refuse("32 octets")


def test_un_lien_a_la_place_de_la_cle_racine_est_refuse(coffre: Coffre, tmp_path: Path) -> None:
    ailleurs = tmp_path / "ailleurs"
    coffre.racine.rename(ailleurs)
    coffre.racine.symlink_to(ailleurs)
    refuse("ne peut pas être lue")


def test_un_tube_a_la_place_de_la_cle_racine_est_refuse(coffre: Coffre) -> None:
    coffre.racine.unlink()
    coffre.racine.mkdir(mode=0o700)
    refuse("fichier ordinaire")


def test_la_cle_racine_d_un_autre_compte_est_refusee(
    coffre: Coffre, monkeypatch: pytest.MonkeyPatch
) -> None:
    moi = coffre.racine.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: moi + 1)
    if moi == 0:  # root's files are trusted by every account: give it to somebody
        os.chown(coffre.racine, 12345, -1)
    refuse("autre compte")


def test_une_cle_racine_perdue_n_est_jamais_refaite(coffre: Coffre) -> None:
    coffre.racine.unlink()
    refuse("manque")
    with pytest.raises(CommandError, match="manque"):
        initialiser()
    assert not coffre.racine.exists()


def test_une_cle_racine_n_est_jamais_remplacee(coffre: Coffre) -> None:
    avant = coffre.racine.read_bytes()
    with pytest.raises(RacineRefusee, match="jamais remplacée"):
        racine.creer()
    assert coffre.racine.read_bytes() == avant
    assert contenu(coffre.racine.parent) == ["racine.cle"]


def test_un_service_sans_coffre_n_en_cree_pas(sans_coffre: Coffre) -> None:
    for appel in (sceller, actions.generation):
        with pytest.raises(CoffreAbsent):
            appel()
    assert not sans_coffre.dossier.exists()


def test_le_demarrage_refuse_un_coffre_absent_avant_de_l_ouvrir(sans_coffre: Coffre) -> None:
    sans_coffre.fichier.parent.mkdir(parents=True, mode=0o700)
    with pytest.raises(SystemExit, match="rien n’est recréé tout seul"):
        verifier_pret()
    assert not sans_coffre.fichier.exists()


def test_un_service_devant_un_fichier_vide_ne_le_remplit_pas(sans_coffre: Coffre) -> None:
    sans_coffre.fichier.parent.mkdir(parents=True)
    sans_coffre.fichier.touch(0o600)
    with pytest.raises(CoffreAbsent):
        sceller()
    assert sans_coffre.fichier.stat().st_size == 0


def test_initialiser_fait_tout_puis_ne_change_plus_rien(sans_coffre: Coffre) -> None:
    initialiser()
    cle, identite = sans_coffre.racine.read_bytes(), Magasin.objects.get().identite
    sceller()
    initialiser()
    assert sans_coffre.racine.read_bytes() == cle
    assert Magasin.objects.get().identite == identite
    assert Kek.objects.count() == 1
    for chemin in (sans_coffre.fichier, sans_coffre.journal):
        assert stat.S_IMODE(chemin.stat().st_mode) == 0o600
    for dossier in (sans_coffre.fichier.parent, sans_coffre.copies, sans_coffre.racine.parent):
        assert stat.S_IMODE(dossier.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "etape", ["racine.creer", "initialisation._creer_fichier", "initialisation._amorcer"]
)
def test_une_initialisation_interrompue_se_reprend(
    sans_coffre: Coffre, monkeypatch: pytest.MonkeyPatch, etape: str
) -> None:
    def mourir(*arguments: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as coupure:
        coupure.setattr(f"relais.coffre.{etape}", mourir)
        with pytest.raises(KeyboardInterrupt):
            initialiser()
    initialiser()
    assert sceller()


@pytest.mark.parametrize("reste", ["rien", "vide"])
@pytest.mark.parametrize("racine_aussi", [True, False])
def test_un_coffre_perdu_qui_a_servi_n_est_pas_refait(
    coffre: Coffre, reste: str, racine_aussi: bool
) -> None:
    copies.copier()
    coffre.fichier.unlink()
    coffre.journal.unlink(missing_ok=True)
    if reste == "vide":
        coffre.fichier.touch(0o600)
    if racine_aussi:
        coffre.racine.unlink()
    with pytest.raises(CommandError, match="depuis une copie"):
        initialiser()
    assert coffre.racine.exists() != racine_aussi
    assert not coffre.fichier.exists() or coffre.fichier.stat().st_size == 0


def test_la_commande_dit_la_faute_en_une_phrase(coffre: Coffre) -> None:
    coffre.racine.unlink()
    with pytest.raises(CommandError, match="La clé racine manque"):
        call_command("coffre", "initialiser")


def test_la_commande_etat_ne_dit_que_des_nombres(
    coffre: Coffre, capsys: pytest.CaptureFixture[str]
) -> None:
    sceller()
    call_command("coffre", "copier")
    call_command("coffre", "etat")
    sortie = capsys.readouterr().out
    assert "Clés         1 (KEK : 1)" in sortie
    assert "Copies       1, la dernière le" in sortie


def test_un_coffre_deplace_avec_sa_racine_s_ouvre_encore(coffre: Coffre) -> None:
    objet = uuid4()
    scelle = actions.sceller_neuf(Genre.NOTE, objet, b"x", organisation="cd35")
    from django.db import connections

    connections["coffre"].close()
    copie = coffre.fichier.with_name("ailleurs")
    shutil.copy2(coffre.fichier, copie)
    copie.replace(coffre.fichier)
    assert actions.ouvrir(Genre.NOTE, objet, scelle, organisation="cd35") == b"x"
