"""People with an individual account."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Coalesce, Concat, Lower


class AgentQuerySet(models.QuerySet["Agent"]):
    def de_l_organisation(self, organisation: str) -> "AgentQuerySet":
        """Those who have, had or wait for a role in that organisation, by name."""
        roles = apps.get_model("annuaire", "Affectation").objects.filter(
            agent=models.OuterRef("pk"), organisation=organisation
        )
        return self.filter(models.Exists(roles)).order_by(Lower("nom"), Lower("prenom"), "pk")

    def d_adresse(self, email: str) -> "AgentQuerySet":
        return self.filter(email__iexact=email.strip())

    def ayant(
        self, *, organisation: str, role: str = "", equipe: str = "", en_attente: bool = False
    ) -> "AgentQuerySet":
        """Who has, or waits for, that role in that équipe; empty texts filter nothing."""
        if not (role or equipe or en_attente):
            return self
        roles = apps.get_model("annuaire", "Affectation").objects
        voulus = (roles.en_attente() if en_attente else roles.ouvertes()).order_by()
        voulus = voulus.filter(agent=models.OuterRef("pk"), organisation=organisation)
        if role:
            voulus = voulus.filter(role=role)
        if equipe:
            voulus = voulus.filter(equipe__pk=int(equipe))
        return self.filter(models.Exists(voulus))

    def avec_leurs_roles(self, organisation: str) -> "AgentQuerySet":
        """`roles_ici`: the open roles in that organisation; `liens_ouverts`: the link mailed."""
        modele = apps.get_model("annuaire", "Affectation")
        liens = apps.get_model("annuaire", "Lien").objects.ouverts()
        ici = modele.objects.ouvertes().avec_tout().select_related("approuvee_par")
        ici = ici.filter(organisation=organisation)
        return self.prefetch_related(
            models.Prefetch("affectations", ici.order_by("pk"), to_attr="roles_ici"),
            models.Prefetch("liens", liens, to_attr="liens_ouverts"),
        )

    def de_pseudonymes(self, pseudonymes: Iterable[uuid.UUID]) -> "AgentQuerySet":
        return self.filter(pseudonyme__in=pseudonymes)

    def actifs(self) -> "AgentQuerySet":
        return self.filter(is_active=True)

    def invites(self) -> "AgentQuerySet":
        """Invited, and not yet there."""
        return self.filter(is_active=False, desactive_le=None)

    def desactives(self) -> "AgentQuerySet":
        return self.filter(desactive_le__isnull=False)

    def fermes_avant(self, instant: datetime) -> "AgentQuerySet":
        """Closed before that instant, without a role left, and not erased yet."""
        roles = apps.get_model("annuaire", "Affectation").objects.ouvertes()
        fermes = self.filter(desactive_le__lt=instant, efface_le=None)
        return fermes.exclude(models.Exists(roles.filter(agent=models.OuterRef("pk"))))

    def invites_avant(self, instant: datetime) -> "AgentQuerySet":
        """Not yet there, their last invitation (`invite_le`) sent at that instant or before."""
        liens = apps.get_model("annuaire", "Lien").objects.filter(agent=models.OuterRef("pk"))
        dernier = models.Subquery(liens.order_by("-cree_le").values("cree_le")[:1])
        invites = self.invites().annotate(invite_le=Coalesce(dernier, "cree_le"))
        return invites.filter(invite_le__lte=instant)

    def verrouilles(self) -> "AgentQuerySet":
        """For who erases them: what somebody else holds waits for the next passage."""
        return self.select_for_update(of=("self",), skip_locked=True)

    def inutilises(self, depuis: datetime | None) -> "AgentQuerySet":
        """Open, and without a login since that instant (regles.comptes.seuil_d_inutilite)."""
        if depuis is None:
            return self.none()
        vus = Coalesce("last_login", "rouvert_le", "cree_le")
        return self.actifs().alias(vu_le=vus).filter(vu_le__lt=depuis)

    def nommes(self, texte: str) -> "AgentQuerySet":
        """Whose first name, last name or address holds each word of `texte`."""
        espace = Value(" ")
        tout = Concat("prenom", espace, "nom", espace, "email", output_field=models.CharField())
        trouves = self.alias(tout=Lower(Func(tout, function="f_unaccent")))
        for mot in texte.split():
            trouves = trouves.filter(tout__contains=Lower(Func(Value(mot), function="f_unaccent")))
        return trouves


class AgentManager(BaseUserManager.from_queryset(AgentQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "Agent":
        return self.get(email__iexact=username)


class Agent(AbstractBaseUser):
    """A person with an individual account. `pseudonyme` stands for them in the journal.

    `efface_le`: nothing of the person is left but what their acts hold (actions/effacements.py).
    """

    email = models.EmailField(max_length=254)
    prenom = models.CharField(max_length=60)
    nom = models.CharField(max_length=80)
    telephone = models.CharField(max_length=20, blank=True)
    pseudonyme = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    raccourcis = models.BooleanField(default=False)
    cree_le = models.DateTimeField()
    desactive_le = models.DateTimeField(null=True)
    rouvert_le = models.DateTimeField(null=True)
    efface_le = models.DateTimeField(null=True, editable=False)

    objects = AgentManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["prenom", "nom"]

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="agent_email_unique_sans_casse"),
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(desactive_le=None),
                name="agent_desactive_inactif",
            ),
            # An erased account never opens again: nobody is behind it any more.
            models.CheckConstraint(
                condition=models.Q(efface_le=None)
                | models.Q(desactive_le__isnull=False, is_active=False, prenom="", telephone=""),
                name="agent_efface_ferme",
            ),
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
            "raccourcis": ("régler son clavier", "supprimé avec le compte"),
            "cree_le": ("dater le compte", "supprimé avec le compte"),
            "desactive_le": ("dater sa fermeture", "supprimé avec le compte"),
            "rouvert_le": ("repérer les comptes inutilisés", "supprimé avec le compte"),
            "efface_le": ("dater l'effacement de la personne", "gardé avec ce qu'elle a fait"),
        }

    @property
    def nom_complet(self) -> str:
        return f"{self.prenom} {self.nom}".strip()

    @property
    def est_invite(self) -> bool:
        """Invited, and not yet there (`invites`)."""
        return not self.is_active and self.desactive_le is None

    def get_full_name(self) -> str:
        return self.nom_complet

    def __str__(self) -> str:
        return self.nom_complet or self.email
