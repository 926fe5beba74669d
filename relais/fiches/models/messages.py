"""What travels between the parties: messages, and one encrypted copy for each holder."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from relais.annuaire.models import Agent, Organisation
from relais.fiches.models.fiche import AVEC_LA_FICHE, Fiche
from relais.fiches.models.passages import Tour
from relais.regles.circuit import Geste, Statut
from relais.regles.convention import Canal
from relais.regles.effacement import Cause
from relais.socle.donnees_personnelles import communs

GESTES_ECRITS = (Geste.TRANSMETTRE, Geste.COMPLETER, Geste.REDEMANDER, Geste.ROUVRIR)


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


DEMANDES = (Envoi.Nature.DEMANDE, Envoi.Nature.COMPLEMENT)  # they carry the whole request


class ExemplaireQuerySet(models.QuerySet["Exemplaire"]):
    def de(self, fiche: Fiche, organisation: str) -> "ExemplaireQuerySet":
        return self.filter(
            envoi__fiche=fiche, organisation=organisation, destruction_engagee_le=None
        ).select_related("envoi")

    def des_natures(self, natures: Sequence[str]) -> "ExemplaireQuerySet":
        return self.filter(envoi__nature__in=natures)

    def hors_natures(self, natures: Sequence[str]) -> "ExemplaireQuerySet":
        return self.exclude(envoi__nature__in=natures)

    def le_dernier(self) -> "Exemplaire | None":
        return self.order_by("-envoi__envoye_le").first()

    def des_fiches(
        self, fiches: Iterable[uuid.UUID], organisation: str
    ) -> dict[uuid.UUID, uuid.UUID]:
        """Each copy that a party still holds of these fiches, with its fiche."""
        tenues = self.filter(
            envoi__fiche__in=list(fiches), organisation=organisation, destruction_engagee_le=None
        )
        return dict(tenues.values_list("pk", "envoi__fiche"))

    def dernieres_demandes(
        self, fiches: Sequence[uuid.UUID], organisation: str
    ) -> "ExemplaireQuerySet":
        """For each fiche the newest request held by that party."""
        return (
            self.filter(
                envoi__fiche__in=fiches,
                envoi__nature__in=DEMANDES,
                organisation=organisation,
                destruction_engagee_le=None,
            )
            .order_by("envoi__fiche", "-envoi__envoye_le")
            .distinct("envoi__fiche")
        )

    def a_purger(self, organisation: str, maintenant: datetime) -> "ExemplaireQuerySet":
        """Those whose day has come and whose end is not decided yet, the oldest first."""
        return self.filter(
            organisation=organisation, a_purger_le__lte=maintenant, destruction_engagee_le=None
        ).order_by("a_purger_le", "pk")

    def verrouilles(self) -> "ExemplaireQuerySet":
        """Locked for the purge, less those that somebody else holds at this instant."""
        return self.select_for_update(skip_locked=True, of=("self",), no_key=True)

    def echeances(self) -> dict[uuid.UUID, datetime]:
        """Each with the instant at which it falls due; those without one are left out."""
        return {pk: du for pk, du in self.values_list("pk", "a_purger_le") if du is not None}

    def engager(self, pks: Iterable[uuid.UUID], le: datetime) -> None:
        """From now on nobody reads them: their keys are about to go."""
        self.filter(pk__in=list(pks)).update(destruction_engagee_le=le)


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
                fields=["organisation", "a_purger_le"],
                condition=Q(a_purger_le__isnull=False, destruction_engagee_le=None),
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


class BrouillonQuerySet(models.QuerySet["Brouillon"]):
    def echu(self, fiche: Fiche, maintenant: datetime) -> "Brouillon | None":
        """The draft of that locked fiche, locked after it, if its day has come."""
        return (
            self.select_for_update(no_key=True)
            .filter(fiche=fiche, a_purger_le__lte=maintenant)
            .first()
        )


class Brouillon(models.Model):
    """What is being written for a fiche, encrypted; `version` tells two tabs apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fiche = models.OneToOneField(Fiche, models.CASCADE, related_name="brouillon")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    # The act that its sending will be. A complement that the caisse no longer awaits is `perime`.
    geste = models.CharField(
        max_length=30,
        choices=[(g.value, g.value) for g in GESTES_ECRITS],
        default=Geste.TRANSMETTRE,
    )
    version = models.PositiveIntegerField(default=0)
    document = models.BinaryField()
    signature = models.BinaryField(null=True)
    signature_type = models.CharField(max_length=20, blank=True)
    modifie_le = models.DateTimeField()
    a_purger_le = models.DateTimeField()
    # Said complete by who may complete it (annex 1); the person's boxes and signature come after.
    completee_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    completee_le = models.DateTimeField(null=True)

    objects = BrouillonQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "a_purger_le"], name="brouillon_a_purger")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(completee_par__isnull=True, completee_le__isnull=True)
                | Q(completee_par__isnull=False, completee_le__isnull=False),
                name="brouillon_complete_par_quelqu_un",
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id fiche organisation geste version document signature signature_type "
                "modifie_le a_purger_le completee_par completee_le"
            ),
            ("préparer la demande", "clé détruite à l’envoi, ou à l’échéance du brouillon"),
        )

    def est_un_complement(self) -> bool:
        return self.geste == Geste.COMPLETER

    def perime(self, statut: str) -> bool:
        """A complement being written while the caisse has answered all the same."""
        return self.est_un_complement() and statut != Statut.COMPLEMENT_DEMANDE


class EffacementQuerySet(models.QuerySet["Effacement"]):
    def a_achever(self, organisation: str, maintenant: datetime) -> "EffacementQuerySet":
        """What that organisation has still to destroy, less what another worker has in hand.

        Kinds in their order: the copies of a fiche before the fiche itself.
        """
        pret = Q(pas_avant_le__isnull=True) | Q(pas_avant_le__lte=maintenant)
        return (
            self.select_for_update(skip_locked=True)
            .filter(pret, organisation=organisation)
            .order_by("engage_le", "genre", "pk")
        )


class Effacement(models.Model):
    """A key to destroy, written in the act that decided it: ids alone, gone once done."""

    objet_id = models.UUIDField(primary_key=True)
    genre = models.CharField(max_length=30)
    organisation = models.CharField(max_length=40)
    engage_le = models.DateTimeField()
    # Which rule or act, and when it fell due: what the certificate will say.
    regle = models.CharField(max_length=40, choices=[(c.value, c.value) for c in Cause])
    du_le = models.DateTimeField()
    # The rows of a fiche wait for the caisse's copies to be gone: when to look again.
    pas_avant_le = models.DateTimeField(null=True)

    objects = EffacementQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "engage_le"], name="effacement_a_achever")
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            ("objet_id genre organisation engage_le regle du_le pas_avant_le"),
            ("achever un effacement décidé", "supprimé dès que la clé est détruite"),
        )
