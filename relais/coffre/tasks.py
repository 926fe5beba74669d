"""The copy of each minute, what it makes useless, and whether the store is fit to serve.

A failure waits for the administrateur technique as an alert.
"""

import logging

from procrastinate.contrib.django import app

from relais.coffre import copies, racines_gardees, sonde
from relais.coffre.erreurs import CoffreIndisponible, CopieImpossible
from relais.socle import alertes, horloge
from relais.socle.models import Alerte

journal = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="coffre.copier", queueing_lock="coffre.copier")
def copier_le_coffre(timestamp: int) -> None:
    """A failed copy raises nothing: the next minute tries again, the alert stays meanwhile."""
    maintenant = horloge.maintenant()
    try:
        copies.copier(maintenant=maintenant)
        racines_gardees.oublier(maintenant=maintenant)
    except (CopieImpossible, OSError) as erreur:
        journal.error("copie du coffre impossible : %s", erreur)
        alertes.alerter(Alerte.Nature.COPIE_DU_COFFRE)
    else:
        alertes.clore(Alerte.Nature.COPIE_DU_COFFRE)
    signaler_l_etat()


def signaler_l_etat() -> None:
    """An alert as long as nobody could save: root key missing, disk full, read-only…"""
    try:
        sonde.sonder()
    except CoffreIndisponible as erreur:
        journal.error("coffre hors d’état : %s", erreur)
        alertes.alerter(Alerte.Nature.COFFRE)
    else:
        alertes.clore(Alerte.Nature.COFFRE)
