"""What keeps a role from being withdrawn, and what goes back when it is: the apps above say it
(settings.AVANT_DE_RETIRER, settings.AU_RETRAIT, settings.A_LA_FERMETURE).
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation, Equipe


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


def rendre(affectation: Affectation, *, par: Affectation | None, maintenant: datetime) -> None:
    """In the act that withdraws that role: what it held goes back to its équipe."""
    with contexte_systeme(affectation.organisation_id):
        for chemin in settings.AU_RETRAIT:
            import_string(chemin)(affectation, par=par, maintenant=maintenant)


def liberer(equipe: Equipe, *, par: Affectation | None, maintenant: datetime) -> None:
    """In the act that closes that équipe: what was entrusted to it is nobody's again."""
    with contexte_systeme(equipe.organisation_id):
        for chemin in settings.A_LA_FERMETURE:
            import_string(chemin)(equipe, par=par, maintenant=maintenant)
