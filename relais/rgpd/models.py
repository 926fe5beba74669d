"""What the DPO keeps from the purge, and when the purge last went to its end."""

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from relais.annuaire.models import Affectation, Agent, Organisation
from relais.fiches.models import Fiche
from relais.regles.retenue import LIBELLES_RETENUE
from relais.socle.donnees_personnelles import TECHNIQUE, communs


class PassageQuerySet(models.QuerySet["Passage"]):
    def noter(self, organisation: str, *, fini_le: datetime, effaces: int) -> None:
        self.update_or_create(
            organisation=organisation, defaults={"fini_le": fini_le, "effaces": effaces}
        )

    def dernier(self, organisation: str) -> "Passage | None":
        return self.filter(pk=organisation).first()

    def finis_depuis(self, limite: datetime) -> set[str]:
        """The organisations for which a passage of the purge ended since then."""
        return set(self.filter(fini_le__gte=limite).values_list("organisation", flat=True))


class Passage(models.Model):
    """The last passage of the purge that went to its end, one row for each organisation."""

    organisation = models.CharField(max_length=40, primary_key=True)
    fini_le = models.DateTimeField()
    effaces = models.PositiveIntegerField()

    objects = PassageQuerySet.as_manager()

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(("organisation", "fini_le", "effaces"), TECHNIQUE)


class RetenueQuerySet(models.QuerySet["Retenue"]):
    def posees_chez(self, qui: Affectation) -> "RetenueQuerySet":
        """Those of the Département of that DPO, the newest first."""
        siennes = self.filter(departement=qui.organisation_id)
        return siennes.select_related("fiche", "posee_par", "levee_par").order_by("-posee_le", "pk")

    def en_cours(self, jour: date) -> "RetenueQuerySet":
        return self.filter(levee_le=None, jusqu_au__gte=jour)

    def finies_au(self, jour: date) -> "RetenueQuerySet":
        """Whose last day is that one, or before."""
        return self.filter(jusqu_au__lte=jour)


class Retenue(models.Model):
    """A fiche that the DPO of the Département keeps from the purge, for a reason, until a day.

    The fiche itself bears until when (`Fiche.retenue_jusqu_au`): the purge compares that alone.
    """

    # The database deletes it with its fiche (sql/retenues.sql).
    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="retenues", db_constraint=False)
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    motif = models.CharField(max_length=20, choices=LIBELLES_RETENUE)
    posee_par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    posee_le = models.DateTimeField()
    jusqu_au = models.DateField()  # its last day
    levee_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    levee_le = models.DateTimeField(null=True)

    objects = RetenueQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(levee_par__isnull=True, levee_le__isnull=True)
                | Q(levee_par__isnull=False, levee_le__gte=F("posee_le")),
                name="retenue_levee_par_quelqu_un",
            ),
            models.CheckConstraint(
                condition=Q(jusqu_au__gt=F("posee_le__date")), name="retenue_a_une_fin"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["departement", "-posee_le"], name="retenue_departement")
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id fiche departement motif posee_par posee_le jusqu_au levee_par levee_le",
            ("justifier une conservation plus longue (RGPD, art. 5)", "purgé avec la fiche"),
        )
