"""« Imprimée et versée au dossier le … »: the paper file holds the fiche (annex 1). Undoable."""

from datetime import datetime

from django.db import transaction

from relais.annuaire.conventions import regles_de
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches import conservations, droits
from relais.fiches.actions.acte import ActeRefuse, consigner_par, verrouiller_vivante
from relais.fiches.dossier import sur_papier
from relais.fiches.models import Exemplaire, Fiche
from relais.journal.models import Action
from relais.socle.horloge import jour_de

PAS_TERMINEE = "Terminez d’abord la fiche : son dossier papier ne serait pas complet."
PAS_SUR_PAPIER = "La convention ne garde pas cette fiche sur papier : il n’y a rien à verser."
EFFACEE = "La copie électronique est déjà effacée : le papier est le seul exemplaire."


@transaction.atomic
def verser_au_dossier(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Record that the printed fiche is in the paper file; done twice, it is noted once."""
    fiche = _terminee(fiche, par=par)
    regles = regles_de(fiche.convention_id)
    if not sur_papier(regles, jour_de(maintenant)):
        raise ActeRefuse(PAS_SUR_PAPIER)
    if fiche.versee_au_dossier_le is None:
        _noter(fiche, maintenant, Action.VERSEMENT_AU_DOSSIER, par=par, maintenant=maintenant)


@transaction.atomic
def annuler_le_versement(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> None:
    """Undo it, as long as the electronic copy is there to be printed again."""
    fiche = _terminee(fiche, par=par)
    if fiche.versee_au_dossier_le is None:
        return
    if not Exemplaire.objects.de(fiche, fiche.departement_id).exists():
        raise ActeRefuse(EFFACEE)
    _noter(fiche, None, Action.VERSEMENT_ANNULE, par=par, maintenant=maintenant)


def _terminee(fiche: Fiche, *, par: Affectation) -> Fiche:
    exiger(droits.peut_verser(par, fiche))
    fiche = verrouiller_vivante(fiche)
    if not fiche.terminee:
        raise ActeRefuse(PAS_TERMINEE)
    return fiche


def _noter(
    fiche: Fiche,
    le: datetime | None,
    action: Action,
    *,
    par: Affectation,
    maintenant: datetime,
) -> None:
    fiche.versee_au_dossier_le = le
    horloge = conservations.dater(fiche, le=maintenant)
    fiche.save(update_fields=["versee_au_dossier_le", *horloge])
    consigner_par(action, fiche.reference, par=par)
