"""What happens to an account, in the journal of its organisation: by pseudonym, never by name."""

from relais.annuaire.models import Affectation, Agent
from relais.journal.actions import consigner
from relais.journal.models import SYSTEME, Action, Issue
from relais.journal.mur import pour


def noter_compte(
    action: Action, agent: Agent | None, *, objet: str = "", issue: Issue = Issue.FAIT
) -> None:
    """Journal with the caller's transaction, or in one of its own when there is none.

    `agent`: None for an account nobody has; the event then goes to the system's chain.
    """
    organisation = organisation_de(agent)
    with pour(organisation):
        consigner(
            action,
            organisation=organisation,
            agent=agent.pseudonyme if agent else None,
            objet=objet,
            issue=issue,
        )


def organisation_de(agent: Agent | None) -> str:
    """Code of the organisation whose chain tells of that account."""
    if agent is None:
        return SYSTEME
    ouvertes = Affectation.objects.ouvertes().filter(agent=agent)
    affectation = ouvertes.order_by("-active", "pk").first()
    return affectation.organisation_id if affectation else SYSTEME
