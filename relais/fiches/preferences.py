"""How an agent wants the mails that leave them a choice."""

from django.db import transaction

from relais.annuaire.models import Agent
from relais.fiches.models import Courriels


@transaction.atomic
def choisir(choix: str, *, par: Agent) -> None:
    """Keep one's own choice, from the next mail on."""
    Courriels.objects.update_or_create(agent=par, defaults={"choix": choix})
