"""What keeps a role from being withdrawn: the apps above say it (settings.AVANT_DE_RETIRER)."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.module_loading import import_string

from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation


def retenue(affectation: Affectation) -> str:
    """A French sentence when something is still in those hands; empty otherwise."""
    if not affectation.active:
        return ""
    for chemin in settings.AVANT_DE_RETIRER:
        phrase: str = import_string(chemin)(affectation)
        if phrase:
            return phrase
    return ""


def empechements(affectations: Iterable[Affectation]) -> list[str]:
    """Those sentences, for what keeps an account from being closed."""
    return [phrase for une in affectations if (phrase := retenue(une))]


def verifier(affectation: Affectation) -> None:
    """Raise CompteRefuse with that sentence."""
    if phrase := retenue(affectation):
        raise CompteRefuse(phrase)
