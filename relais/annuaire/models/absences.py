"""Who is away, from when to when, and who stands in."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q

from relais.annuaire.models.agents import Agent
from relais.annuaire.models.organisations import Equipe, Organisation

if TYPE_CHECKING:
    from relais.annuaire.models.affectations import Affectation


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def en_cours(self, jour: date) -> "AbsenceQuerySet":
        return self.filter(du__lte=jour, au__gte=jour)

    def pas_finies(self, jour: date) -> "AbsenceQuerySet":
        return self.filter(au__gte=jour).order_by("du", "pk")

    def chevauchant(self, du: date, au: date) -> "AbsenceQuerySet":
        return self.filter(du__lte=au, au__gte=du)

    def du_lieu(self, qui: "Affectation") -> "AbsenceQuerySet":
        """Those of an équipe of the Département, or of the whole caisse."""
        lieux = self.filter(organisation=qui.organisation_id)
        return lieux if qui.a_la_caisse else lieux.filter(equipe=qui.equipe_id)

    def de_l_agent(self, agent: int) -> "AbsenceQuerySet":
        return self.filter(agent=agent)

    def parmi(self, agents: Sequence[int], organisation: str) -> "AbsenceQuerySet":
        return self.filter(agent__in=agents, organisation=organisation)

    def remplacees_par(self, qui: "Affectation") -> "AbsenceQuerySet":
        return self.du_lieu(qui).filter(remplacant=qui.agent_id)

    def de_remplacant(self, agent: int, organisation: str) -> "AbsenceQuerySet":
        return self.filter(remplacant=agent, organisation=organisation)

    def d_un_autre(self, agent: Agent) -> "AbsenceQuerySet":
        """Those of somebody else that this agent declared, or stands in for."""
        return self.filter(Q(declaree_par=agent) | Q(remplacant=agent)).exclude(agent=agent)

    def avec_noms(self) -> "AbsenceQuerySet":
        return self.select_related("agent", "remplacant")


class Absence(models.Model):
    """An absence of an agent in one équipe, both days included; it ends by itself."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    equipe = models.ForeignKey(Equipe, models.PROTECT, null=True, related_name="+")
    agent = models.ForeignKey(Agent, models.CASCADE, related_name="absences")
    remplacant = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+")
    du = models.DateField()
    au = models.DateField()
    declaree_par = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    declaree_le = models.DateTimeField()

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(au__gte=F("du")), name="absence_dans_l_ordre"),
            models.CheckConstraint(
                condition=Q(remplacant__isnull=True) | ~Q(remplacant=F("agent")),
                name="absence_remplacee_par_un_autre",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["remplacant", "au"], name="absence_du_remplacant"),
            models.Index(fields=["agent", "au"], name="absence_de_l_agent"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            (
                *("id", "organisation", "equipe", "agent", "remplacant", "du", "au"),
                *("declaree_par", "declaree_le"),
            ),
            ("assurer la continuité du suivi", "supprimé avec le compte"),
        )
