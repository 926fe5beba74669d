"""What travels between the parties: messages, and one encrypted copy for each holder."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from relais.annuaire.models import Agent, Organisation
from relais.fiches.models.fiche import AVEC_LA_FICHE, Fiche, Tour
from relais.regles.convention import Canal
from relais.socle.donnees_personnelles import communs


class Envoi(models.Model):
    """One message between the parties, append-only but for receipt, reading and proof."""

    class Nature(models.TextChoices):
        DEMANDE = "demande", "Demande"
        COMPLEMENT_DEMANDE = "complement_demande", "Complément demandé"
        COMPLEMENT = "complement", "Complément"
        ETAPE = "etape", "Réponse d’étape"
        REPONSE = "reponse", "Réponse"
        HORS_PERIMETRE = "hors_perimetre", "Hors périmètre"

    class Sens(models.TextChoices):
        VERS_CAISSE = "vers_caisse", "Département vers caisse"
        VERS_DEPARTEMENT = "vers_departement", "Caisse vers Département"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="envois")
    tour = models.ForeignKey(Tour, models.CASCADE, related_name="envois")
    emetteur = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    destinataire = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    nature = models.CharField(max_length=20, choices=Nature)
    sens = models.CharField(max_length=16, choices=Sens)
    canal = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Canal])
    reserve = models.BooleanField(default=False)  # never shown to its addressee (box 1 unticked)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    envoye_le = models.DateTimeField()
    recu_le = models.DateTimeField(null=True)
    lu_le = models.DateTimeField(null=True)
    lu_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    preuve = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(sens="vers_caisse", nature__in=["demande", "complement"], reserve=False)
                | Q(
                    sens="vers_departement",
                    nature__in=["complement_demande", "etape", "reponse", "hors_perimetre"],
                ),
                name="envoi_nature_et_sens",
            ),
            models.CheckConstraint(
                condition=Q(lu_le__isnull=True, lu_par__isnull=True)
                | Q(lu_le__isnull=False, lu_par__isnull=False),
                name="envoi_lu_par_quelqu_un",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["fiche", "envoye_le"], name="envoi_de_la_fiche")]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id fiche tour emetteur destinataire nature sens canal reserve par envoye_le "
                "recu_le lu_le lu_par preuve"
            ),
            ("tracer les échanges (convention, art. 5.2 d)", AVEC_LA_FICHE),
        )


class ExemplaireQuerySet(models.QuerySet["Exemplaire"]):
    def de(self, fiche: Fiche, organisation: str) -> "ExemplaireQuerySet":
        return self.filter(
            envoi__fiche=fiche, organisation=organisation, destruction_engagee_le=None
        ).select_related("envoi")

    def des_natures(self, natures: Sequence[str]) -> "ExemplaireQuerySet":
        return self.filter(envoi__nature__in=natures)

    def hors_natures(self, natures: Sequence[str]) -> "ExemplaireQuerySet":
        return self.exclude(envoi__nature__in=natures)

    def dernieres_demandes(
        self, fiches: Sequence[uuid.UUID], organisation: str
    ) -> "ExemplaireQuerySet":
        """For each fiche the newest request held by that party."""
        return (
            self.filter(
                envoi__fiche__in=fiches,
                envoi__nature__in=(Envoi.Nature.DEMANDE, Envoi.Nature.COMPLEMENT),
                organisation=organisation,
                destruction_engagee_le=None,
            )
            .order_by("envoi__fiche", "-envoi__envoye_le")
            .distinct("envoi__fiche")
        )

    def a_purger(self, maintenant: datetime) -> "ExemplaireQuerySet":
        return self.filter(a_purger_le__lte=maintenant)


class Exemplaire(models.Model):
    """The copy of one message held by one party, encrypted under a key of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    envoi = models.ForeignKey(Envoi, models.CASCADE, related_name="exemplaires")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    document = models.BinaryField()
    signature = models.BinaryField(null=True)
    signature_type = models.CharField(max_length=20, blank=True)
    cree_le = models.DateTimeField()
    a_purger_le = models.DateTimeField(null=True)
    destruction_engagee_le = models.DateTimeField(null=True)

    objects = ExemplaireQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["envoi", "organisation"], name="exemplaire_unique_par_detenteur"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["a_purger_le"],
                condition=Q(a_purger_le__isnull=False),
                name="exemplaire_a_purger",
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            ("id envoi organisation signature_type cree_le a_purger_le destruction_engagee_le"),
            ("retrouver et purger l’exemplaire (convention, art. 5.2)", "purgé à son échéance"),
        ) | communs(
            ("document signature"),
            ("instruire la demande (convention, art. 5.2 a)", "clé détruite à son échéance"),
        )


class Brouillon(models.Model):
    """What is being written for a fiche, encrypted; `version` tells two tabs apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fiche = models.OneToOneField(Fiche, models.CASCADE, related_name="brouillon")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    document = models.BinaryField()
    signature = models.BinaryField(null=True)
    signature_type = models.CharField(max_length=20, blank=True)
    modifie_le = models.DateTimeField()
    a_purger_le = models.DateTimeField()

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id fiche organisation version document signature signature_type modifie_le "
                "a_purger_le"
            ),
            ("préparer la demande", "clé détruite à l’envoi, ou à l’échéance du brouillon"),
        )


class Effacement(models.Model):
    """A key to destroy, written in the act that decided it: ids alone, gone once done."""

    objet_id = models.UUIDField(primary_key=True)
    genre = models.CharField(max_length=30)
    organisation = models.CharField(max_length=40)
    engage_le = models.DateTimeField()

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            ("objet_id genre organisation engage_le"),
            ("achever un effacement décidé", "supprimé dès que la clé est détruite"),
        )
