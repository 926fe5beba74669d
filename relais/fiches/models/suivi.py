"""Around the fiches: unlinked counts (art. 6), mails to send."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from relais.annuaire.models import Agent, Convention, Equipe, Organisation, Territoire
from relais.fiches.models.fiche import AVEC_LA_FICHE
from relais.fiches.models.messages import Envoi
from relais.fiches.models.rappels import PointDuJour, Rappel
from relais.socle.donnees_personnelles import communs
from relais.socle.models import CourrielEnFile


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


class Avis(CourrielEnFile):
    """A mail to send about a fiche. Says nothing of the person."""

    class Objet(models.TextChoices):
        DEMANDE = "demande_urgente", "Demande urgente"
        REPONSE = "reponse_a_demande_urgente", "Réponse à demande urgente"
        DYSFONCTIONNEMENT = "dysfonctionnement", "Dysfonctionnement signalé"
        SUITE_DYSFONCTIONNEMENT = (
            "suite_dysfonctionnement",
            "Du nouveau sur un dysfonctionnement que vous avez signalé",
        )
        RAPPROCHEMENT = "rapprochement", "Deux fiches à rapprocher"
        # Subjects say the same thing of all reminders (wording.md §5).
        RAPPEL_REPONSE = "rappel_reponse", "Rappel : une fiche attend"
        RAPPEL_RETARD = "rappel_retard", "Rappel : une fiche attend"
        RAPPEL_ETAPE = "rappel_etape", "Rappel : une fiche attend"
        RAPPEL_COMPLEMENT = "rappel_complement", "Rappel : une fiche attend"
        RAPPEL_LECTURE = "rappel_lecture", "Rappel : une fiche attend"
        RAPPEL_CLASSEMENT = "rappel_classement", "Rappel : une fiche attend"
        POINT = "point_du_jour", "Point du jour"

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    envoi = models.ForeignKey(Envoi, models.CASCADE, null=True, related_name="avis")
    rappel = models.ForeignKey(
        Rappel, models.CASCADE, null=True, related_name="avis", db_constraint=False
    )
    point = models.OneToOneField(PointDuJour, models.CASCADE, null=True, related_name="avis")
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+")
    objet = models.CharField(max_length=30, choices=Objet)
    reference = models.CharField(max_length=9, blank=True)
    reference_liee = models.CharField(max_length=9, blank=True)
    reponse_due_le = models.DateTimeField(null=True)
    derniere_heure_utile = models.DateTimeField(null=True)
    efface_le = models.DateTimeField(null=True)  # the caisse's copy, still to be filed

    class Meta(CourrielEnFile.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["envoi", "agent"],
                condition=Q(envoi__isnull=False),
                name="avis_unique_par_envoi_et_agent",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["rappel", "agent"],
                condition=Q(rappel__isnull=False),
                name="avis_unique_par_rappel_et_agent",
                nulls_distinct=False,
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id convention organisation envoi rappel point agent objet reference "
                "reference_liee reponse_due_le derniere_heure_utile efface_le etat essais cree_le "
                "prochain_essai_le envoye_le"
            ),
            ("prévenir l’agent concerné (annexe 1)", AVEC_LA_FICHE),
        )
