"""Whether the purge runs, the journal has its months, and former bases are dropped.

A passage of the purge that ended is expected every five minutes, 30 at the latest.
"""

from datetime import datetime, timedelta

from relais.annuaire.models import Organisation
from relais.journal.models import SYSTEME
from relais.rgpd import bases_de_cote
from relais.rgpd.actions import mois_du_journal
from relais.rgpd.bases_de_cote import BaseDeCote
from relais.rgpd.models import Passage
from relais.socle import alertes
from relais.socle.models import Alerte

SILENCE = timedelta(minutes=30)


def en_retard(*, maintenant: datetime) -> list[str]:
    """The organisations for which no passage of the purge ended in the last half hour."""
    finis = Passage.objects.finis_depuis(maintenant - SILENCE)
    return [code for code in _attendues() if code not in finis]


def _attendues() -> list[str]:
    """Each organisation, and what belongs to none."""
    return [*Organisation.objects.codes(), SYSTEME]


def surveiller(*, maintenant: datetime) -> None:
    """Open an alert for each purge that is late and each month that lacks, close the others."""
    tardives = set(en_retard(maintenant=maintenant))
    for code in _attendues():
        alertes.signaler(Alerte.Nature.PURGE, code, si=code in tardives, maintenant=maintenant)
    surveiller_les_bases(bases_de_cote.trouver(maintenant=maintenant), maintenant=maintenant)
    for objet, manque in mois_du_journal.manques(maintenant=maintenant).items():
        alertes.signaler(
            Alerte.Nature.MOIS_DU_JOURNAL, objet, si=bool(manque), maintenant=maintenant
        )


def surveiller_les_bases(trouvees: list[BaseDeCote], *, maintenant: datetime) -> None:
    """An alert for each former base whose time is over; it closes once the base is gone."""
    depassees = {une.nom for une in trouvees if une.a_supprimer_le <= maintenant}
    for nom in depassees | alertes.objets_ouverts(Alerte.Nature.BASE_DE_COTE):
        alertes.signaler(
            Alerte.Nature.BASE_DE_COTE, nom, si=nom in depassees, maintenant=maintenant
        )
