"""`relais sauvegarder`: what a backup holds, what it never holds, when there is none."""

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from relais.coffre import copies, magasin
from relais.rgpd import sauvegardes
from relais.rgpd.actions.sauvegarde import sauvegarder
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.canaris import CONTENU, trouves
from tests.personas import Personas
from tests.rgpd.lame import lacher
from tests.rgpd.sauvegarde import adresses, relais, sql

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("exploitant")]


def dire(dossier: Path) -> str:
    sortie = StringIO()
    call_command("sauvegarder", str(dossier), stdout=sortie)
    return sortie.getvalue()


def refus(dossier: Path) -> tuple[int, str]:
    """The status and the sentence; nothing that looks like a backup is left."""
    with pytest.raises(CommandError) as leve:
        call_command("sauvegarder", str(dossier))
    if dossier.is_dir():
        assert sauvegardes.toutes(dossier) == []
        assert not list(dossier.glob("*.part"))
    return leve.value.returncode, str(leve.value)


def test_une_vraie_commande_sauvegarde_sans_cle_et_pour_son_compte_seul(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    fait = relais(base, "sauvegarder", str(tmp_path / "s"))
    assert fait.returncode == 0, fait.stderr
    (une,) = sauvegardes.toutes(tmp_path / "s")
    assert f"Sauvegarde faite : {une.dossier}" in fait.stdout
    assert "Les clés n'y sont pas" in fait.stdout
    assert stat.S_IMODE(une.dossier.stat().st_mode) == 0o700
    assert {f.name: stat.S_IMODE(f.stat().st_mode) for f in une.dossier.iterdir()} == {
        "base.dump": 0o600,
        "manifeste.json": 0o600,
    }


def test_le_manifeste_dit_des_nombres_et_ne_nomme_personne(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    gestes.transmettre(personnel.ts_rennes, CONTENU, le=timezone.now())
    faite = sauvegarder(tmp_path / "s")
    texte = (faite.sauvegarde.dossier / "manifeste.json").read_text()
    lu = json.loads(texte)
    assert set(lu) == {
        *("format", "faite_le", "produit", "postgresql", "coffre", "fichiers"),
        *("conventions", "migrations", "journaux", "lignes", "mur"),
    }
    assert lu["coffre"][1] == faite.manifeste.coffre[1]  # type: ignore[index]
    assert lu["lignes"]["fiches_fiche"] == 1
    assert lu["lignes"]["fiches_exemplaire"] == 2  # the wall stops nothing of it
    assert sql(base, "SELECT count(*) FROM annuaire_agent") == [(lu["lignes"]["annuaire_agent"],)]
    assert trouves(texte.encode()) == []
    emails = sql(base, "SELECT email FROM annuaire_agent WHERE email <> ''")
    assert emails
    assert not any(str(email) in texte for (email,) in emails)
    for secret in (os.environ["RELAIS_CLE_DJANGO"], "PASSWORD", "password"):
        assert secret not in texte


def test_le_vidage_ne_dit_rien_en_clair(personnel: Personas, base: Base, tmp_path: Path) -> None:
    """Neither as it lies on the disk, nor unfolded by whoever took it."""
    gestes.transmettre(personnel.ts_rennes, CONTENU, le=timezone.now())
    gestes.ecrire(personnel.ts_rennes, CONTENU, le=timezone.now())
    vidage = sauvegarder(tmp_path / "s").sauvegarde.vidage
    outil = str(base.banc.binaires / "pg_restore")
    deplie = subprocess.run([outil, "-f", "-", str(vidage)], capture_output=True, check=True).stdout
    assert b"fiches_exemplaire" in deplie
    for (document,) in sql(base, "SELECT encode(document, 'hex') FROM fiches_exemplaire"):
        assert str(document).encode() in deplie  # it is all there, and sealed
    assert trouves(deplie) == []
    assert trouves(vidage.read_bytes()) == []
    assert b"coffre_cle" not in deplie
    assert b"coffre_kek" not in deplie


COFFRES: dict[str, Callable[[Base, Path], Path]] = {
    "le dossier du coffre": lambda base, ici: base.dossier / "coffre",
    "au-dessus du coffre": lambda base, ici: base.dossier,
    "les copies": lambda base, ici: base.dossier / "coffre-copies",
    "sous les copies": lambda base, ici: base.dossier / "coffre-copies" / "s",
    "la clé racine": lambda base, ici: base.dossier / "racine",
}


@pytest.mark.parametrize("lieu", COFFRES)
def test_jamais_la_ou_sont_les_cles(lieu: str, base: Base, tmp_path: Path) -> None:
    code, phrase = refus(COFFRES[lieu](base, tmp_path))
    assert code == 3
    assert "ne se gardent jamais au même endroit" in phrase


@pytest.mark.parametrize("quoi", ["coffre", "copie", "racine"])
def test_jamais_a_cote_d_une_cle_qu_on_y_a_portee(quoi: str, base: Base, tmp_path: Path) -> None:
    cle = {
        "coffre": magasin.chemin(),
        "copie": copies.copier().chemin,
        "racine": base.dossier / "racine" / "racine.cle",
    }[quoi]
    dossier = tmp_path / "s"
    (dossier / "dessous").mkdir(parents=True)
    shutil.copyfile(cle, dossier / "dessous" / "quelconque")
    code, phrase = refus(dossier)
    assert code == 3
    assert "quelconque garde des clés" in phrase


def test_un_lien_vers_les_copies_est_vu(base: Base, tmp_path: Path) -> None:
    (tmp_path / "s").symlink_to(base.dossier / "coffre-copies")
    assert refus(tmp_path / "s")[0] == 3


def test_sans_l_adresse_du_role_rien_n_est_fait(base: Base, tmp_path: Path) -> None:
    fait = relais(base, "sauvegarder", str(tmp_path / "s"), RELAIS_BASE_URL_SAUVEGARDE="")
    assert fait.returncode == 3
    assert "RELAIS_BASE_URL_SAUVEGARDE" in fait.stderr
    assert relais(base, "sauvegarder").returncode == 2


def faux_outils(dossier: Path, base: Base, *, vidage: str) -> str:
    """pg_restore as it is, and another pg_dump."""
    dossier.mkdir()
    (dossier / "pg_restore").symlink_to(base.banc.binaires / "pg_restore")
    (dossier / "le_vrai").symlink_to(base.banc.binaires / "pg_dump")
    (dossier / "pg_dump").write_text(f"#!/bin/sh\n{vidage}\n")
    (dossier / "pg_dump").chmod(0o755)
    return str(dossier)


VERSION = 'test "$1" = --version && exec "$(dirname "$0")/le_vrai" --version'


@pytest.mark.parametrize(
    ("vidage", "phrase"),
    [
        ("echo 'pg_dump (PostgreSQL) 9.6.24'", "Il faut pg_dump de PostgreSQL"),
        (f"{VERSION}; echo 'disque plein' >&2; exit 1", "disque plein"),
        (f"{VERSION}; exit 0", "pg_restore a échoué"),  # it wrote nothing and said nothing
    ],
)
def test_un_vidage_manque_ne_laisse_rien(
    vidage: str, phrase: str, base: Base, tmp_path: Path, settings: Any
) -> None:
    settings.POSTGRESQL_OUTILS = faux_outils(tmp_path / "outils", base, vidage=vidage)
    code, dite = refus(tmp_path / "s")
    assert code == 1
    assert "n'est pas faite, et rien n'en reste" in dite
    assert phrase in dite


def test_un_client_trop_ancien_du_systeme_laisse_la_place_a_un_autre(
    base: Base, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.POSTGRESQL_OUTILS = ""
    ancien = faux_outils(tmp_path / "outils", base, vidage="echo 'pg_dump (PostgreSQL) 9.6.24'")
    monkeypatch.setenv("PATH", f"{ancien}:{os.environ['PATH']}")
    assert "Sauvegarde faite" in dire(tmp_path / "s")
    (une,) = sauvegardes.toutes(tmp_path / "s")
    with psycopg.connect(base.url()) as connexion:  # its server's very version, when it is there
        assert une.manifeste().postgresql == connexion.info.server_version // 10000


def test_une_base_hors_d_atteinte_ou_vide_se_dit(base: Base, tmp_path: Path, settings: Any) -> None:
    for nom, code in (("postgres", 3), ("jamais_faite", 1)):
        ailleurs = {"sauvegarde": base.banc.url("sauvegarde", nom)}
        settings.ADRESSES_DES_ROLES = adresses(base) | ailleurs
        assert refus(tmp_path / "s")[0] == code


def test_un_coffre_en_panne_n_empeche_pas_de_sauvegarder_la_base(
    base: Base, tmp_path: Path
) -> None:
    lacher()
    magasin.chemin().rename(tmp_path / "ailleurs")
    assert "Le coffre ne répondait pas" in dire(tmp_path / "s")
    (une,) = sauvegardes.toutes(tmp_path / "s")
    assert une.manifeste().coffre is None


def test_deux_sauvegardes_a_la_fois_ne_se_genent_pas(base: Base, tmp_path: Path) -> None:
    with sauvegardes.verrou(tmp_path / "s"):
        assert "déjà en cours" in refus(tmp_path / "s")[1]
    dire(tmp_path / "s")
    dire(tmp_path / "s")
    assert len(sauvegardes.toutes(tmp_path / "s")) == 2


def vieillir(une: sauvegardes.Sauvegarde, **duree: float) -> Path:
    """The same backup, as if made so long ago."""
    ancienne = sauvegardes.nommer(une.dossier.parent, une.faite_le - timedelta(**duree))
    shutil.copytree(une.dossier, ancienne)
    return ancienne


def test_au_dela_de_trente_jours_une_sauvegarde_s_en_va(base: Base, tmp_path: Path) -> None:
    """The convention says thirty (`sauvegarde_jours`)."""
    dossier = tmp_path / "s"
    dire(dossier)
    (une,) = sauvegardes.toutes(dossier)
    perimees = [vieillir(une, days=30), vieillir(une, days=400)]
    gardee = vieillir(une, days=30, seconds=-60)
    (dossier / "relais-notes.txt").write_text("à moi")
    assert "arrivées à leur terme, effacées : 2." in dire(dossier)
    assert not any(ancienne.exists() for ancienne in perimees)
    assert gardee.exists()
    assert (dossier / "relais-notes.txt").exists()
    assert len(sauvegardes.toutes(dossier)) == 3


def test_une_sauvegarde_manquee_n_efface_aucune_ancienne(
    base: Base, tmp_path: Path, settings: Any
) -> None:
    dossier = tmp_path / "s"
    dire(dossier)
    (une,) = sauvegardes.toutes(dossier)
    ancienne = vieillir(une, days=400)
    settings.POSTGRESQL_OUTILS = faux_outils(tmp_path / "outils", base, vidage=f"{VERSION}; exit 1")
    with pytest.raises(CommandError):
        dire(dossier)
    assert ancienne.exists()
