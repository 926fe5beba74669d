"""What the person says of her situation: kept datum by datum, and examined again at once."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from relais.annuaire.models import Affectation
from relais.journal.models import Action
from relais.reperage import droits
from relais.reperage.actions.acte import changer
from relais.reperage.dossier import DECLARABLES, Dossier, Situation
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de


@transaction.atomic
def corriger(
    personne: Personne,
    situation: Situation,
    *,
    version: int,
    par: Affectation,
    maintenant: datetime,
) -> Personne:
    """Keep what changes as declared today (CRPA L.114-8: rectification). Raises ConflitDeVersion.

    Level, month and audiences follow in the act. Whoever is no longer concerned by it stays until
    a newer file tells of her. The suspension is the household's and its payer's to tell: it stays.
    """
    jour = jour_de(maintenant)

    def apres(dossier: Dossier) -> Dossier:
        connue = dossier.situation
        dite = replace(situation, suspendu=connue.suspendu)
        changees = [nom for nom in DECLARABLES if getattr(dite, nom) != getattr(connue, nom)]
        if not changees:
            return dossier
        corrige = replace(dossier, situation=dite).declaree("situation", *changees, le=jour)
        return corrige.passee(jour, "Situation corrigée avec la personne")

    return changer(
        personne,
        apres,
        permis=droits.peut_corriger,
        action=Action.PERSONNE_CORRIGEE,
        par=par,
        maintenant=maintenant,
        version=version,
    )
