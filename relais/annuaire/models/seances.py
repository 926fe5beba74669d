"""The sessions that are open: Django's row, with whose it is (relais.annuaire.magasin_de_seances).

No network address is kept: « since when, last gesture, kind of browser » tells one's own sessions
apart, and an address would tell where people work from.
"""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from relais.annuaire.models.agents import Agent
from relais.socle.donnees_personnelles import communs

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase


class SeanceQuerySet(models.QuerySet["Seance"]):
    def de(self, agent: Agent) -> "SeanceQuerySet":
        """The open sessions of that agent, the last used first."""
        return self.filter(agent=agent).order_by("-vue_le", "session_key")


class Seance(AbstractBaseSession):
    """A session; `agent` None before login."""

    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="seances")
    ouverte_le = models.DateTimeField(null=True)
    vue_le = models.DateTimeField(null=True)
    navigateur = models.CharField(max_length=40, blank=True)

    objects: ClassVar = BaseSessionManager.from_queryset(SeanceQuerySet)()

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "session_key session_data expire_date agent ouverte_le vue_le navigateur",
            ("garder une session ouverte, et la montrer à qui elle est", "supprimé à sa fin"),
        )

    @classmethod
    def get_session_store_class(cls) -> "type[SessionBase]":
        from relais.annuaire.magasin_de_seances import SessionStore

        return SessionStore
