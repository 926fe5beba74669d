"""Who takes part: organisations, their territoires and équipes, agents and their roles.

Not walled by row-level security: accounts must be readable before anybody has logged in
(docs/adr/0004-mur-postgresql.md).
"""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from relais.regles.convention import Role

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


class Organisation(models.Model):
    """A party of a convention: a Département or a caisse. Its code names it everywhere."""

    class Nature(models.TextChoices):
        DEPARTEMENT = "departement", "Département"
        CAISSE = "caisse", "Caisse de retraite"

    code = models.SlugField(primary_key=True, max_length=40)
    nature = models.CharField(max_length=12, choices=Nature)
    nom = models.CharField(max_length=120)

    class DonneesPersonnelles:
        champs: ClassVar = {
            "code": ("désigner l'organisation", "gardé avec l'organisation"),
            "nature": ("distinguer les deux parties", "gardé avec l'organisation"),
            "nom": ("désigner l'organisation", "gardé avec l'organisation"),
        }


class Convention(models.Model):
    """A signed text in force, as one file: its digest proves which values were applied."""

    code = models.SlugField(primary_key=True, max_length=60)
    nom = models.CharField(max_length=200)
    empreinte = models.CharField(max_length=64)
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    enregistree_le = models.DateTimeField()

    class DonneesPersonnelles:
        champs: ClassVar = {
            "code": ("désigner la convention", "gardé avec la convention"),
            "nom": ("désigner la convention", "gardé avec la convention"),
            "empreinte": ("prouver les valeurs appliquées", "gardé avec la convention"),
            "departement": ("désigner les parties", "gardé avec la convention"),
            "caisse": ("désigner les parties", "gardé avec la convention"),
            "enregistree_le": ("dater l'enregistrement", "gardé avec la convention"),
        }


class Territoire(models.Model):
    """A territoire d'intervention sociale (annex 2)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="territoires")
    code = models.SlugField(max_length=10)
    nom = models.CharField(max_length=80)
    couleur = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="territoire_code_unique_par_organisation"
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "organisation": ("rattacher", "gardé avec l'organisation"),
            "code": ("désigner le territoire (annexe 2)", "gardé avec l'organisation"),
            "nom": ("désigner le territoire (annexe 2)", "gardé avec l'organisation"),
            "couleur": ("couleur de l'annexe 2", "gardé avec l'organisation"),
        }


class Equipe(models.Model):
    """A team: of a TIS (a CDAS) for a Département, an agency for a caisse."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="equipes")
    territoire = models.ForeignKey(
        Territoire, models.PROTECT, null=True, blank=True, related_name="equipes"
    )
    nom = models.CharField(max_length=80)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "nom"], name="equipe_nom_unique_par_organisation"
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "organisation": ("rattacher", "gardé avec l'organisation"),
            "territoire": ("rattacher au TIS", "gardé avec l'organisation"),
            "nom": ("désigner l'équipe", "gardé avec l'organisation"),
        }


class AgentManager(BaseUserManager["Agent"]):
    def get_by_natural_key(self, username: str | None) -> "Agent":
        return self.get(email__iexact=username)


class Agent(AbstractBaseUser):
    """A person with an individual account. `pseudonyme` stands for them in the journal."""

    email = models.EmailField(max_length=254)
    prenom = models.CharField(max_length=60)
    nom = models.CharField(max_length=80)
    telephone = models.CharField(max_length=20, blank=True)
    pseudonyme = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    cree_le = models.DateTimeField()

    objects = AgentManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["prenom", "nom"]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="agent_email_unique_sans_casse")
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "password": ("authentifier (empreinte)", "supprimé avec le compte"),
            "last_login": ("repérer les comptes inutilisés", "supprimé avec le compte"),
            "email": ("se connecter, être prévenu", "supprimé avec le compte"),
            "prenom": ("figurer sur la fiche (annexe 1)", "supprimé avec le compte"),
            "nom": ("figurer sur la fiche (annexe 1)", "supprimé avec le compte"),
            "telephone": ("figurer sur la fiche (annexe 1)", "supprimé avec le compte"),
            "pseudonyme": ("désigner l'agent dans le journal", "supprimé avec le compte"),
            "is_active": ("fermer un compte", "supprimé avec le compte"),
            "cree_le": ("dater le compte", "supprimé avec le compte"),
        }

    @property
    def nom_complet(self) -> str:
        return f"{self.prenom} {self.nom}".strip()

    def get_full_name(self) -> str:
        return self.nom_complet

    def __str__(self) -> str:
        return self.nom_complet or self.email


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

    def de(self, agent: Agent) -> "AffectationQuerySet":
        """The affectations an agent may use, the oldest first."""
        return self.actives().avec_tout().filter(agent=agent).order_by("pk")


class Affectation(models.Model):
    """A role of an agent in an organisation. One is active in a session: rights never add up."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="affectations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="affectations")
    role = models.CharField(max_length=30, choices=LIBELLES_ROLES)
    territoire = models.ForeignKey(
        Territoire, models.PROTECT, null=True, blank=True, related_name="+"
    )
    equipe = models.ForeignKey(Equipe, models.PROTECT, null=True, blank=True, related_name="+")
    active = models.BooleanField(default=True)
    depuis = models.DateTimeField()

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
        }

    @property
    def libelle(self) -> str:
        lieu = self.equipe or self.territoire
        return f"{LIBELLES_ROLES[self.role]}{f' · {lieu.nom}' if lieu else ''}"
