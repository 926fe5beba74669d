"""Around the fiches: unlinked counts, mails to send, malfunctions reported (art. 6)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from relais.annuaire.models import Agent, Convention, Equipe, Organisation, Territoire
from relais.fiches.models.fiche import AVEC_LA_FICHE
from relais.fiches.models.messages import Envoi
from relais.socle.donnees_personnelles import communs


class Compteur(models.Model):
    """An unlinked count: nothing ties it to a fiche, so a purge never changes a past figure."""

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="+")
    mois = models.DateField()
    territoire = models.ForeignKey(Territoire, models.PROTECT, null=True, related_name="+")
    equipe = models.ForeignKey(Equipe, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=60)
    nombre = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["convention", "mois", "code", "territoire", "equipe"],
                name="compteur_unique",
                nulls_distinct=False,
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            ("id convention mois territoire equipe code nombre"),
            ("évaluer la convention (art. 6)", "gardé avec la convention, sans lien aux personnes"),
        )


class Avis(models.Model):
    """A mail to send about a fiche, kept until the server took it. Says nothing of the person."""

    class Objet(models.TextChoices):
        DEMANDE = "demande_urgente", "Demande urgente"
        REPONSE = "reponse_a_demande_urgente", "Réponse à demande urgente"
        DYSFONCTIONNEMENT = "dysfonctionnement", "Dysfonctionnement signalé"
        RAPPROCHEMENT = "rapprochement", "Deux fiches à rapprocher"

    class Etat(models.TextChoices):
        A_ENVOYER = "a_envoyer", "À envoyer"
        ENVOYE = "envoye", "Envoyé"
        ABANDONNE = "abandonne", "Abandonné"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    convention = models.ForeignKey(Convention, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    envoi = models.ForeignKey(Envoi, models.CASCADE, null=True, related_name="avis")
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+")
    objet = models.CharField(max_length=30, choices=Objet)
    reference = models.CharField(max_length=9, blank=True)
    reference_liee = models.CharField(max_length=9, blank=True)
    reponse_due_le = models.DateTimeField(null=True)
    etat = models.CharField(max_length=10, choices=Etat, default=Etat.A_ENVOYER)
    essais = models.PositiveSmallIntegerField(default=0)
    cree_le = models.DateTimeField()
    prochain_essai_le = models.DateTimeField()
    envoye_le = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["envoi", "agent"],
                condition=Q(envoi__isnull=False),
                name="avis_unique_par_envoi_et_agent",
                nulls_distinct=False,
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["prochain_essai_le"],
                condition=Q(etat="a_envoyer"),
                name="avis_a_envoyer",
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id convention organisation envoi agent objet reference reference_liee "
                "reponse_due_le etat essais cree_le prochain_essai_le envoye_le"
            ),
            ("prévenir l’agent concerné (annexe 1)", AVEC_LA_FICHE),
        )


class Dysfonctionnement(models.Model):
    """A malfunction of the channel reported to the référents of both sides (art. 6)."""

    class Nature(models.TextChoices):
        SANS_REPONSE = "sans_reponse", "Pas de réponse dans le délai"
        REPONSE_INADAPTEE = "reponse_inadaptee", "La réponse ne permet pas d’avancer"
        HORS_CADRE = "hors_cadre", "Demande hors du cadre de la convention"
        FICHE_INCOMPLETE = "fiche_incomplete", "Fiche incomplète ou illisible"
        TECHNIQUE = "technique", "Problème technique"
        CONFIDENTIALITE = "confidentialite", "Confidentialité"

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    territoire = models.ForeignKey(Territoire, models.PROTECT, null=True, related_name="+")
    nature = models.CharField(max_length=20, choices=Nature)
    reference = models.CharField(max_length=9, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    signale_le = models.DateTimeField()

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            ("id convention organisation territoire nature reference par signale_le"),
            ("évaluer l’usage du canal (art. 6)", "gardé avec la convention"),
        )
