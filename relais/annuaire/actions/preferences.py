"""What an agent settles for himself: nothing here opens a right, nothing is journaled."""

from relais.annuaire.models import Agent


def regler_les_raccourcis(agent: Agent, *, actifs: bool) -> None:
    """Have single-key shortcuts or not, on every machine (WCAG 2.1.4)."""
    Agent.objects.filter(pk=agent.pk).update(raccourcis=actifs)
