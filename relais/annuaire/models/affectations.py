"""Roles of agents in organisations."""

from collections.abc import Collection, Sequence
from datetime import date
from functools import cached_property
from typing import ClassVar

from django.db import models

from relais.annuaire.models.absences import Absence
from relais.annuaire.models.agents import Agent
from relais.annuaire.models.organisations import Equipe, Organisation, Territoire
from relais.regles.comptes import ROLES_A_DEUX
from relais.regles.convention import ROLES_DE_LA_CAISSE, ROLES_DE_TERRAIN, Role
from relais.socle import horloge
from relais.socle.donnees_personnelles import communs

LIBELLES_ROLES: dict[str, str] = {
    Role.TRAVAILLEUR_SOCIAL: "Travailleur social",
    Role.CHARGE_ACCUEIL: "Chargé d’accueil social",
    Role.ENCADRANT: "Encadrant",
    Role.AGENT_CAISSE: "Agent de la caisse",
    Role.RESPONSABLE_CAISSE: "Responsable à la caisse",
    Role.REFERENT: "Référent de la convention",
    Role.CHARGE_REPERAGE: "Chargé du repérage",
    Role.DPO: "Délégué à la protection des données",
    Role.ADMINISTRATEUR: "Administrateur",
    Role.ADMINISTRATEUR_TECHNIQUE: "Administrateur technique",
}


# A row closed by hand, before proposals existed, has no `proposee_le`: it waits for nobody.
EN_ATTENTE = models.Q(active=False, close_le=None, proposee_le__isnull=False)


class AffectationQuerySet(models.QuerySet["Affectation"]):
    def actives(self) -> "AffectationQuerySet":
        return self.filter(active=True, agent__is_active=True)

    def referents(self, organisation: str) -> "AffectationQuerySet":
        """The référents of the convention on one side (annex 1)."""
        return (
            self.actives()
            .filter(organisation=organisation, role=Role.REFERENT)
            .select_related("agent")
        )

    def avec_tout(self) -> "AffectationQuerySet":
        return self.select_related("agent", "organisation", "territoire", "equipe")

    def de_l_equipe(self, equipe: Equipe | None) -> "AffectationQuerySet":
        """Who works in that équipe, by name."""
        return self.actives().avec_tout().filter(equipe=equipe).order_by("agent__nom", "pk")

    def du_terrain(self, agent: int, equipe: int | None) -> "AffectationQuerySet":
        """The roles by which that agent may follow the fiches of that équipe."""
        return self.actives().filter(agent=agent, equipe=equipe, role__in=ROLES_DE_TERRAIN)

    def de_la_caisse(self, organisation: str) -> "AffectationQuerySet":
        """Who treats fiches there, and may be given one, by name."""
        la = self.filter(organisation=organisation, role__in=ROLES_DE_LA_CAISSE)
        par_nom = ("agent__nom", "agent__prenom", "agent", "pk")
        return la.actives().avec_tout().order_by(*par_nom)

    def autres_que(self, affectation: "Affectation") -> "AffectationQuerySet":
        """The other roles in use of the same agent in the same organisation."""
        siennes = self.filter(agent=affectation.agent_id, organisation=affectation.organisation_id)
        return siennes.actives().exclude(pk=affectation.pk)

    def roles(self, roles: Sequence[Role]) -> "AffectationQuerySet":
        return self.filter(role__in=roles)

    def collegues_de(self, qui: "Affectation") -> "AffectationQuerySet":
        """Who works in the same équipe, or treats fiches at the same caisse; `qui` included."""
        if qui.a_la_caisse:
            return self.de_la_caisse(qui.organisation_id)
        return self.de_l_equipe(qui.equipe)

    def de(self, agent: Agent) -> "AffectationQuerySet":
        """The affectations an agent may use, the oldest first."""
        return self.actives().avec_tout().filter(agent=agent).order_by("pk")

    def ouvertes(self) -> "AffectationQuerySet":
        """In use, or waiting for approval."""
        return self.filter(EN_ATTENTE | models.Q(active=True))

    def en_attente(self) -> "AffectationQuerySet":
        """Proposed, and waiting for a second person, the oldest first."""
        return self.filter(EN_ATTENTE).avec_tout().order_by("proposee_le", "pk")

    def closes_de(self, agent: Agent, organisation: str) -> "AffectationQuerySet":
        """The roles that agent had, or was refused, in that organisation, the last first."""
        siennes = self.filter(agent=agent, organisation=organisation, close_le__isnull=False)
        return siennes.avec_tout().order_by("-close_le", "-pk")

    def precisement(
        self, agent: Agent, organisation: str, role: Role, equipe: Equipe | None
    ) -> "AffectationQuerySet":
        return self.filter(agent=agent, organisation=organisation, role=role, equipe=equipe)

    def chez(self, organisation: str) -> "AffectationQuerySet":
        return self.filter(organisation=organisation)

    def administrateurs(self, organisation: str) -> "AffectationQuerySet":
        return (
            self.actives().avec_tout().filter(organisation=organisation, role=Role.ADMINISTRATEUR)
        )

    def dpos(self, organisation: str) -> "AffectationQuerySet":
        return self.actives().avec_tout().filter(organisation=organisation, role=Role.DPO)

    def a_revoir(self, organisation: str) -> "AffectationQuerySet":
        """Every right in use of that party: who must be looked at first comes first."""
        return (
            self.actives()
            .avec_tout()
            .select_related("revue_par")
            .filter(organisation=organisation)
            .order_by(models.F("a_revoir_le").asc(nulls_first=True), "pk")
        )

    def echues(self, jour: date) -> "AffectationQuerySet":
        """Whose review is due."""
        return self.filter(a_revoir_le__lt=jour)

    def prochaine_revue(self) -> date | None:
        """The day by which the first of them is reviewed."""
        premiere: date | None = self.aggregate(jour=models.Min("a_revoir_le"))["jour"]
        return premiere

    def retenues_en_usage(self, numeros: Collection[int]) -> list["Affectation"]:
        """Those in use, and in use until the end of the act that asks.

        Agents first, as who closes an account does: two acts never wait for each other in a circle.
        """
        agents = Agent.objects.filter(affectations__in=numeros).order_by("pk")
        list(agents.select_for_update(of=("self",), no_key=True))
        siennes = self.actives().filter(pk__in=numeros).order_by("pk")
        return list(siennes.select_for_update(of=("self",), no_key=True))

    def de_numeros(self, numeros: list[str]) -> "AffectationQuerySet":
        """Those that a page ticked; what is no number is nobody's."""
        return self.filter(pk__in=[int(n) for n in numeros if n.isdecimal() and len(n) < 19])


class Affectation(models.Model):
    """A role of an agent in an organisation. One is active in a session: rights never add up.

    Proposed (`proposee_le`), then in use (`active`, `depuis`) or refused, then withdrawn
    (`close_le`). What the command line made has neither proposer nor approver: `origine` says it.
    """

    class Origine(models.TextChoices):
        PAGE = "page", "Proposé par un administrateur"
        COMMANDE = "commande", "Donné depuis le serveur"

    class Refus(models.TextChoices):
        INCONNU = "inconnu", "Cette personne ne travaille pas ici"
        AUTRE_ROLE = "autre_role", "Ce n’est pas son métier : un autre rôle convient"
        AUTRE_EQUIPE = "autre_equipe", "Ce n’est pas son équipe"
        PLUS_TARD = "plus_tard", "Pas encore : la personne n’est pas arrivée"

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="affectations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="affectations")
    role = models.CharField(max_length=30, choices=LIBELLES_ROLES)
    territoire = models.ForeignKey(
        Territoire, models.PROTECT, null=True, blank=True, related_name="+"
    )
    equipe = models.ForeignKey(
        Equipe, models.PROTECT, null=True, blank=True, related_name="affectations"
    )
    active = models.BooleanField(default=True)
    depuis = models.DateTimeField()
    origine = models.CharField(max_length=10, choices=Origine, default=Origine.COMMANDE)
    proposee_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    proposee_le = models.DateTimeField(null=True)
    approuvee_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    refus = models.CharField(max_length=20, choices=Refus, blank=True)
    close_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    close_le = models.DateTimeField(null=True)
    revue_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    revue_le = models.DateTimeField(null=True)
    a_revoir_le = models.DateField(null=True)
    visite_le = models.DateTimeField(null=True, blank=True)  # the first visit was seen or passed

    objects = AffectationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agent", "organisation", "role", "equipe"],
                condition=models.Q(active=True),
                name="affectation_active_unique",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~models.Q(role__in=["travailleur_social", "charge_accueil", "encadrant"])
                | models.Q(equipe__isnull=False, territoire__isnull=False),
                name="affectation_de_terrain_avec_equipe_et_territoire",
            ),
            models.CheckConstraint(
                condition=models.Q(active=False)
                | models.Q(origine="commande")
                | ~models.Q(role__in=sorted(ROLES_A_DEUX))
                | models.Q(
                    ~models.Q(approuvee_par=models.F("proposee_par")),
                    approuvee_par__isnull=False,
                    proposee_par__isnull=False,
                ),
                name="affectation_approuvee_par_une_autre_personne",
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q((f"{champ}__isnull", True))
                    | ~models.Q((champ, models.F("agent"))),
                    name=f"affectation_{champ}_un_autre",
                )
                for champ in ("proposee_par", "approuvee_par")
            ),
            models.CheckConstraint(
                condition=models.Q(active=False) | models.Q(close_le=None, refus=""),
                name="affectation_active_non_close",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "a_revoir_le"],
                condition=models.Q(active=True),
                name="affectation_a_revoir",
            ),
            models.Index(
                fields=["organisation", "proposee_le"],
                condition=models.Q(active=False, close_le=None),
                name="affectation_en_attente",
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "agent": ("rattacher", "supprimé avec le compte"),
            "organisation": ("rattacher", "supprimé avec le compte"),
            "role": ("ouvrir les droits", "supprimé avec le compte"),
            "territoire": ("ouvrir les droits", "supprimé avec le compte"),
            "equipe": ("ouvrir les droits", "supprimé avec le compte"),
            "active": ("fermer un droit", "supprimé avec le compte"),
            "depuis": ("dater le droit", "supprimé avec le compte"),
            **communs(
                (
                    "origine proposee_par proposee_le approuvee_par refus close_par close_le "
                    "revue_par revue_le a_revoir_le"
                ),
                ("prouver qui a donné le droit, et qu’il est revu", "supprimé avec le compte"),
            ),
            "visite_le": ("ne montrer la visite qu'une fois", "supprimé avec le compte"),
        }

    @property
    def libelle(self) -> str:
        lieu = self.equipe or self.territoire
        return f"{LIBELLES_ROLES[self.role]}{f' · {lieu.nom}' if lieu else ''}"

    @property
    def a_la_caisse(self) -> bool:
        return self.role in ROLES_DE_LA_CAISSE

    @cached_property
    def remplaces(self) -> tuple[int, ...]:
        """The agents for whom this one stands in today, in this équipe: read once a `contexte`."""
        absences = Absence.objects.en_cours(horloge.aujourd_hui()).remplacees_par(self)
        return tuple(absences.values_list("agent", flat=True))
