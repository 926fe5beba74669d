"""Sessions ended by their owner."""

import hashlib

from django.db import transaction

from relais.annuaire import seances
from relais.annuaire.models import Agent, Seance
from relais.annuaire.trace import noter_compte
from relais.journal.models import Action


def repere(seance: Seance) -> str:
    """What stands for a session in a page: its key would open it."""
    return hashlib.sha256(seance.session_key.encode()).hexdigest()[:32]


@transaction.atomic
def terminer(agent: Agent, voulu: str, *, ici: str | None) -> bool:
    """End one session of that agent, but not the one of key `ici`; whether there was one."""
    for seance in Seance.objects.de(agent).exclude(session_key=ici or ""):
        if repere(seance) == voulu:
            seance.delete()
            noter_compte(Action.SESSION_TERMINEE, agent)
            return True
    return False


@transaction.atomic
def terminer_les_autres(agent: Agent, *, ici: str | None) -> int:
    """End all of them but the one of key `ici`; how many ended."""
    nombre = seances.terminer_toutes(agent, sauf=ici)
    if nombre:
        noter_compte(Action.SESSION_TERMINEE, agent)
    return nombre
