"""Two fiches for one person: the référent is asked to put two professionals in touch."""

from datetime import datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches import avis
from relais.fiches.actions.acte import consigner_par
from relais.fiches.droits import partie_de
from relais.fiches.models import Avis, Fiche
from relais.journal.models import Action
from relais.regles.circuit import Partie


@transaction.atomic
def demander(fiche: Fiche, autre: str, *, par: Affectation, maintenant: datetime) -> None:
    """Mail both references, and no name, to the référents of the Département; journaled."""
    exiger(partie_de(par, fiche) == Partie.AUTEUR)
    avis.prevenir(
        Avis.Objet.RAPPROCHEMENT,
        fiche,
        [un.agent for un in Affectation.objects.referents(fiche.departement_id)],
        organisation=fiche.departement_id,
        reference_liee=autre,
        maintenant=maintenant,
    )
    consigner_par(Action.DOUBLON_SIGNALE, fiche.reference, par=par)
