"""« Versée dans l'applicatif métier le … », before the caisse's copy goes (art. 5.2 a)."""

from datetime import datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches import droits
from relais.fiches.actions.acte import ActeRefuse, consigner_par, verrouiller
from relais.fiches.models import Fiche
from relais.journal.models import Action

EFFACEE = "Votre exemplaire a été effacé : il n’y a plus rien à verser."
PAS_OUVERTE = "Elle n’a pas encore été ouverte : lisez-la avant de la verser."
RENVOYEE = "Le Département vient de la renvoyer : relisez-la avant de la verser."
DEJA_VERSEE = "Elle était déjà versée."
PAS_VERSEE = "Elle n’était pas versée."


@transaction.atomic
def classer(fiche: Fiche, *, vue: datetime | None, par: Affectation, maintenant: datetime) -> Fiche:
    """Say that the caisse's copy is now in its business application.

    `vue`: `copie_caisse_du` of the copy that was filed; a newer one is not filed by this act.
    Raises ActeRefuse when that copy is gone, was never opened, or is filed already.
    """
    exiger(droits.peut_traiter(par, fiche))
    fiche = _copie_vivante(fiche, maintenant)
    if fiche.copie_caisse_du != vue:
        raise ActeRefuse(RENVOYEE)
    if fiche.ouverte_caisse_le is None:
        raise ActeRefuse(PAS_OUVERTE)
    if fiche.classee:
        raise ActeRefuse(DEJA_VERSEE)
    return _ecrire(fiche, maintenant, Action.CLASSEMENT, par)


@transaction.atomic
def annuler_classement(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> Fiche:
    """Take a filing back, as long as the copy lives: after that nothing is left to file."""
    exiger(droits.peut_traiter(par, fiche))
    fiche = _copie_vivante(fiche, maintenant)
    if not fiche.classee:
        raise ActeRefuse(PAS_VERSEE)
    return _ecrire(fiche, None, Action.CLASSEMENT_ANNULE, par)


def _copie_vivante(fiche: Fiche, maintenant: datetime) -> Fiche:
    """The fiche, locked, if the caisse still holds its copy."""
    fiche = verrouiller(fiche)
    if not fiche.copie_vivante(maintenant):
        raise ActeRefuse(EFFACEE)
    return fiche


def _ecrire(fiche: Fiche, classee_le: datetime | None, action: Action, par: Affectation) -> Fiche:
    fiche.classee_le = classee_le
    fiche.save(update_fields=["classee_le"])
    consigner_par(action, fiche.reference, par=par)
    return fiche
