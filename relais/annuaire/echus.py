"""Accounts whose time is over: closed long ago, or invited and never there.

An account belongs to a person: the strictest convention served here says how long it is kept.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from relais.annuaire.conventions import duree_commune
from relais.annuaire.models import Agent, AgentQuerySet
from relais.regles.calendrier import decaler
from relais.socle.horloge import jour_de, minuit


def fermes(organisation: str, maintenant: datetime) -> AgentQuerySet:
    """Closed for more than `compte_mois`: the last day kept is the same day, months later."""
    limite = minuit(decaler(jour_de(maintenant), mois=-_mois(maintenant)))
    siens: AgentQuerySet = Agent.objects.de_l_organisation(organisation)
    return siens.fermes_avant(limite)


def invites(organisation: str, maintenant: datetime) -> AgentQuerySet:
    """Invited for the last time `invitation_jours` ago, and never there."""
    siens: AgentQuerySet = Agent.objects.de_l_organisation(organisation)
    return siens.invites_avant(maintenant - _jours(maintenant))


def dates_des_fermes(organisation: str, maintenant: datetime) -> list[tuple[UUID, datetime]]:
    """The pseudonym of each, and since when it is due."""
    mois = _mois(maintenant)
    lus: Any = fermes(organisation, maintenant)
    return [
        (pseudonyme, minuit(decaler(jour_de(ferme_le), mois=mois) + timedelta(days=1)))
        for pseudonyme, ferme_le in lus.values_list("pseudonyme", "desactive_le")
    ]


def dates_des_invites(organisation: str, maintenant: datetime) -> list[tuple[UUID, datetime]]:
    """The same."""
    jours = _jours(maintenant)
    lus: Any = invites(organisation, maintenant)
    return [
        (pseudonyme, invite_le + jours)
        for pseudonyme, invite_le in lus.values_list("pseudonyme", "invite_le")
    ]


def _mois(maintenant: datetime) -> int:
    return duree_commune("compte_mois", jour=jour_de(maintenant))


def _jours(maintenant: datetime) -> timedelta:
    return timedelta(days=duree_commune("invitation_jours", jour=jour_de(maintenant)))
