"""What an operator must see."""

from typing import ClassVar

from django.db import models

from relais.socle.donnees_personnelles import TECHNIQUE


class Alerte(models.Model):
    """A fault that waits for the administrateur technique; open once per nature and object."""

    class Nature(models.TextChoices):
        COURRIEL = "courriel", "Un courriel n’est pas parti"
        TRAVAIL = "travail", "Une tâche de fond a échoué"
        COPIE_DU_COFFRE = "copie_du_coffre", "La copie du coffre est en retard"
        JOURNAL = "journal", "Le journal est altéré"
        CONVENTION = "convention", "La convention a changé sans être enregistrée"

    nature = models.CharField(max_length=20, choices=Nature)
    # An id or a task's name: never what names a person.
    objet = models.CharField(max_length=80, blank=True)
    ouverte_le = models.DateTimeField()
    close_le = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["nature", "objet"],
                condition=models.Q(close_le__isnull=True),
                name="alerte_ouverte_unique",
            ),
            models.CheckConstraint(
                condition=models.Q(close_le__isnull=True)
                | models.Q(close_le__gte=models.F("ouverte_le")),
                name="alerte_close_apres_son_ouverture",
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(("nature", "objet", "ouverte_le", "close_le"), TECHNIQUE)
