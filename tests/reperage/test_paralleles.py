"""A big file of six columns: by every processor, and the same result."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from relais.reperage.lecture import paralleles

from .conftest import AU, RELAIS
from .test_six_colonnes import TITRES

LIGNES = 250_000  # over `paralleles.GROS`


@pytest.fixture
def gros(tmp_path: Path) -> Path:
    source = tmp_path / "source.csv"
    personnes = (
        f"{1940 + n % 60}-{1 + n % 12:02}-{1 + n % 28:02};{n % 2};{n // 2 % 2};;{n // 4 % 3};0\n"
        for n in range(LIGNES)
    )
    source.write_text(TITRES + "".join(personnes))
    assert source.stat().st_size > paralleles.GROS
    return source


def _commande(source: Path, sortie: Path) -> list[str]:
    return [str(RELAIS), "reperer", str(source), "--au", AU, "--sortie", str(sortie)]


def _nes_de(parent: int) -> list[int]:
    enfants = Path(f"/proc/{parent}/task/{parent}/children")
    return [int(numero) for numero in enfants.read_text().split()]


def _vit(numero: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{numero}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):  # gone, or going as it is read
        return False


def test_a_plusieurs_le_resultat_et_les_refus_sont_ceux_d_un_seul(gros: Path) -> None:
    seule, toutes = gros.with_name("seule.csv"), gros.with_name("toutes.csv")
    un = {min(os.sched_getaffinity(0))}

    def lancer(sortie: Path, *, seul: bool) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            _commande(gros, sortie),
            preexec_fn=(lambda: os.sched_setaffinity(0, un)) if seul else None,
            capture_output=True,
            text=True,
            check=False,
        )

    attendu, obtenu = lancer(seule, seul=True), lancer(toutes, seul=False)
    assert attendu.returncode == obtenu.returncode == 1  # a third of the rows has a saspa of 2
    assert (obtenu.stdout, obtenu.stderr) == (attendu.stdout, attendu.stderr)
    assert "ligne 10 : saspa : écrivez 0 ou 1." in obtenu.stderr
    assert toutes.read_bytes() == seule.read_bytes()


def test_aucun_thread_n_est_ne_avant_les_processus(gros: Path) -> None:
    """A fork has none of the threads of polars, and would wait for them for ever."""
    programme = (
        "import os, sys, threading\n"
        "dire = lambda: print('polars' in sys.modules, threading.active_count())\n"
        "os.register_at_fork(before=dire)\n"
        "from relais.__main__ import main\n"
        "main()\n"
    )
    commande = _commande(gros, gros.with_name("sortie.csv"))[1:]
    fait = subprocess.run(
        [sys.executable, "-c", programme, *commande], capture_output=True, text=True, check=True
    )
    processeurs = len(os.sched_getaffinity(0))
    assert fait.stdout.splitlines()[:processeurs] == ["False 1"] * processeurs


def test_tue_il_ne_laisse_aucun_processus(gros: Path) -> None:
    if len(os.sched_getaffinity(0)) < 2:
        pytest.fail("This test needs two processors.")
    lance = subprocess.Popen(_commande(gros, gros.with_name("sortie.csv")))
    fin = time.monotonic() + 30
    while len(nes := _nes_de(lance.pid)) < 2:
        assert lance.poll() is None
        assert time.monotonic() < fin
    time.sleep(0.5)  # they have begun
    lance.send_signal(signal.SIGKILL)
    lance.wait()
    fin = time.monotonic() + 30
    while any(map(_vit, nes)):
        assert time.monotonic() < fin, nes
        time.sleep(0.05)


UN_MEURT = """
import os, signal, time
from relais.reperage.lecture import paralleles

def dire(ligne):
    time.sleep(0.5 if ligne == "meurt" else 60)
    if ligne == "meurt":
        os.kill(os.getpid(), signal.SIGKILL)

signal.signal(signal.SIGTERM, signal.default_int_handler)
paralleles._PAR_LOT = 1
with paralleles.a_plusieurs(dire, octets=paralleles.GROS) as tous:
    tous(["meurt", *"abc"])
"""


def test_qu_un_processus_meure_les_autres_finissent() -> None:
    """Busy or not: what the first one does of SIGTERM is not theirs."""
    mots = [sys.executable, "-c", UN_MEURT]
    fait = subprocess.run(mots, capture_output=True, text=True, timeout=55, check=False)
    assert "BrokenProcessPool" in fait.stderr
