"""The copy of each minute. A failure waits for the administrateur technique as an alert."""

import logging

from procrastinate.contrib.django import app

from relais.coffre import copies
from relais.coffre.erreurs import CopieImpossible
from relais.socle import alertes
from relais.socle.models import Alerte

journal = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="coffre.copier", queueing_lock="coffre.copier")
def copier_le_coffre(timestamp: int) -> None:
    """A failed copy raises nothing: the next minute tries again, the alert stays meanwhile."""
    try:
        copies.copier()
    except CopieImpossible as erreur:
        journal.error("copie du coffre impossible : %s", erreur)
        alertes.alerter(Alerte.Nature.COPIE_DU_COFFRE)
    else:
        alertes.clore(Alerte.Nature.COPIE_DU_COFFRE)
