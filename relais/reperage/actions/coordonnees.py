"""What the person says of how to reach her: kept until a later file tells otherwise."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from relais.annuaire.models import Affectation
from relais.journal.models import Action
from relais.reperage import droits
from relais.reperage.actions import territoires
from relais.reperage.actions.acte import garder, ouvrir
from relais.reperage.dossier import Coordonnees
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
    """Keep them as declared today (CRPA L.114-8: rectification). Raises ConflitDeVersion.

    Another commune may put her in another TIS: who followed her then no longer does.
    """
    jour = jour_de(maintenant)
    tenue, avant = ouvrir(personne, droits.peut_corriger, par=par, version=version)
    if coordonnees == avant.coordonnees:
        return tenue
    corrige = replace(avant, coordonnees=coordonnees).declaree("coordonnees", le=jour)
    corrige = corrige.passee(jour, "Coordonnées corrigées avec la personne")
    if _lieu(coordonnees) != _lieu(avant.coordonnees):
        corrige = territoires.suivre_l_adresse(tenue, corrige, par=par, maintenant=maintenant)
    garder(tenue, corrige, action=Action.PERSONNE_CORRIGEE, par=par, maintenant=maintenant)
    return tenue


def _lieu(coordonnees: Coordonnees) -> tuple[str, str]:
    return coordonnees.code_postal, coordonnees.commune
