"""The list on paper, for a meeting of an équipe."""

from datetime import datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.journal.models import Action
from relais.reperage import droits, feuilles, reunion
from relais.reperage.actions.acte import convention_de
from relais.reperage.models import PersonneQuerySet
from relais.socle.horloge import jour_de

LIGNES_AU_PLUS = 500
TROP = "Cette liste dépasse 500 personnes : choisissez un niveau, un territoire ou une équipe."
VIDE = "Il n’y a personne dans cette liste : rien à imprimer."


@transaction.atomic
def imprimer(personnes: PersonneQuerySet, *, par: Affectation, maintenant: datetime) -> bytes:
    """The PDF of these people, of those whom `par` may open. Journaled with how many.

    Raises ActeRefuse with nobody in it, or more than 500.
    """
    exiger(droits.peut_exporter(par))
    siennes = list(personnes.visibles_par(par).pour_liste()[: LIGNES_AU_PLUS + 1])
    if not siennes or len(siennes) > LIGNES_AU_PLUS:
        raise ActeRefuse(TROP if siennes else VIDE)
    jour, convention = jour_de(maintenant), convention_de(par.organisation_id)
    partis = feuilles.departs(siennes, au=jour, convention=convention)
    consigner_par(Action.DOCUMENT_IMPRIME, "reperage.reunion", par=par, nombre=len(partis))
    return reunion.composer(partis, pour=par, le=maintenant)
