"""How often an agent may ask the same thing: who guesses is stopped before finding anything.

Counted in the cache by account and by window of time, never by address: an office shares one.
The bounds are in `settings.LIMITES`.
"""

import logging
from datetime import datetime, timedelta
from math import ceil

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from relais.annuaire.models import Affectation
from relais.socle.templatetags.relais_affichage import pluriel

journal = logging.getLogger(__name__)
QUOI = {"brouillon": "fiches commencées"}
RECHERCHES = "recherches"


class TropVite(Exception):
    """The agent asked too often. `minutes`: how long before the next try; `phrase` says it."""

    def __init__(self, attente: timedelta, quoi: str = RECHERCHES) -> None:
        super().__init__()
        self.minutes = max(1, ceil(attente / timedelta(minutes=1)))
        self.phrase = (
            f"Beaucoup de {quoi} en peu de temps."
            f" Pour protéger les personnes, attendez {self.minutes} minute{pluriel(self.minutes)},"
            " puis recommencez."
        )


def compter(usage: str, *, par: Affectation, maintenant: datetime) -> None:
    """Count one more `usage` (of `settings.LIMITES`). Past its bound: logged, TropVite raised."""
    combien, duree = settings.LIMITES[usage]
    fenetre = int(maintenant.timestamp() // duree.total_seconds())
    cle = f"debit:{usage}:{par.agent.pseudonyme}:{fenetre}"
    with transaction.atomic(), connection.cursor() as curseur:
        # Two at once count for two: the cache alone would lose one of them.
        curseur.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [cle])
        fait = cache.get(cle, 0)
        if fait < combien:
            cache.set(cle, fait + 1, timeout=duree.total_seconds())
            return
    journal.warning("borne atteinte : %s", usage, extra={"agent": par.agent.pseudonyme})
    fin = (fenetre + 1) * duree.total_seconds()
    raise TropVite(timedelta(seconds=fin - maintenant.timestamp()), QUOI.get(usage, RECHERCHES))
