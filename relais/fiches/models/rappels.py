"""What reminds people: reminders with their time, the day's summary, how each wants their mails."""

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from relais.annuaire.models import Affectation, Agent, Organisation
from relais.fiches.models.corbeille import INVISIBLES_CAISSE
from relais.fiches.models.fiche import AVEC_LA_FICHE, Fiche
from relais.fiches.models.passages import Tour
from relais.regles.circuit import CHEZ_LA_CAISSE, OUVERTES, REPONDUES, Statut
from relais.regles.rappels import Nature
from relais.socle.donnees_personnelles import communs

PAR_PASSAGE = 200


class RappelQuerySet(models.QuerySet["Rappel"]):
    def dus_avant(self, organisation: str, avant: datetime) -> "RappelQuerySet":
        """The reminders of that organisation still to do, due before that instant."""
        return self.filter(organisation=organisation, fait_le__isnull=True, du_le__lte=avant)

    def dus(self, organisation: str, maintenant: datetime) -> "RappelQuerySet":
        """A passage's worth of reminders whose time has come, the oldest first."""
        return self.dus_avant(organisation, maintenant).order_by("du_le", "pk")[:PAR_PASSAGE]

    def a_faire(self, pk: int) -> "Rappel | None":
        """That reminder, locked, unless it is done or in another worker's hands."""
        return (
            self.select_for_update(skip_locked=True, no_key=True)
            .filter(pk=pk, fait_le__isnull=True)
            .first()
        )

    def avec_les_gens(self) -> "RappelQuerySet":
        return self.select_related("tour", "fiche__chargee_a", "fiche__proprietaire")

    def encore_utiles(self, maintenant: datetime) -> "RappelQuerySet":
        """Those whose fiche still waits for what they remind of.

        A fiche that its caisse no longer sees (recalled, withdrawn) waits for nothing.
        """
        restants = Rappel.objects.filter(tour=OuterRef("tour"), fait_le=None)
        avant = Q(tour__reponse_due_le__gt=maintenant)
        autre_date = Exists(restants.filter(nature=Nature.ETAPE))
        plus_pressant = Exists(restants.filter(nature=Nature.ECHEANCE, du_le__lte=maintenant))
        return self.filter(fiche__transmise_le=F("tour__transmise_le")).filter(
            Q(avant, nature=Nature.ATTENTE, fiche__statut__in=CHEZ_LA_CAISSE)
            & ~autre_date
            & ~plus_pressant
            | Q(avant, nature=Nature.ECHEANCE, fiche__statut__in=OUVERTES)
            | Q(nature=Nature.RETARD, fiche__statut__in=OUVERTES)
            | Q(nature=Nature.ETAPE, fiche__statut=Statut.PRISE_EN_CHARGE)
            | Q(nature=Nature.COMPLEMENT, fiche__statut=Statut.COMPLEMENT_DEMANDE)
            | Q(
                nature=Nature.LECTURE,
                fiche__statut__in=REPONDUES,
                fiche__reponse_lue_le=None,
                fiche__accompagnement_fini_le=None,
            )
            | Q(nature=Nature.CLASSEMENT, fiche__copie_caisse_jusqu_au__gt=maintenant)
            & ~Q(fiche__statut__in=INVISIBLES_CAISSE)
            & (
                Q(fiche__classee_le__isnull=True)
                | Q(fiche__classee_le__lt=F("fiche__copie_caisse_du"))
            )
        )

    def de_classement(self, fiche: Fiche) -> "RappelQuerySet":
        """The warnings about the filing of a fiche that are still to come."""
        return self.filter(fiche=fiche, fait_le=None, nature=Nature.CLASSEMENT)

    def en_attente_d_un_mot(self, tour: Tour) -> "RappelQuerySet":
        """What a new word of the caisse makes void: the news it had announced, what it asked."""
        return self.filter(tour=tour, fait_le=None, nature__in=(Nature.ETAPE, Nature.COMPLEMENT))


class Rappel(models.Model):
    """A reminder that becomes mails at `du_le`, if its fiche still waits for it by then."""

    class Suite(models.TextChoices):
        ENVOYE = "envoye", "Envoyé"
        SANS_OBJET = "sans_objet", "Sans objet"

    # The database deletes them with their fiche (sql/rappels.sql).
    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="rappels", db_constraint=False)
    tour = models.ForeignKey(Tour, models.CASCADE, related_name="rappels", db_constraint=False)
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    nature = models.CharField(max_length=12, choices=[(n.value, n.value) for n in Nature])
    du_le = models.DateTimeField()
    fait_le = models.DateTimeField(null=True)
    suite = models.CharField(max_length=10, choices=Suite, blank=True)

    objects = RappelQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["tour", "organisation", "nature", "du_le"], name="rappel_unique"
            ),
            models.CheckConstraint(
                condition=Q(fait_le__isnull=True, suite="")
                | Q(fait_le__isnull=False) & ~Q(suite=""),
                name="rappel_fait_a_une_suite",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "du_le", "id"],
                condition=Q(fait_le__isnull=True),
                name="rappel_du",
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id fiche tour departement caisse organisation nature du_le fait_le suite",
            ("rappeler ce qui attend (convention, annexe 1)", AVEC_LA_FICHE),
        )


class CourrielsQuerySet(models.QuerySet["Courriels"]):
    def attendant_le_point(self, organisation: str, jour: date) -> list[Agent]:
        """Who works there, wants the summary and has not had that of the day."""
        faits = PointDuJour.objects.filter(agent=OuterRef("agent"), jour=jour)
        siennes = Affectation.objects.actives().filter(
            agent=OuterRef("agent"), organisation=organisation
        )
        voulus = self.filter(Exists(siennes), ~Exists(faits), choix=Courriels.Choix.POINT)
        return [un.agent for un in voulus.select_related("agent").order_by("agent")]

    def choix_de(self, agent: Agent) -> str:
        """How that agent wants them; nothing chosen: each one."""
        choix = self.filter(agent=agent).values_list("choix", flat=True).first()
        return choix or Courriels.Choix.CHACUN

    def veut_chacun(self, agent: Agent) -> bool:
        return self.choix_de(agent) == Courriels.Choix.CHACUN


class Courriels(models.Model):
    """How an agent wants the mails that leave them a choice; no row: each of them."""

    class Choix(models.TextChoices):
        CHACUN = "chacun", "Un courriel à chaque nouvelle"
        POINT = "point", "Un seul courriel par jour, le point du jour"
        AUCUN = "aucun", "Aucun courriel"

    agent = models.OneToOneField(Agent, models.CASCADE, related_name="+", primary_key=True)
    choix = models.CharField(max_length=6, choices=Choix)

    objects = CourrielsQuerySet.as_manager()

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "agent choix", ("prévenir chacun à sa façon", "supprimé avec le compte")
        )


class PointDuJour(models.Model):
    """The summary of one day for one agent: counts alone; mailed unless all of them are zero."""

    agent = models.ForeignKey(Agent, models.CASCADE, related_name="+")
    jour = models.DateField()
    reponses_a_lire = models.PositiveIntegerField(default=0)
    precisions_demandees = models.PositiveIntegerField(default=0)
    fiches_en_charge = models.PositiveIntegerField(default=0)
    fiches_nouvelles = models.PositiveIntegerField(default=0)
    fiches_en_retard = models.PositiveIntegerField(default=0)
    fiches_a_revoir = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agent", "jour"], name="point_unique_par_jour")
        ]

    @property
    def premier_du_mois(self) -> bool:
        """Whether that agent had none earlier in the month."""
        avant = PointDuJour.objects.filter(agent=self.agent, jour__lt=self.jour)
        return not avant.filter(jour__gte=self.jour.replace(day=1)).exists()

    @property
    def lignes(self) -> list[str]:
        """What the mail says, a line for each count that is not zero."""
        comptes = (
            (self.reponses_a_lire, "réponse à lire", "réponses à lire"),
            (self.precisions_demandees, "précision demandée", "précisions demandées"),
            (self.fiches_en_charge, "fiche que vous suivez", "fiches que vous suivez"),
            (self.fiches_nouvelles, "nouvelle fiche à prendre", "nouvelles fiches à prendre"),
            (self.fiches_en_retard, "fiche en retard", "fiches en retard"),
            (self.fiches_a_revoir, "fiche de l’équipe à revoir", "fiches de l’équipe à revoir"),
        )
        return [f"{n} {une if n == 1 else plusieurs}" for n, une, plusieurs in comptes if n]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id agent jour reponses_a_lire precisions_demandees fiches_en_charge "
            "fiches_nouvelles fiches_en_retard fiches_a_revoir",
            ("résumer la journée de l’agent", "supprimé au bout de 30 jours"),
        )
