"""What the caisse keeps for itself: notes of its calls, phrases it uses again."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q

from relais.annuaire.models import Agent, Organisation
from relais.fiches.models.fiche import Fiche
from relais.socle.donnees_personnelles import TECHNIQUE, communs


class NoteAppelQuerySet(models.QuerySet["NoteAppel"]):
    def de(self, fiche: Fiche) -> "NoteAppelQuerySet":
        """Those of a fiche that may still be read, newest first."""
        return (
            self.filter(fiche=fiche, destruction_engagee_le=None)
            .select_related("par")
            .order_by("-cree_le", "pk")
        )

    def a_purger(self, organisation: str, maintenant: datetime) -> "NoteAppelQuerySet":
        """Those whose day has come and whose end is not decided yet, the oldest first."""
        return self.filter(
            organisation=organisation, a_purger_le__lte=maintenant, destruction_engagee_le=None
        ).order_by("a_purger_le", "pk")

    def verrouilles(self) -> "NoteAppelQuerySet":
        """Locked for the purge, less those that somebody else holds at this instant."""
        return self.select_for_update(skip_locked=True, of=("self",), no_key=True)

    def echeances(self) -> dict[uuid.UUID, datetime]:
        """Each with the instant at which it falls due; those without one are left out."""
        return {pk: du for pk, du in self.values_list("pk", "a_purger_le") if du is not None}

    def engager(self, pks: Iterable[uuid.UUID], le: datetime) -> None:
        """From now on nobody reads them: their keys are about to go."""
        self.filter(pk__in=list(pks)).update(destruction_engagee_le=le)


class NoteAppel(models.Model):
    """A contact of the caisse about a fiche, encrypted. Ends with its copy of the request."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="notes_d_appel")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    document = models.BinaryField()
    cree_le = models.DateTimeField()
    a_purger_le = models.DateTimeField()
    destruction_engagee_le = models.DateTimeField(null=True)

    objects = NoteAppelQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(a_purger_le__gt=models.F("cree_le")), name="note_purgee_apres_sa_date"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation", "a_purger_le"],
                condition=Q(destruction_engagee_le=None),
                name="note_a_purger",
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id fiche organisation par cree_le a_purger_le destruction_engagee_le",
            ("retrouver et purger la note", "purgé avec l’exemplaire de la caisse (art. 5.2 a)"),
        ) | {
            "document": (
                "prendre contact avec la personne (convention, art. 5.2 a)",
                "clé détruite avec celle de l’exemplaire de la caisse",
            )
        }


class PhraseTypeQuerySet(models.QuerySet["PhraseType"]):
    def de(self, organisation: str) -> "PhraseTypeQuerySet":
        return self.filter(organisation=organisation).order_by("champ", "titre")


class PhraseType(models.Model):
    """A sentence the caisse uses again in its answers. Never about a person."""

    class Champ(models.TextChoices):
        """The free texts of an answer where it can be put."""

        PIECES = "pieces", "Ce qui manque"
        TEXTE = "texte", "Votre réponse"
        VOIE = "voie", "La voie ordinaire"
        PRECISION = "precision", "La précision demandée au Département"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    champ = models.CharField(max_length=20, choices=Champ)
    titre = models.CharField(max_length=60)
    texte = models.CharField(max_length=500)
    modifiee_le = models.DateTimeField()

    objects = PhraseTypeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "champ", "titre"], name="phrase_type_titre_unique"
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            ("id", "organisation", "champ", "titre", "texte", "modifiee_le"), TECHNIQUE
        )

    def __str__(self) -> str:
        return self.titre
