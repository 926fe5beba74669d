"""Two fiches for one person: the référent is asked to put two professionals in touch."""

from datetime import datetime

from django.db import transaction

from relais.annuaire.models import Affectation
from relais.fiches import avis
from relais.fiches.actions.acte import exiger
from relais.fiches.droits import partie_de
from relais.fiches.models import Avis, Fiche
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.circuit import Partie


@transaction.atomic
def demander(fiche: Fiche, autre: str, *, par: Affectation, maintenant: datetime) -> None:
    """Mail both references, and no name, to the référents of the Département; journaled."""
    exiger(partie_de(par, fiche) == Partie.AUTEUR)
    for referent in Affectation.objects.referents(fiche.departement_id):
        avis.prevoir(
            Avis.Objet.RAPPROCHEMENT,
            convention=fiche.convention_id,
            organisation=fiche.departement_id,
            agent=referent.agent,
            fiche=fiche,
            reference_liee=autre,
            maintenant=maintenant,
        )
    consigner(
        Action.DOUBLON_SIGNALE,
        organisation=par.organisation_id,
        agent=par.agent.pseudonyme,
        objet=fiche.reference,
    )
