"""The affectation of a session: one at a time, changed by its agent."""

from django.http import HttpRequest

from relais.annuaire.models import Affectation, Agent

CLE = "affectation"


def agent_de(requete: HttpRequest) -> Agent:
    """Who is logged in; for pages that nobody else reaches."""
    assert isinstance(requete.user, Agent)
    return requete.user


def affectations_de_la_session(requete: HttpRequest) -> list[Affectation]:
    """The active affectations of the logged-in agent, the one in use first. One query.

    The one in use is what the agent chose; the oldest when nothing was, or when it was closed.
    """
    if not requete.user.is_authenticated:
        return []
    choisie = requete.session.get(CLE)
    siennes = list(Affectation.objects.de(requete.user))
    return sorted(siennes, key=lambda une: une.pk != choisie)


def attend_un_role(agent: Agent) -> bool:
    """Whether a role proposed for that agent waits for a second person."""
    return Affectation.objects.en_attente().filter(agent=agent).exists()


def retenir(requete: HttpRequest, affectation: Affectation) -> None:
    """Use that affectation from the next request on."""
    requete.session[CLE] = affectation.pk
