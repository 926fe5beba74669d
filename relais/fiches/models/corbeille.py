"""The lists of the caisse: what it has to answer, to assign and to file."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Count, F, Q

from relais.annuaire.models import Agent
from relais.regles.circuit import OUVERTES, REPONDUES, Statut

if TYPE_CHECKING:
    from relais.fiches.models.fiche import Fiche  # noqa: F401

INVISIBLES_CAISSE = (Statut.BROUILLON, Statut.RAPPELEE, Statut.RETIREE)
LIBRE = Q(statut=Statut.TRANSMISE, chargee_a=None)
# A new sending after the filing is another copy: it is filed in its turn (docs/adr/0012).
NON_CLASSEE = Q(copie_caisse_jusqu_au__isnull=False) & (
    Q(classee_le__isnull=True) | Q(classee_le__lt=F("copie_caisse_du"))
)


class CorbeilleQuerySet(models.QuerySet["Fiche"]):
    def a_traiter(self) -> Self:
        """Sent and not yet answered: the inbox of the caisse."""
        return self.filter(statut__in=OUVERTES)

    def par_urgence(self) -> Self:
        return self.order_by("derniere_heure_utile", "reponse_due_le", "pk")

    def en_retard(self, maintenant: datetime) -> Self:
        return self.a_traiter().filter(reponse_due_le__lt=maintenant)

    def libres(self) -> Self:
        return self.filter(LIBRE)

    def decompte(self, maintenant: datetime) -> dict[str, int]:
        """The figures of the open fiches of the caisse, one for each of its lists, in one query."""

        def au_statut(statut: Statut) -> Count:
            return Count("pk", filter=Q(statut=statut))

        comptes: dict[str, int] = self.a_traiter().aggregate(
            ouvertes=Count("pk"),
            nouvelles=au_statut(Statut.TRANSMISE),
            en_cours=au_statut(Statut.PRISE_EN_CHARGE),
            en_attente=au_statut(Statut.COMPLEMENT_DEMANDE),
            en_retard=Count("pk", filter=Q(reponse_due_le__lt=maintenant)),
            libres=Count("pk", filter=LIBRE),
        )
        return comptes

    def charges_de_la_caisse(
        self, maintenant: datetime, fin_du_jour: datetime
    ) -> dict[int, dict[str, int]]:
        """By agent: `ouvertes`, `en_retard`, `du_jour` (to answer before tonight). One query."""
        du_jour = Q(reponse_due_le__gte=maintenant, derniere_heure_utile__lt=fin_du_jour)
        chargees = self.a_traiter().filter(chargee_a__isnull=False)
        return chargees.compter_par(
            "chargee_a",
            ouvertes=Count("pk"),
            en_retard=Count("pk", filter=Q(reponse_due_le__lt=maintenant)),
            du_jour=Count("pk", filter=du_jour),
        )

    def compter_par(self, champ: str, **comptes: Count) -> dict[Any, dict[str, int]]:
        """These counts for each value of `champ`. One query."""
        lignes = self.order_by().values(champ).annotate(**comptes)
        return {un[champ]: {nom: un[nom] for nom in comptes} for un in lignes}

    def a_classer(self, maintenant: datetime, alerte: timedelta) -> Self:
        """Not yet in the business application while the copy lives: once answered, or near its end.

        `alerte`: how long before the copy goes an open fiche is listed too.
        """
        return self.filter(NON_CLASSEE, copie_caisse_jusqu_au__gt=maintenant).filter(
            Q(statut__in=REPONDUES) | Q(copie_caisse_jusqu_au__lte=maintenant + alerte)
        )

    def par_effacement(self) -> Self:
        return self.order_by("copie_caisse_jusqu_au", "pk")

    def de_references(self, references: Sequence[str]) -> Self:
        return self.filter(reference__in=references)

    def traitees(self) -> Self:
        return self.filter(repondue_le__isnull=False).exclude(statut__in=OUVERTES)

    def par_reponse(self) -> Self:
        return self.order_by("-repondue_le", "pk")

    def chargees_a(self, agent: Agent | int) -> Self:
        return self.filter(chargee_a=agent)

    def avec_agent(self, *, un: bool) -> Self:
        """Those that somebody at the caisse has, or those that nobody has."""
        return self.filter(chargee_a__isnull=not un)
