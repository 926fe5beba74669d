"""A list taken away: sealed under a key of its own until its author fetches it, once.

What is on somebody's computer is out of reach: the file bears the day by which it must go.
"""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from relais.annuaire.models import Affectation, Agent, Organisation
from relais.socle.donnees_personnelles import TECHNIQUE, communs

CONSERVATION = (
    "clé détruite au téléchargement, ou au bout de 24 heures ; ligne supprimée au bout de 24 heures"
)


class ExportQuerySet(models.QuerySet["Export"]):
    def de_l_auteur(self, qui: Affectation) -> "ExportQuerySet":
        """His own alone, the newest first: nobody fetches a file for another."""
        siens = self.filter(organisation=qui.organisation_id, par=qui.agent_id)
        return siens.order_by("-cree_le")

    def chez(self, organisation: str) -> "ExportQuerySet":
        return self.filter(organisation=organisation)

    def a_prendre(self, maintenant: datetime) -> "ExportQuerySet":
        """Not fetched yet, and still there."""
        return self.avec_contenu().filter(a_purger_le__gt=maintenant)

    def retires(self) -> "ExportQuerySet":
        """Destroyed before their author fetched them, as somebody was no more to be in them."""
        return self.filter(retire_le__isnull=False)

    def avec_contenu(self) -> "ExportQuerySet":
        """Whose file is still there."""
        return self.filter(pris_le=None, retire_le=None)

    def verrouilles(self) -> "ExportQuerySet":
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def a_purger(self, organisation: str, maintenant: datetime) -> "ExportQuerySet":
        return self.filter(organisation=organisation, a_purger_le__lte=maintenant).order_by(
            "a_purger_le", "pk"
        )


class Export(models.Model):
    """One file asked for. `contenu` is sealed under `Genre.EXPORT`, and gone once fetched."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    forme = models.CharField(max_length=4)
    nombre = models.PositiveIntegerField()
    contenu = models.BinaryField(null=True)
    cree_le = models.DateTimeField()
    a_purger_le = models.DateTimeField()
    pris_le = models.DateTimeField(null=True)
    retire_le = models.DateTimeField(null=True)  # before it was fetched: somebody left the caseload

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(pris_le=None, retire_le=None, contenu__isnull=False)
                | Q(pris_le__isnull=False, retire_le=None, contenu=None)
                | Q(pris_le=None, retire_le__isnull=False, contenu=None),
                name="export_pris_une_fois",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["par", "-cree_le"], name="export_de_l_auteur"),
            models.Index(fields=["organisation", "a_purger_le"], name="export_a_purger"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs("id forme nombre", TECHNIQUE) | communs(
            "organisation par contenu cree_le a_purger_le pris_le retire_le",
            ("joindre les personnes pour les informer (CRPA L.114-8 II)", CONSERVATION),
        )
