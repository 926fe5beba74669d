"""`relais nir` and `relais convention verifier`, run as programs on the bare standard library."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from relais import __main__ as programme

RACINE = Path(__file__).parents[2]
LANCER = f"import sys; sys.path.insert(0, {str(RACINE)!r}); from relais.__main__ import main; "
VALIDE = "269054958815780"


def relais(*arguments: str, entree: bytes = b"", **options: Any) -> Any:
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", LANCER + "sys.exit(main())", *arguments],
        input=entree,
        capture_output=True,
        timeout=60,
        cwd=RACINE,
        **options,
    )


def lignes(sortie: Any) -> list[list[str]]:
    return [ligne.split(";") for ligne in sortie.stdout.decode().splitlines()]


def test_un_numero_valide_donne_sa_ligne() -> None:
    sortie = relais("nir", entree=b"2 69 05 49 588 157 80\n7850599134021 06\n")
    assert sortie.returncode == 0
    assert sortie.stdout.decode() == (
        "2 69 05 49 588 157 80;1;2690549588157;80;0;\n7850599134021 06;1;7850599134021;06;1;\n"
    )
    assert sortie.stderr == b""


def test_un_seul_refus_suffit_a_rendre_1() -> None:
    sortie = relais("nir", entree=f"{VALIDE}\n269134958815780\n{VALIDE}\n".encode())
    assert sortie.returncode == 1
    assert [colonnes[1] for colonnes in lignes(sortie)] == ["1", "0", "1"]
    refuse = lignes(sortie)[1]
    assert refuse[2:5] == ["", "", "0"]
    assert refuse[5].startswith("mois : Le numéro n'est pas valable.")


def test_la_cle_attendue_n_est_jamais_imprimee() -> None:
    sortie = relais("nir", entree=b"2690549588157\n269054958815781\n")
    assert sortie.returncode == 1
    assert b"80" not in sortie.stdout
    assert [c[5].split(" ")[0] for c in lignes(sortie)] == ["cle_absente", "cle"]


@pytest.mark.parametrize(
    "entree",
    [
        b";;;",
        b"1;2\n",
        b'"269054958815780',
        b"569054958815780",  # a sentence that holds a semicolon
        b"269050058815780",
        b"\xff\xfe\x80",
        b"\x1b[31m;",
        "٢;\u202e\u2028\x85😀".encode(),
        b"1" * 100_000,
        b"\0",
    ],
)
def test_rien_de_ce_qui_est_lu_ne_casse_les_colonnes(entree: bytes) -> None:
    sortie = relais("nir", entree=entree)
    assert sortie.returncode == 1
    assert sortie.stderr == b""
    ((numero, valide, corps, cle, provisoire, raison),) = lignes(sortie)
    assert (valide, corps, cle, provisoire) == ("0", "", "", "0")
    assert raison
    assert len(numero) < 70
    assert '"' not in numero
    assert all(caractere.isprintable() or caractere == "\xa0" for caractere in numero)


def test_un_fichier_de_windows_se_lit_sans_ligne_vide() -> None:
    entree = b"\xef\xbb\xbf" + VALIDE.encode() + b"\r\n\r\n   \r\n" + VALIDE.encode()
    sortie = relais("nir", entree=entree)
    assert sortie.returncode == 0
    assert sortie.stdout.decode() == f"{VALIDE};1;2690549588157;80;0;\n" * 2


def test_les_fins_de_ligne_d_un_vieux_mac_comptent() -> None:
    assert len(lignes(relais("nir", entree=f"{VALIDE}\r{VALIDE}\r".encode()))) == 2


def test_une_entree_vide_ne_refuse_rien() -> None:
    sortie = relais("nir")
    assert (sortie.returncode, sortie.stdout) == (0, b"")


def test_les_accents_ne_dependent_pas_de_la_machine() -> None:
    sortie = relais("nir", entree="é\n".encode(), env={"LC_ALL": "C", "PYTHONUTF8": "0"})
    assert "numéro" in sortie.stdout.decode()


def test_un_lecteur_qui_part_n_est_pas_une_panne() -> None:
    commande = [sys.executable, "-I", "-S", "-c", LANCER + "sys.exit(main())", "nir"]
    with subprocess.Popen(
        commande, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as processus:
        assert processus.stdin is not None
        assert processus.stdout is not None
        assert processus.stderr is not None
        processus.stdout.close()
        try:
            processus.stdin.write(f"{VALIDE}\n".encode() * 200_000)
            processus.stdin.close()
        except BrokenPipeError:
            pass
        assert processus.stderr.read() == b""
        assert processus.wait(timeout=30) == programme.TUYAU_FERME


def test_cent_mille_numeros_se_lisent_vite() -> None:
    depart = time.perf_counter()
    sortie = relais("nir", entree=f"{VALIDE}\n".encode() * 100_000)
    assert sortie.stdout.count(b"\n") == 100_000
    assert time.perf_counter() - depart < 10  # about 0.4 s alone on the machine


def test_un_argument_de_trop_dit_l_usage() -> None:
    sortie = relais("nir", VALIDE)
    assert sortie.returncode == 2
    assert "usage : relais nir" in sortie.stderr.decode()


@pytest.mark.parametrize("nom", ["cd35-carsat-bretagne", "demonstration", "droit-commun"])
def test_une_convention_valable_se_resume_en_une_ligne(nom: str) -> None:
    sortie = relais("convention", "verifier", f"conventions/{nom}.toml")
    assert (sortie.returncode, sortie.stderr) == (0, b"")
    (ligne,) = sortie.stdout.decode().splitlines()
    assert "valable" in ligne
    assert "valeurs datées" in ligne


def test_une_convention_fausse_dit_sa_faute_en_une_phrase(tmp_path: Path) -> None:
    (tmp_path / "essai.toml").write_text("reponse_heures = 72\n", encoding="utf-8")
    sortie = relais("convention", "verifier", str(tmp_path / "essai.toml"))
    assert (sortie.returncode, sortie.stdout) == (1, b"")
    (phrase,) = sortie.stderr.decode().splitlines()
    assert "essai.toml, clé « reponse_heures » : clé inconnue, il faut" in phrase


@pytest.mark.parametrize("arguments", [(), ("verifier",), ("lire", "x"), ("verifier", "x", "y")])
def test_convention_sans_fichier_dit_l_usage(arguments: tuple[str, ...]) -> None:
    sortie = relais("convention", *arguments)
    assert sortie.returncode == 2
    assert "convention verifier FICHIER" in sortie.stderr.decode()


@pytest.mark.parametrize("arguments", [(), ("aide",), ("--help",)])
def test_relais_seul_donne_la_liste_des_commandes(arguments: tuple[str, ...]) -> None:
    sortie = relais(*arguments)
    assert sortie.returncode == 0
    assert "convention verifier" in sortie.stdout.decode()
    assert "migrer" in sortie.stdout.decode()


@pytest.fixture
def commandes_recues(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What Django would have run."""
    from django.core import management

    recues: list[list[str]] = []
    monkeypatch.setattr(management, "execute_from_command_line", recues.append)
    monkeypatch.setattr(management, "get_commands", lambda: {"migrer": "x", "agent": "x"})
    monkeypatch.setenv("RELAIS_ROLE", "execution")
    return recues


def executer(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["relais", *arguments])
    return programme.main()


def test_une_commande_a_deux_mots_va_a_celle_du_premier(
    commandes_recues: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert executer(monkeypatch, "agent", "creer", "--role", "dpo") == 0
    assert commandes_recues == [["relais", "agent", "creer", "--role", "dpo"]]
    assert os.environ["RELAIS_ROLE"] == "execution"


def test_migrer_se_fait_en_proprietaire(
    commandes_recues: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert executer(monkeypatch, "migrer") == 0
    assert os.environ["RELAIS_ROLE"] == "proprietaire"


def test_une_commande_inconnue_propose_la_plus_proche(
    commandes_recues: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert executer(monkeypatch, "migre") == 2
    assert commandes_recues == []
    assert "Vouliez-vous dire « relais migrer » ?" in capsys.readouterr().err
