"""The acts, and the chain that PostgreSQL makes of them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from relais.journal.models.mots import (
    MOTIF_OBJET,
    MOTIF_ORGANISATION,
    Action,
    Issue,
    choix,
    parmi,
)
from relais.socle.donnees_personnelles import TECHNIQUE

TRACE = ("tracer les opérations (convention, art. 5.2 d)", "supprimé au bout de 36 mois")


class EvenementQuerySet(models.QuerySet["Evenement"]):
    def du_plus_recent(self, organisation: str) -> "EvenementQuerySet":
        """The journal of that organisation, the last act first, as pages show it."""
        return self.filter(organisation=organisation).order_by("-cree_le", "-id")

    def par_reference(self, reference: str) -> "EvenementQuerySet":
        """Acts on that fiche, whatever the code after its reference (MOTIF_OBJET).

        By comparison: behind the wall, PostgreSQL gives no index to LIKE.
        """
        return self.filter(objet__gte=reference, objet__lt=f"{reference};").exclude(objet="")

    def par_agent(self, pseudonyme: UUID) -> "EvenementQuerySet":
        return self.filter(agent=pseudonyme)

    def par_action(self, *actions: Action) -> "EvenementQuerySet":
        return self.filter(action__in=actions)

    def entre(self, debut: datetime, fin: datetime) -> "EvenementQuerySet":
        """From `debut` on, before `fin`."""
        return self.filter(cree_le__gte=debut, cree_le__lt=fin)


class Evenement(models.Model):
    """One act. `id` and `cree_le` are set by the database whatever the caller gives."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    agent = models.UUIDField(null=True)  # Agent.pseudonyme; null: the system, or nobody known
    action = models.CharField(max_length=40, choices=choix(Action))
    objet = models.CharField(max_length=100, blank=True, default="")
    issue = models.CharField(max_length=10, choices=choix(Issue), default=Issue.FAIT.value)
    nombre = models.PositiveIntegerField(default=1)  # grouped reads: how many objects
    cree_le = models.DateTimeField(db_default=Now())

    objects = EvenementQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organisation__regex=MOTIF_ORGANISATION),
                name="journal_evenement_organisation",
            ),
            models.CheckConstraint(
                condition=Q(objet__regex=MOTIF_OBJET), name="journal_evenement_objet"
            ),
            parmi("action", Action, "journal_evenement_action"),
            parmi("issue", Issue, "journal_evenement_issue"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "cree_le"], name="journal_par_date"),
            models.Index(
                fields=["organisation", "objet"], condition=~Q(objet=""), name="journal_par_objet"
            ),
            models.Index(
                fields=["organisation", "agent", "cree_le"],
                condition=Q(agent__isnull=False),
                name="journal_par_agent",
            ),
            models.Index(fields=["organisation", "action", "cree_le"], name="journal_par_action"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "organisation": TECHNIQUE,
            "agent": TRACE,
            "action": TRACE,
            "objet": TRACE,
            "issue": TRACE,
            "nombre": TECHNIQUE,
            "cree_le": TRACE,
        }


class MaillonQuerySet(models.QuerySet["Maillon"]):
    def entre(self, organisation: str, debut: datetime, fin: datetime) -> "MaillonQuerySet":
        """The links made from `debut` on and before `fin`, in the order of the chain."""
        return self.filter(organisation=organisation, lie_le__gte=debut, lie_le__lt=fin).order_by(
            "sequence"
        )


class Maillon(models.Model):
    """The place of an event in the chain of its organisation. Written by the database alone.

    A sequence is unique in a month; from one to the next, by the lock of the chain (0008_mois.sql).
    """

    evenement = models.BigIntegerField(primary_key=True)
    organisation = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    lie_le = models.DateTimeField()  # the database clock under the lock: the order of the chain
    precedent = models.BinaryField()
    empreinte = models.BinaryField()

    objects = MaillonQuerySet.as_manager()

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            ("evenement", "organisation", "sequence", "lie_le", "precedent", "empreinte"), TECHNIQUE
        )


class Chaine(models.Model):
    """The head of the chain of an organisation: its last sequence and digest, and its lock."""

    organisation = models.CharField(max_length=40, primary_key=True)
    sequence = models.BigIntegerField()
    empreinte = models.BinaryField()

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(("organisation", "sequence", "empreinte"), TECHNIQUE)
