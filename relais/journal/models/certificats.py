"""What was destroyed: the key of an object, a month of the journal."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from relais.journal.models.mots import (
    MOTIF_CLE,
    MOTIF_CODE,
    MOTIF_ORGANISATION,
    OCTETS_SIGNATURE,
)
from relais.socle.donnees_personnelles import TECHNIQUE, communs


class CertificatQuerySet(models.QuerySet["Certificat"]):
    def detruits_entre(
        self, organisation: str, debut: datetime, fin: datetime
    ) -> "CertificatQuerySet":
        """Those of a key destroyed from `debut` on and before `fin`, the last first."""
        siens = self.filter(organisation=organisation)
        siens = siens.filter(detruite_le__gte=debut, detruite_le__lt=fin)
        return siens.order_by("-detruite_le", "-pk")

    def dernier(self, organisation: str) -> "Certificat | None":
        return self.filter(organisation=organisation).order_by("-detruite_le", "-pk").first()


class Certificat(models.Model):
    """The proof that the key of one object was destroyed: when, by which rule, signed.

    The object was unreadable at `detruite_le` at the latest. Nothing of what it held; kept as the
    archives' bordereau is, whatever becomes of the events.
    """

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    genre = models.CharField(max_length=30)
    objet_id = models.UUIDField()
    regle = models.CharField(max_length=40)  # regles.effacement.Cause
    du_le = models.DateTimeField()
    detruite_le = models.DateTimeField()
    generation = models.PositiveBigIntegerField()  # of the key store, once it was done
    cle = models.CharField(max_length=16, blank=True, default="")  # ClePublique; "": version 1
    signature = models.BinaryField()

    objects = CertificatQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cle="") | Q(cle__regex=MOTIF_CLE), name="journal_certificat_cle"
            ),
            models.CheckConstraint(
                condition=Q(organisation__regex=MOTIF_ORGANISATION),
                name="journal_certificat_organisation",
            ),
            models.CheckConstraint(
                condition=Q(genre__regex=MOTIF_CODE, regle__regex=MOTIF_CODE),
                name="journal_certificat_codes",
            ),
            models.CheckConstraint(
                condition=Exact(Length("signature"), OCTETS_SIGNATURE),
                name="journal_certificat_signature",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "detruite_le"], name="journal_certificat_date"),
            models.Index(fields=["organisation", "objet_id"], name="journal_certificat_objet"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id organisation genre objet_id regle du_le detruite_le generation cle signature",
            ("prouver l’effacement (convention, art. 5.2 a)", "gardé comme le bordereau"),
        )


class MoisSupprime(models.Model):
    """What a chain lost with a month past its retention: its head and its count, signed.

    Written with the drop, in one transaction; the database compares it with the month.
    """

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    fin = models.DateTimeField()  # the links made before it are gone
    sequence = models.BigIntegerField()  # of the last of them
    empreinte = models.BinaryField()
    nombre = models.BigIntegerField()
    supprime_le = models.DateTimeField()  # the database clock
    cle = models.CharField(max_length=16)  # ClePublique.identifiant
    signature = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "fin"], name="journal_moissupprime_fin_unique"
            ),
            models.CheckConstraint(
                condition=Q(nombre__gt=0, sequence__gte=F("nombre")),
                name="journal_moissupprime_nombres",
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id organisation fin sequence empreinte nombre supprime_le cle signature", TECHNIQUE
        )
