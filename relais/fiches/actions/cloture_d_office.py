"""A fiche answered long ago closes by itself: nobody said how it ended (setting, 60 days)."""

from datetime import datetime

from django.db import transaction

from relais.annuaire.contexte import contexte_systeme
from relais.fiches.actions.acte import statut_apres, terminer
from relais.fiches.models import Fiche
from relais.regles.circuit import Geste, Partie
from relais.regles.issues import IssueSansChoix

LOT = 50


def clore_les_echues(organisation: str, *, maintenant: datetime, lot: int = LOT) -> int:
    """Close at most `lot` fiches of that Département; how many. Call again until 0.

    One transaction a batch, its rows claimed: killed anywhere, run twice, or by two workers, each
    fiche closes once. A fiche that somebody holds or writes about is left for another time.
    """
    with contexte_systeme(organisation):
        echues = list(
            Fiche.objects.a_clore_d_office(maintenant)
            .filter(departement=organisation)
            .select_for_update(skip_locked=True, of=("self",), no_key=True)[:lot]
        )
        for fiche in echues:
            _clore(fiche, maintenant)
    return len(echues)


@transaction.atomic
def _clore(fiche: Fiche, maintenant: datetime) -> None:
    vers = statut_apres(fiche, Geste.CLORE_D_OFFICE, Partie.SYSTEME)
    issue = IssueSansChoix.SANS_SUITE
    terminer(fiche, Geste.CLORE_D_OFFICE, vers, issue=issue, par=None, maintenant=maintenant)
