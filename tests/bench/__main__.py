"""`make bench`: build both bases, measure in turn, print one table. Never fails for a figure.

python -m tests.bench [small size] [big size]
"""

import os
import sys
import time
from pathlib import Path

from tests import banc

TAILLES = (10_000, 1_000_000)


def main(tailles: tuple[int, int]) -> None:
    session = banc.preparer_environnement()
    import django

    django.setup()
    _sans_debit()
    try:
        _tout(session, tailles)
    finally:
        banc.fermer(session)


def _tout(session: Path, tailles: tuple[int, int]) -> None:
    from tests.bench import construction, moteurs, postes, tableau

    serveur = banc.modele_pret(session)
    construction.statique()
    with construction.bases(serveur, session, tailles, dire=_dire) as (decor, bases):
        charges = [_charge("avant")]
        _dire("Mesures…")
        with postes.ouverts(bases, decor) as ouverts:
            series = postes.mesurer(ouverts)
        with banc.branche_sur(bases[0]):
            figures = list(moteurs.mesurer(bases[0]))
        charges.append(_charge("après"))
        tableau.imprimer(tailles, tableau.comparer(*series), figures, charges)


def _sans_debit() -> None:
    """One agent searches here as often as a hundred do: the bound of one person is in the way."""
    from django.conf import settings

    settings.LIMITES = {
        usage: (combien * 1000, duree) for usage, (combien, duree) in settings.LIMITES.items()
    }


def _charge(quand: str) -> str:
    return f"{quand} {os.getloadavg()[0]:.1f}".replace(".", ",")


def _dire(phrase: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {phrase}", flush=True)


if __name__ == "__main__":
    demandees = tuple(int(mot) for mot in sys.argv[1:3])
    main(demandees if len(demandees) == 2 else TAILLES)
