"""What a fiche goes through: its tours, and each line of its timeline."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from relais.annuaire.models import Agent, Organisation
from relais.fiches.models.fiche import AVEC_LA_FICHE, Fiche
from relais.regles.circuit import Geste, Statut
from relais.socle.donnees_personnelles import communs


class Tour(models.Model):
    """One request of the author and the 72 hours that follow: first sending, asked again."""

    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="tours")
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    rang = models.PositiveSmallIntegerField()
    transmise_le = models.DateTimeField()
    reponse_due_le = models.DateTimeField()
    derniere_heure_utile = models.DateTimeField()
    prochain_point_le = models.DateField(null=True)
    premier_geste_le = models.DateTimeField(null=True)
    repondue_le = models.DateTimeField(null=True)
    etapes = models.PositiveSmallIntegerField(default=0)
    rappelee_le = models.DateTimeField(null=True)
    # Waiting for a complement: since when, and all the waits of the tour that are over.
    complement_demande_le = models.DateTimeField(null=True)
    attente = models.DurationField(default=timedelta)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fiche", "rang"], name="tour_rang_unique"),
            models.CheckConstraint(
                condition=Q(reponse_due_le__gt=F("transmise_le")), name="tour_due_apres_son_envoi"
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id fiche departement caisse rang transmise_le reponse_due_le "
                "derniere_heure_utile prochain_point_le premier_geste_le repondue_le etapes "
                "rappelee_le complement_demande_le attente"
            ),
            ("mesurer le délai de réponse (convention, annexe 1)", AVEC_LA_FICHE),
        )


class Transition(models.Model):
    """One line of the timeline, kept with the fiche."""

    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="transitions")
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    geste = models.CharField(max_length=30, choices=[(g.value, g.value) for g in Geste])
    de = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Statut])
    vers = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Statut])
    par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    le = models.DateTimeField()
    reserve_caisse = models.BooleanField(default=False)  # hidden from the Département (box 1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["fiche", "le"], name="transition_de_la_fiche")]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            ("id fiche departement caisse geste de vers par organisation le reserve_caisse"),
            ("tracer le circuit (convention, art. 5.2 d)", AVEC_LA_FICHE),
        )
