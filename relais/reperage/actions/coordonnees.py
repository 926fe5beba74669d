"""What the person says of how to reach her: kept until a later file tells otherwise."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from relais.annuaire.models import Affectation
from relais.journal.models import Action
from relais.reperage import droits
from relais.reperage.actions.acte import changer
from relais.reperage.dossier import Coordonnees, Dossier
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de


@transaction.atomic
def corriger(
    personne: Personne,
    coordonnees: Coordonnees,
    *,
    version: int,
    par: Affectation,
    maintenant: datetime,
) -> Personne:
    """Keep them as declared today (CRPA L.114-8: rectification). Raises ConflitDeVersion."""
    jour = jour_de(maintenant)

    def apres(dossier: Dossier) -> Dossier:
        if coordonnees == dossier.coordonnees:
            return dossier
        corrige = replace(dossier, coordonnees=coordonnees).declaree("coordonnees", le=jour)
        return corrige.passee(jour, "Coordonnées corrigées avec la personne")

    return changer(
        personne,
        apres,
        permis=droits.peut_corriger,
        action=Action.PERSONNE_CORRIGEE,
        par=par,
        maintenant=maintenant,
        version=version,
    )
