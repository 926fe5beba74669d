"""Open an archived fiche: with a reason, journaled each time (docs/adr/0024-archives.md)."""

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches import droits
from relais.fiches.actions.acte import ActeRefuse, consigner_par, verrouiller_vivante
from relais.fiches.models import Fiche
from relais.journal.models import Action
from relais.regles.archive import MotifOuverture

SANS_RAISON = "Dites pourquoi vous ouvrez cette fiche archivée."


@transaction.atomic
def ouvrir(fiche: Fiche, *, motif: str, imprimer: bool = False, par: Affectation) -> None:
    """Journal the reading of an archived fiche, or the printing of its whole file.

    `motif`: a code of MotifOuverture, which goes to the journal after the reference. Raises
    ActeRefuse without one, or once the destruction is engaged.
    """
    exiger(droits.peut_ouvrir_l_archive(par, fiche))
    verrouiller_vivante(fiche)
    if motif not in set(MotifOuverture):
        raise ActeRefuse(SANS_RAISON, {"motif": "Choisissez une raison."})
    action = Action.DOCUMENT_IMPRIME if imprimer else Action.LECTURE
    consigner_par(action, f"{fiche.reference}:{motif}", par=par)
