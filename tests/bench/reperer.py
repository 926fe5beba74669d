"""`python -m tests.bench.reperer [people]`: the screening of a file, beside what it cannot avoid.

Fictitious people, drawn as a caseload looks: one in seven has more than an age. Never fails for a
figure.
"""

import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from tests.reperage import flux

PERSONNES = 2_000_000
RATIO, RATIO_DU_FLUX = 4.0, 2.0
OCTETS_DU_FLUX, MEMOIRE_DU_FLUX = 200_000_000, 200  # bytes, megabytes
TOURS = 5
# Birth dates of adults from 18 to 70 on the day of the screening, and what else is told of them.
PREMIERE, JOURS, AU = date(1956, 11, 1), 19_000, "2026-11-01"
SITUATIONS = {
    "0;0;;0;0": 86, "0;1;;0;0": 3, "0;1;;0;1": 1, "1;0;;0;0": 2, "0;0;50_79;0;0": 2,
    "0;0;80;0;0": 2, "0;0;inconnu;0;0": 2, "0;0;;1;0": 1, "0;1;80;0;0": 1,
}  # fmt: skip
RELAIS = Path(sys.executable).with_name("relais")


Durees = list[float]


def main(personnes: int) -> None:
    with tempfile.TemporaryDirectory() as dossier:
        xml, csv, sortie = (Path(dossier, nom) for nom in ("flux.xml", "six.csv", "sortie.csv"))
        foyers = flux.long_flux(xml, OCTETS_DU_FLUX, du=AU)
        generer(csv, personnes)
        # First: a child is counted the memory of its parent, which is small until then.
        memoire_du_flux, memoire_des_colonnes = _memoire(xml, sortie), _memoire(csv, sortie)

        print(f"\nRepérer un flux de {foyers} foyers, {OCTETS_DU_FLUX // 1_000_000} Mo")
        lire, reperer = _tour_a_tour(lambda: _lxml(xml), lambda: _reperer(xml, sortie))
        _dire({"lecture seule (lxml)": lire, "relais reperer": reperer})
        _dire_rapport("rapport à la lecture seule", reperer, lire, but=RATIO_DU_FLUX)
        _dire_memoire(memoire_du_flux, MEMOIRE_DU_FLUX)

        print(f"\nRepérer {personnes} personnes en six colonnes")
        _reperer(csv, sortie)
        resultat = pl.read_csv(sortie, separator=";", infer_schema=False)
        cat, lire, ecrire, reperer = _tour_a_tour(
            lambda: subprocess.run(["cat", csv], stdout=subprocess.DEVNULL),
            lambda: pl.read_csv(csv, separator=";"),
            lambda: resultat.write_csv(sortie, separator=";"),
            lambda: _reperer(csv, sortie),
        )
        _dire({"cat": cat, "colonnes seules (polars)": lire, "écriture seule (polars)": ecrire})
        _dire({"relais reperer": reperer})
        nu = [lu + ecrit for lu, ecrit in zip(lire, ecrire, strict=True)]
        _dire_rapport("rapport à lecture + écriture", reperer, nu, but=RATIO)
        _dire_memoire(memoire_des_colonnes)
    print(f"Charge de la machine ({os.cpu_count()} cœurs) : {os.getloadavg()[0]:.1f}")


def _dire(durees: dict[str, Durees]) -> None:
    for nom, duree in durees.items():
        print(f"{nom:<48}{_etendue(duree, 2)} s")


def _dire_rapport(nom: str, durees: Durees, nues: Durees, *, but: float) -> None:
    """Round by round: both gestures of a round meet the same machine."""
    rapports = [duree / nue for duree, nue in zip(durees, nues, strict=True)]
    tenu = "" if statistics.median(rapports) <= but else "   MANQUE"
    print(f"{nom + f' (but ≤ {but:.0f})':<48}{_etendue(rapports, 1)}{tenu}")


def _dire_memoire(lue: int, but: int | None = None) -> None:
    tenu = "" if but is None or lue < but else "   MANQUE"
    print(f"{'mémoire la plus haute':<48}{lue:8} Mo{tenu}")


def _etendue(valeurs: list[float], decimales: int) -> str:
    """The median, and between which bounds."""
    dits = (statistics.median(valeurs), min(valeurs), max(valeurs))
    milieu, bas, haut = (f"{valeur:.{decimales}f}".replace(".", ",") for valeur in dits)
    return f"{milieu:>8} (de {bas} à {haut})"


def generer(source: Path, personnes: int) -> None:
    hasard = random.Random(35)
    jours = [str(PREMIERE + timedelta(days=n)) for n in range(JOURS)]
    situations = hasard.choices(list(SITUATIONS), list(SITUATIONS.values()), k=personnes)
    with source.open("w") as flux:
        flux.write("naissance;inapte;invalidite;aah;saspa;travaille\n")
        flux.writelines(f"{hasard.choice(jours)};{situation}\n" for situation in situations)


def _reperer(source: Path, sortie: Path) -> None:
    commande = [RELAIS, "reperer", source, "--au", AU, "--sortie", sortie]
    subprocess.run(commande, check=True, stdout=subprocess.DEVNULL)


def _lxml(source: Path) -> None:
    """In a process of its own, as `relais`: the memory of a parsing is ready for the next one."""
    lire = "import sys; from lxml import etree; etree.parse(sys.argv[1])"
    subprocess.run([sys.executable, "-c", lire, source], check=True)


def _memoire(source: Path, sortie: Path) -> int:
    """The highest memory of all children until now, in Mo."""
    _reperer(source, sortie)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def _tour_a_tour(*gestes: Callable[[], object]) -> list[Durees]:
    """The durations of each gesture, in seconds, each in its turn: the machine is shared."""
    durees: list[Durees] = [[] for _ in gestes]
    for _ in range(TOURS):
        for geste, siennes in zip(gestes, durees, strict=True):
            debut = time.perf_counter()
            geste()
            siennes.append(time.perf_counter() - debut)
    return durees


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PERSONNES)
