"""`make bench`: build both bases, measure in turn, print one table. Never fails for a figure.

python -m tests.bench [small size] [big size]
"""

import gc
import os
import sys
import time
from pathlib import Path
from typing import Any

from tests import banc

TAILLES = (10_000, 1_000_000)
MANCHES, PAR_MANCHE = 6, 10


def main(tailles: tuple[int, int]) -> None:
    session = banc.preparer_environnement()
    import django

    django.setup()
    try:
        _tout(session, tailles)
    finally:
        banc.fermer(session)


def _tout(session: Path, tailles: tuple[int, int]) -> None:
    from tests.bench import construction, gestes, moteurs, tableau

    serveur = banc.modele_pret(session)
    construction.statique()
    with construction.bases(serveur, session, tailles, dire=_dire) as (decor, bases):
        charges = [_charge("avant")]
        _dire("Mesures…")
        scenes, series = [], []
        for base in bases:
            with banc.branche_sur(base):
                scenes.append(gestes.mettre_en_scene(base, decor))
            series.append({nom: tableau.Serie() for nom in scenes[-1].gestes()})
        for manche in range(MANCHES):
            tours = list(zip(bases, scenes, series, strict=True))
            for base, scene, mesures in tours if manche % 2 else reversed(tours):
                with banc.branche_sur(base):
                    _mesurer(scene, mesures, gestes)
        charges.append(_charge("après"))
        with banc.branche_sur(bases[0]):
            figures = list(moteurs.mesurer(bases[0]))
        tableau.imprimer(tailles, tableau.comparer(*series), figures, charges)


def _mesurer(scene: Any, mesures: Any, gestes: Any) -> None:
    """One round on one base; the queries are counted in the first."""
    for nom, geste in scene.gestes().items():
        serie = mesures[nom]
        if not serie.durees:
            geste()
            serie.requetes = gestes.compter_les_requetes(geste)
        gc.collect()
        serie.durees += gestes.chronometrer(geste, PAR_MANCHE)


def _charge(quand: str) -> str:
    return f"{quand} {os.getloadavg()[0]:.1f}".replace(".", ",")


def _dire(phrase: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {phrase}", flush=True)


if __name__ == "__main__":
    demandees = tuple(int(mot) for mot in sys.argv[1:3])
    main(demandees if len(demandees) == 2 else TAILLES)
