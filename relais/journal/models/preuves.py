"""The heads of the chains, signed, and what was found when they were verified."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from relais.journal.models.mots import choix
from relais.journal.verificateur import Defaut
from relais.socle.donnees_personnelles import TECHNIQUE, communs


class ClePublique(models.Model):
    """A public key by which heads were signed; its identifier is a digest of it."""

    identifiant = models.CharField(max_length=16, primary_key=True)
    organisation = models.CharField(max_length=40)
    publique = models.BinaryField()
    vue_le = models.DateTimeField(db_default=Now())

    class DonneesPersonnelles:
        champs: ClassVar = communs("identifiant organisation publique vue_le", TECHNIQUE)


class RepereQuerySet(models.QuerySet["Repere"]):
    def de(self, chaine: str) -> "RepereQuerySet":
        """Those of that chain, in the order they came."""
        return self.filter(organisation=chaine).order_by("pk")

    def signant(self, debut: int, fin: int) -> "RepereQuerySet":
        """Those of a head between these two sequences, both included."""
        return self.filter(sequence__gte=debut, sequence__lte=fin)

    def avant(self, instant: datetime) -> "RepereQuerySet":
        return self.filter(signe_le__lt=instant)


class Repere(models.Model):
    """A head of a chain, signed. Held by whom it belongs to, and by the other party."""

    id = models.BigAutoField(primary_key=True)
    detenteur = models.CharField(max_length=40)
    organisation = models.CharField(max_length=40)  # whose chain
    numero = models.BigIntegerField()  # from 1, without a gap
    sequence = models.BigIntegerField()
    empreinte = models.BinaryField()
    signe_le = models.DateTimeField()  # the database clock
    cle = models.CharField(max_length=16)  # ClePublique.identifiant
    signature = models.BinaryField()
    recu_le = models.DateTimeField(db_default=Now())

    objects = RepereQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["detenteur", "organisation", "numero"], name="journal_repere_numero_unique"
            ),
            models.CheckConstraint(
                condition=Q(numero__gt=0, sequence__gte=0), name="journal_repere_nombres"
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "detenteur organisation numero sequence empreinte signe_le cle signature recu_le",
            TECHNIQUE,
        )


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def sur(self, chaine: str) -> "VerdictQuerySet":
        """The verifications of that chain, the last first."""
        return self.filter(chaine=chaine).order_by("-pk")

    def fautifs(self) -> "VerdictQuerySet":
        return self.exclude(defaut="")

    def reperes_vus(self, chaine: str) -> Iterator[tuple[int, bytes]]:
        """The last checkpoint that each verification of that chain saw: its number, its digest."""
        vus = self.filter(chaine=chaine, dernier__gt=0).order_by("dernier")
        for numero, empreinte in vus.values_list("dernier", "empreinte").distinct():
            yield numero, bytes(empreinte)

    def entre(self, debut: datetime, fin: datetime) -> "VerdictQuerySet":
        return self.filter(faite_le__gte=debut, faite_le__lt=fin)


class Verdict(models.Model):
    """What an organisation found when it verified a chain: its own, or what it received of one."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    chaine = models.CharField(max_length=40)
    faite_le = models.DateTimeField()
    actes = models.BigIntegerField()  # read again, of its own chain alone
    reperes = models.BigIntegerField()  # whose signature was verified
    dernier = models.BigIntegerField()  # number of the last one
    empreinte = models.BinaryField(default=b"")  # of the last one; empty: none, or not kept then
    defaut = models.CharField(max_length=10, blank=True, choices=choix(Defaut))  # empty: intact
    ou = models.BigIntegerField(default=0)  # the sequence, or the number of the checkpoint
    nouveau = models.BooleanField(default=False)  # a fault that its DPO was not told yet

    objects = VerdictQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "chaine", "id"], name="journal_verdicts")
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "organisation chaine faite_le actes reperes dernier empreinte defaut ou nouveau",
            TECHNIQUE,
        )


class FauteDite(models.Model):
    """A fault of a chain that its reader was told: known by its kind and place, told once."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    chaine = models.CharField(max_length=40)
    defaut = models.CharField(max_length=10, choices=choix(Defaut))
    ou = models.BigIntegerField()  # as in a Verdict
    vue_le = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "chaine", "defaut", "ou"], name="journal_fautedite_unique"
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs("organisation chaine defaut ou vue_le", TECHNIQUE)
