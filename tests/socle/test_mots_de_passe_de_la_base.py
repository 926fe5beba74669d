"""The passwords of the base's roles change in their files, whatever instant the command dies at."""

import io
import stat
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import psycopg
import pytest
from django.core.management import CommandError, call_command

from relais.socle import mots_de_passe_de_la_base as rotation
from relais.socle.postgres import Serveur


@pytest.fixture(scope="module")
def serveur(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    """PostgreSQL on a port of this machine: passwords are asked for there."""
    with Serveur(tmp_path_factory.mktemp("base"), port=0) as un:
        yield un


@pytest.fixture
def fichier(serveur: Serveur, tmp_path: Path) -> Path:
    """An environment file of two roles, whose passwords are those of the server at first."""
    un = tmp_path / "relais.env"
    lignes = [
        "RELAIS_CLE_DJANGO=reste",
        f"RELAIS_BASE_URL={serveur.url('execution')}?application_name=relais",
        f'RELAIS_BASE_URL_SAUVEGARDE="{serveur.url("sauvegarde")}"',
    ]
    un.write_text("\n".join(lignes) + "\n", encoding="utf-8")
    with psycopg.connect(serveur.url("postgres", "postgres"), autocommit=True) as connexion:
        secret = (serveur.dossier / "mot-de-passe").read_text()
        for role in ("execution", "sauvegarde"):
            connexion.execute(f"ALTER ROLE {role} PASSWORD '{secret}'")
    return un


def adresses(fichier: Path) -> list[str]:
    return rotation.ADRESSE.findall(fichier.read_text(encoding="utf-8"))


def ouvre(adresse: str) -> bool:
    try:
        psycopg.connect(adresse).close()
    except psycopg.OperationalError:
        return False
    return True


def tourner(fichier: Path) -> str:
    sortie = io.StringIO()
    call_command("base", "tourner", str(fichier), stdout=sortie)
    return sortie.getvalue()


def test_chaque_role_a_un_nouveau_mot_de_passe_et_l_ancien_n_ouvre_plus(fichier: Path) -> None:
    avant = adresses(fichier)
    dit = tourner(fichier)
    apres = adresses(fichier)
    assert "execution, sauvegarde" in dit
    assert "Redémarrez" in dit
    assert [ouvre(une) for une in avant + apres] == [False, False, True, True]
    assert fichier.read_text(encoding="utf-8").startswith("RELAIS_CLE_DJANGO=reste\n")
    assert apres[0].endswith("/relais?application_name=relais")
    assert stat.S_IMODE(fichier.stat().st_mode) == 0o600
    assert [un.name for un in fichier.parent.iterdir()] == ["relais.env"]
    assert not any(une.split(":")[2].split("@")[0] in dit for une in apres)


@pytest.mark.parametrize("ou", ["_preparer", "execute", "replace"])
def test_tuee_n_importe_ou_elle_se_relance(fichier: Path, ou: str) -> None:
    """Before the new file, before the base knows the password, before the file takes its place."""
    mourir = mock.Mock(side_effect=KeyboardInterrupt)
    cible = {
        "_preparer": (rotation, "_preparer"),
        "execute": (psycopg.Connection, "execute"),
        "replace": (Path, "replace"),
    }[ou]
    with mock.patch.object(*cible, mourir), pytest.raises(KeyboardInterrupt):
        tourner(fichier)
    assert any(ouvre(une) for un in fichier.parent.iterdir() for une in adresses(un)[:1])
    tourner(fichier)
    assert all(ouvre(une) for une in adresses(fichier))
    assert [un.name for un in fichier.parent.iterdir()] == ["relais.env"]


def test_une_base_en_panne_apres_une_mort_ne_fait_rien_perdre(fichier: Path) -> None:
    mourir = mock.Mock(side_effect=KeyboardInterrupt)
    with mock.patch.object(Path, "replace", mourir), pytest.raises(KeyboardInterrupt):
        tourner(fichier)  # the base has the new password, the file the former one
    panne = mock.Mock(side_effect=psycopg.OperationalError("connection refused"))
    with (
        mock.patch.object(psycopg, "connect", panne),
        pytest.raises(CommandError, match="Gardez les deux fichiers"),
    ):
        tourner(fichier)
    tourner(fichier)
    assert all(ouvre(une) for une in adresses(fichier))


def test_une_adresse_ecrite_deux_fois_change_une_fois(fichier: Path) -> None:
    texte = fichier.read_text(encoding="utf-8")
    fichier.write_text(f"{texte}RELAIS_BASE_URL_ENTRETIEN={adresses(fichier)[0]}\n")
    assert tourner(fichier).count("execution") == 1
    assert all(ouvre(une) for une in adresses(fichier))


def test_ce_qui_ne_peut_pas_changer_se_dit_en_une_phrase(fichier: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="absent"):
        tourner(tmp_path / "absent.env")
    avant = fichier.read_text(encoding="utf-8")
    fichier.write_text(avant.replace("execution:", "execution:faux"), encoding="utf-8")
    with pytest.raises(CommandError, match="La base refuse"):
        tourner(fichier)
    sans = tmp_path / "sans.env"
    sans.write_text("RELAIS_BASE_URL=postgresql://execution@/relais?host=/run/postgresql\n")
    assert "aucun mot de passe" in tourner(sans)
