"""`python -m tests.bench.reperer [people]`: the screening of a file, beside what it cannot avoid.

Fictitious people, drawn as a caseload looks: one in seven has more than an age. Never fails for a
figure.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from lxml import etree

from tests.reperage import flux

PERSONNES = 2_000_000
RATIO, RATIO_DU_FLUX = 4.0, 2.0
OCTETS_DU_FLUX, MEMOIRE_DU_FLUX = 200_000_000, 200  # bytes, megabytes
FOIS = 3
# Birth dates of adults from 18 to 70 on the day of the screening, and what else is told of them.
PREMIERE, JOURS, AU = date(1956, 11, 1), 19_000, "2026-11-01"
SITUATIONS = {
    "0;0;;0;0": 86, "0;1;;0;0": 3, "0;1;;0;1": 1, "1;0;;0;0": 2, "0;0;50_79;0;0": 2,
    "0;0;80;0;0": 2, "0;0;inconnu;0;0": 2, "0;0;;1;0": 1, "0;1;80;0;0": 1,
}  # fmt: skip
RELAIS = Path(sys.executable).with_name("relais")


def main(personnes: int) -> None:
    with tempfile.TemporaryDirectory() as dossier:
        xml, csv, sortie = (Path(dossier, nom) for nom in ("flux.xml", "six.csv", "sortie.csv"))
        foyers = flux.long_flux(xml, OCTETS_DU_FLUX)
        generer(csv, personnes)
        # First: a child is counted the memory of its parent, which is small until then.
        du_flux, memoire_du_flux = _reperer(xml, sortie)
        des_colonnes, memoire_des_colonnes = _reperer(csv, sortie)

        lire = _meilleur(lambda: etree.parse(xml))
        print(f"\nRepérer un flux de {foyers} foyers, {OCTETS_DU_FLUX // 1_000_000} Mo")
        _dire({"lecture seule (lxml)": lire, "relais reperer": du_flux})
        _dire_rapport("rapport à la lecture seule", du_flux / lire, RATIO_DU_FLUX)
        _dire_memoire(memoire_du_flux, MEMOIRE_DU_FLUX)

        cat = _meilleur(lambda: subprocess.run(["cat", csv], stdout=subprocess.DEVNULL))
        lire = _meilleur(lambda: pl.read_csv(csv, separator=";"))
        resultat = pl.read_csv(sortie, separator=";", infer_schema=False)
        ecrire = _meilleur(lambda: resultat.write_csv(sortie, separator=";"))
        print(f"\nRepérer {personnes} personnes en six colonnes")
        _dire({"cat": cat, "colonnes seules (polars)": lire, "écriture seule (polars)": ecrire})
        _dire({"relais reperer": des_colonnes})
        _dire_rapport("rapport à lecture + écriture", des_colonnes / (lire + ecrire), RATIO)
        _dire_memoire(memoire_des_colonnes)
    print(f"Charge de la machine ({os.cpu_count()} cœurs) : {os.getloadavg()[0]:.1f}")


def _dire(durees: dict[str, float]) -> None:
    for nom, duree in durees.items():
        print(f"{nom:<48}{duree:8.2f} s".replace(".", ","))


def _dire_rapport(nom: str, ratio: float, but: float) -> None:
    tenu = "" if ratio <= but else "   MANQUE"
    print(f"{nom + f' (but ≤ {but:.0f})':<48}{ratio:8.1f}{tenu}".replace(".", ","))


def _dire_memoire(lue: int, but: int | None = None) -> None:
    tenu = "" if but is None or lue < but else "   MANQUE"
    print(f"{'mémoire la plus haute':<48}{lue:8} Mo{tenu}")


def generer(source: Path, personnes: int) -> None:
    hasard = random.Random(35)
    jours = [str(PREMIERE + timedelta(days=n)) for n in range(JOURS)]
    situations = hasard.choices(list(SITUATIONS), list(SITUATIONS.values()), k=personnes)
    with source.open("w") as flux:
        flux.write("naissance;inapte;invalidite;aah;saspa;travaille\n")
        flux.writelines(f"{hasard.choice(jours)};{situation}\n" for situation in situations)


def _reperer(source: Path, sortie: Path) -> tuple[float, int]:
    """The best duration, in seconds, and the highest memory of all children until now, in Mo."""
    commande = [RELAIS, "reperer", source, "--au", AU, "--sortie", sortie]
    duree = _meilleur(lambda: subprocess.run(commande, check=True, stdout=subprocess.DEVNULL))
    return duree, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def _meilleur(geste: Callable[[], object]) -> float:
    """The best of a few: what the machine does besides can only slow a gesture down."""
    durees = []
    for _ in range(FOIS):
        debut = time.perf_counter()
        geste()
        durees.append(time.perf_counter() - debut)
    return min(durees)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else PERSONNES)
