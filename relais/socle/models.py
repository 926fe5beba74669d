"""What an operator must see, and what every queue of mails is made of."""

import uuid
from typing import ClassVar

from django.db import models

from relais.socle.donnees_personnelles import TECHNIQUE


class Alerte(models.Model):
    """A fault that waits for the administrateur technique; open once per nature and object."""

    class Nature(models.TextChoices):
        COURRIEL = "courriel", "Un courriel n’est pas parti"
        TRAVAIL = "travail", "Une tâche de fond a échoué"
        COFFRE = "coffre", "Le coffre des clés ne répond pas"
        PURGE = "purge", "L’effacement de ce qui est échu est en retard"
        ORPHELINES = "orphelines", "Trop de clés n’ont pas de document"
        COPIE_DU_COFFRE = "copie_du_coffre", "La copie du coffre est en retard"
        JOURNAL = "journal", "Le journal est altéré"
        MOIS_DU_JOURNAL = "mois_du_journal", "Les mois du journal ne sont pas tenus"
        BASE_DE_COTE = "base_de_cote", "Une ancienne base est à supprimer"
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


class RestaurationQuerySet(models.QuerySet["Restauration"]):
    def a_rejouer(self) -> "RestaurationQuerySet":
        """Those after which erasures were not done again yet: nothing may serve."""
        return self.filter(rejouee_le=None)


class Restauration(models.Model):
    """A backup that was put in place of the base: laid in it before it takes its name."""

    empreinte = models.CharField(max_length=64)  # of the backup's manifest
    sauvegardee_le = models.DateTimeField()
    mise_en_place_le = models.DateTimeField()
    rejouee_le = models.DateTimeField(null=True)

    objects = RestaurationQuerySet.as_manager()

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            ("empreinte", "sauvegardee_le", "mise_en_place_le", "rejouee_le"), TECHNIQUE
        )


class CourrielEnFile(models.Model):
    """A mail to send, kept until the server took it (relais.socle.file_de_courriels).

    What it is about, and to whom, is said by each table made on this one.
    """

    class Etat(models.TextChoices):
        A_ENVOYER = "a_envoyer", "À envoyer"
        ENVOYE = "envoye", "Envoyé"
        ABANDONNE = "abandonne", "Abandonné"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    etat = models.CharField(max_length=10, choices=Etat, default=Etat.A_ENVOYER)
    essais = models.PositiveSmallIntegerField(default=0)
    cree_le = models.DateTimeField()
    prochain_essai_le = models.DateTimeField()
    envoye_le = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        indexes: ClassVar = [
            models.Index(
                fields=["prochain_essai_le"],
                condition=models.Q(etat="a_envoyer"),
                name="%(class)s_a_envoyer",
            )
        ]
