"""The first visit is over: seen or passed, it is not shown again."""

from datetime import datetime

from relais.annuaire.models import Affectation


def terminer(affectation: Affectation, *, maintenant: datetime) -> None:
    """Remember that the agent saw it, or passed it, under this affectation."""
    if affectation.visite_le is None:
        affectation.visite_le = maintenant
        affectation.save(update_fields=["visite_le"])
