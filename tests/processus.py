"""The product's own processes on a base of one's own: started, waited for, ended or killed."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.banc import RACINE, Base


@contextmanager
def processus(
    base: Base, commande: list[str], sortie: Path, devant: Sequence[str] = (), **env: str
) -> Iterator["subprocess.Popen[bytes]"]:
    """`relais …` on that base, its logs in `sortie`; ended afterwards if it still runs.

    `devant`: a program that becomes it, as `unshare` does.
    """
    with sortie.open("ab") as flux:
        lance = subprocess.Popen(
            [*devant, sys.executable, "-m", "relais", *commande],
            cwd=RACINE,
            env=base.environnement() | env,
            stdout=flux,
            stderr=flux,
        )
    try:
        yield lance
    finally:
        lance.terminate()
        lance.wait(60)


def reglages_web(port: int) -> dict[str, str]:
    """Where `relais servir` listens, and what people type."""
    return {
        "RELAIS_ADRESSE_PUBLIQUE": f"http://localhost:{port}",
        "RELAIS_ECOUTE": f"127.0.0.1:{port}",
        "RELAIS_WEB_PROCESSUS": "1",
    }


def rassembler_le_statique(base: Base) -> None:
    """Style sheets and scripts, as an operator does before serving."""
    rassembler = [sys.executable, "-m", "relais", "collectstatic", "--noinput", "-v0"]
    subprocess.run(rassembler, cwd=RACINE, env=base.environnement(), check=True)


def attendre(condition: Any, sortie: Path, *, secondes: float = 60) -> None:
    fin = time.monotonic() + secondes
    while not condition():
        assert time.monotonic() < fin, sortie.read_text()
        time.sleep(0.2)


def repond(port: int) -> bool:
    """Whether the web server and both of its databases are there."""
    try:
        urllib.request.urlopen(f"http://localhost:{port}/sante/pret", timeout=5).close()
    except (urllib.error.URLError, OSError):
        return False
    return True
