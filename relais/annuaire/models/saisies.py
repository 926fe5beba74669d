"""What an agent was sending when their session closed."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models

from relais.annuaire.models.agents import Agent


class SaisieGardeeQuerySet(models.QuerySet["SaisieGardee"]):
    def lisible(self, cle: uuid.UUID, agent: Agent, maintenant: datetime) -> "SaisieGardee | None":
        return self.filter(pk=cle, agent=agent, a_purger_le__gt=maintenant).first()

    def ids_de(self, agent: Agent, cle: uuid.UUID) -> list[uuid.UUID]:
        return list(self.filter(pk=cle, agent=agent).values_list("pk", flat=True))

    def de_trop(self, agent: Agent, au_plus: int) -> list[uuid.UUID]:
        """All of an agent's but the `au_plus` newest."""
        siennes = self.filter(agent=agent).order_by("-gardee_le", "pk")
        return list(siennes.values_list("pk", flat=True)[au_plus:])

    def a_purger(self, maintenant: datetime) -> list[uuid.UUID]:
        return list(self.filter(a_purger_le__lte=maintenant).values_list("pk", flat=True))


class SaisieGardee(models.Model):
    """A post that met a closed session: sealed under its own key, for its agent, for an hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="saisies_gardees")
    document = models.BinaryField()
    gardee_le = models.DateTimeField()
    a_purger_le = models.DateTimeField(db_index=True)

    objects = SaisieGardeeQuerySet.as_manager()

    class DonneesPersonnelles:
        champs: ClassVar = {
            "id": ("désigner la saisie", "supprimé au bout d'une heure"),
            "agent": ("ne la rendre qu'à son auteur", "supprimé au bout d'une heure"),
            "document": ("rendre ce qui était écrit (chiffré)", "supprimé au bout d'une heure"),
            "gardee_le": ("ne garder que les plus récentes", "supprimé au bout d'une heure"),
            "a_purger_le": ("l'oublier à temps", "supprimé au bout d'une heure"),
        }
