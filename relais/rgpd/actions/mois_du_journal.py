"""The months of the journal: made before they come, dropped once past their retention.

One month is shared by all the organisations served here: it is kept as long as the convention that
keeps it longest, so that no party loses a trace before its time.
"""

import logging
from datetime import datetime, timedelta

from django.db import OperationalError
from psycopg.errors import LockNotAvailable

from relais.annuaire import conventions
from relais.journal import mois
from relais.regles.calendrier import decaler
from relais.socle.horloge import jour_de

journal = logging.getLogger(__name__)
A_VENIR, ECHU = "mois-a-venir", "mois-echu"
RETARD = timedelta(days=7)


def tenir(*, maintenant: datetime) -> None:
    """Make the months ahead, drop those that are due. Busy tables: the next hour will do."""
    try:
        mois.preparer()
        mois.supprimer(apres_mois=_duree(maintenant))
    except OperationalError as erreur:
        if not isinstance(erreur.__cause__, LockNotAvailable):
            raise
        journal.warning("les mois du journal attendent : tables occupées")


def manques(*, maintenant: datetime) -> dict[str, bool]:
    """Whether the next month is not made, and whether one is kept a week past its retention."""
    jour = jour_de(maintenant)
    fin_du_mois_prochain = decaler(jour.replace(day=1), mois=2)
    echu_le = decaler(jour_de(mois.plus_ancien()), mois=_duree(maintenant))
    return {
        A_VENIR: jour_de(mois.prets_jusqu_a()) < fin_du_mois_prochain,
        ECHU: jour > echu_le + RETARD,
    }


def _duree(maintenant: datetime) -> int:
    jour = jour_de(maintenant)
    return max(
        une.conservation.journal_mois.exigee(jour) for une in conventions.chargees().values()
    )
