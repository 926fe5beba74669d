"""A file that was given, while it is read, shown and stored: nothing of it outlives 24 hours.

What is said of people is sealed under the key of the import (`Genre.DEPOT`): the file as it came
(`Morceau`), then who is to be stored (`Lot`), the errors and what changed (`Import.constats`).
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from relais.annuaire.models import Affectation, Agent, Organisation
from relais.regles.convention import Role
from relais.regles.reperage import (
    COLONNES_A_DIRE,
    LIBELLES_FAMILLE,
    LIBELLES_IMPORT,
    EtatImport,
    Famille,
)
from relais.socle.donnees_personnelles import TECHNIQUE, communs

EN_ATTENTE = (
    "lire un fichier avant de l’enregistrer (convention, art. 3)",
    "clé détruite et lignes supprimées en 24 heures au plus",
)
PERIME = "Le fichier a été effacé, 24 heures après son arrivée : donnez-le à nouveau."
EN_LECTURE = (EtatImport.A_LIRE, EtatImport.LECTURE)
OUVERTS = (EtatImport.A_LIRE, EtatImport.LECTURE, EtatImport.PRET, EtatImport.EN_COURS)


class ImportQuerySet(models.QuerySet["Import"]):
    def chez(self, organisation: str) -> "ImportQuerySet":
        return self.filter(organisation=organisation).select_related("par").order_by("-cree_le")

    def visibles_par(self, qui: Affectation) -> "ImportQuerySet":
        """Those of the organisation, for its chargé du repérage alone."""
        siens = self.chez(qui.organisation_id)
        return siens if qui.role == Role.CHARGE_REPERAGE else siens.none()

    def en_lecture(self, depot: "Import") -> "ImportQuerySet":
        """That one, while it is being read, and not anew by another job."""
        return self.filter(pk=depot.pk, etat=EtatImport.LECTURE, essais=depot.essais)

    def verrouille(self, pk: UUID) -> "Import | None":
        """As it is now, locked until the end of the act."""
        return self.select_for_update(no_key=True).filter(pk=pk).first()

    def relu_ou_en_lecture(self) -> "Import | None":
        """The one that is read, or that waits to be confirmed, locked: there is one at most."""
        lus = self.filter(etat__in=(EtatImport.LECTURE, EtatImport.PRET))
        return lus.select_for_update(of=("self",), no_key=True).first()

    def memes(self, depot: "Import") -> "ImportQuerySet":
        """Earlier imports of the very same file, stored, the last one first."""
        return self.chez(depot.organisation_id).faits().filter(empreinte=depot.empreinte)

    def dernier_fait(self, organisation: str, famille: str) -> "Import | None":
        """The one of that family that tells of the latest day."""
        faits = self.chez(organisation).faits().filter(famille=famille)
        return faits.order_by("-au", "-cree_le").first()

    def ouverts(self) -> "ImportQuerySet":
        return self.filter(etat__in=OUVERTS)

    def faits(self) -> "ImportQuerySet":
        return self.filter(etat=EtatImport.FAIT)

    def complets(self, organisation: str) -> list[tuple[date, dict[str, int]]]:
        """The day and the counts of each stored file that tells of everybody."""
        faits = self.faits().filter(organisation=organisation, complet=True)
        return [(au, comptes) for au, comptes in faits.values_list("au", "comptes") if au]

    def avec_contenu(self) -> "ImportQuerySet":
        """Whose file, lots or findings are still there."""
        return self.filter(vide_le=None)

    def verrouilles(self) -> "ImportQuerySet":
        """Locked for the purge, less what another worker has in hand."""
        return self.select_for_update(skip_locked=True, of=("self",), no_key=True)

    def echeances(self) -> dict[uuid.UUID, datetime]:
        """Each with the instant at which it falls due."""
        return dict(self.values_list("pk", "a_purger_le"))

    def vider(self, pks: Iterable[uuid.UUID], maintenant: datetime) -> None:
        """Delete what these files said; who was still reading or storing them stops."""
        pks = list(pks)
        Morceau.objects.filter(depot__in=pks).delete()
        Lot.objects.filter(depot__in=pks).delete()
        siens = self.filter(pk__in=pks)
        siens.filter(etat__in=OUVERTS).update(
            etat=EtatImport.ANNULE, fini_le=maintenant, phrase=PERIME
        )
        siens.update(constats=None, vide_le=maintenant)

    def effacer_les_restes(self, organisation: str, maintenant: datetime) -> None:
        """Delete what is left of emptied imports; after their 24 hours, why they were refused."""
        vides = self.filter(organisation=organisation, vide_le__isnull=False)
        Morceau.objects.filter(depot__in=vides).delete()
        Lot.objects.filter(depot__in=vides).delete()
        vides.exclude(constats=None).update(constats=None)
        echus = vides.filter(etat=EtatImport.REFUSE, a_purger_le__lte=maintenant)
        echus.exclude(phrase="").update(phrase="")

    def a_purger(self, organisation: str, maintenant: datetime) -> "ImportQuerySet":
        """Whose file and lots are still there 24 hours after they came."""
        return self.filter(
            organisation=organisation, a_purger_le__lte=maintenant, vide_le=None
        ).order_by("a_purger_le", "pk")


class Import(models.Model):
    """One file given. Its row stays (counts alone); what it said goes (`vide_le`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    famille = models.CharField(
        max_length=10, choices=sorted(LIBELLES_FAMILLE.items()), blank=True, default=""
    )
    etat = models.CharField(
        max_length=10, choices=sorted(LIBELLES_IMPORT.items()), default=EtatImport.A_LIRE
    )
    empreinte = models.CharField(max_length=64)  # SHA-256 of the file
    octets = models.PositiveBigIntegerField()
    au = models.DateField(null=True)  # DTREF, or the day chosen
    complet = models.BooleanField(default=False)  # who is absent from it is out of the flow
    lus = models.PositiveBigIntegerField(default=0)  # octets read, then people stored
    total = models.PositiveBigIntegerField(default=0)
    comptes = models.JSONField(default=dict)  # label → number, of nobody
    essais = models.PositiveSmallIntegerField(default=0)  # readings begun since the last that ended
    constats = models.BinaryField(null=True)  # sealed: errors, and what changed
    phrase = models.CharField(max_length=500, blank=True, default="")  # why it was refused
    cree_le = models.DateTimeField()
    fini_le = models.DateTimeField(null=True)
    a_purger_le = models.DateTimeField()
    vide_le = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(etat__in=sorted(EtatImport)), name="import_etat"),
            models.CheckConstraint(
                condition=Q(famille__in=["", *sorted(Famille)]), name="import_famille"
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(etat__in=OUVERTS),
                name="import_un_seul_a_la_fois",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "-cree_le"], name="import_recents"),
            models.Index(
                fields=["organisation", "a_purger_le"],
                condition=Q(vide_le=None),
                name="import_a_purger",
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id organisation famille etat empreinte octets au complet lus total comptes essais"
            " phrase cree_le fini_le a_purger_le vide_le",
            TECHNIQUE,
        ) | {
            "par": ("dire qui a donné le fichier (convention, art. 5.2 d)", "gardé avec l’import"),
            "constats": EN_ATTENTE,
        }

    @property
    def arrete_en_route(self) -> bool:
        """Cancelled while people were being stored: some are. (`total`: people, once read.)"""
        return self.etat == EtatImport.ANNULE and bool(self.famille) and 0 < self.lus < self.total

    @property
    def etat_en_mots(self) -> str:
        a_dire = self.etat == EtatImport.PRET and self.phrase
        return COLONNES_A_DIRE if a_dire else LIBELLES_IMPORT[self.etat]


class MorceauQuerySet(models.QuerySet["Morceau"]):
    def d_un_depot(self, depot: UUID) -> "MorceauQuerySet":
        return self.filter(depot=depot)

    def chiffre(self, depot: UUID, rang: int) -> bytes:
        """That part, sealed; empty when it is gone."""
        lu = self.d_un_depot(depot).filter(rang=rang).values_list("chiffre", flat=True).first()
        return bytes(lu or b"")


class Morceau(models.Model):
    """A part of the file, sealed, in its order; gone once the file is read."""

    depot = models.ForeignKey(Import, models.CASCADE, related_name="morceaux")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    rang = models.PositiveIntegerField()
    chiffre = models.BinaryField()

    objects = MorceauQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["depot", "rang"], name="morceau_a_son_rang")
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs("depot organisation rang chiffre", EN_ATTENTE)


class LotQuerySet(models.QuerySet["Lot"]):
    def d_un_depot(self, depot: UUID) -> "LotQuerySet":
        return self.filter(depot=depot).order_by("rang")

    def suivant(self, depot: UUID) -> "Lot | None":
        """The first one still to store, locked."""
        return (
            self.d_un_depot(depot)
            .filter(applique_le=None)
            .select_for_update(of=("self",), no_key=True)
            .first()
        )


class Lot(models.Model):
    """People to store, sealed; a lot is stored in one transaction (`applique_le`)."""

    depot = models.ForeignKey(Import, models.CASCADE, related_name="lots")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    rang = models.PositiveIntegerField()
    nombre = models.PositiveIntegerField()
    chiffre = models.BinaryField()
    applique_le = models.DateTimeField(null=True)

    objects = LotQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["depot", "rang"], name="lot_a_son_rang")
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs("depot organisation rang nombre chiffre applique_le", EN_ATTENTE)


class CorrespondanceQuerySet(models.QuerySet["Correspondance"]):
    def chez(self, organisation: str) -> "CorrespondanceQuerySet":
        return self.filter(organisation=organisation)

    def aux_titres(self, titres: Iterable[str]) -> "CorrespondanceQuerySet":
        return self.filter(titre__in=list(titres))

    def sans_usage_depuis(self, jour: date) -> "CorrespondanceQuerySet":
        """Those of which no file has borne the title since that day."""
        return self.filter(servie_le__lt=jour)


class Correspondance(models.Model):
    """What a column of that title holds for an organisation, as somebody once said."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    titre = models.CharField(max_length=200)  # normalised
    champ = models.CharField(max_length=40)  # a value of titres.Champ, empty: not read
    choisie_le = models.DateTimeField()
    servie_le = models.DateField()  # the last day on which a file bore that title

    objects = CorrespondanceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "titre"], name="correspondance_d_un_titre"
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            ("organisation", "titre", "champ", "choisie_le", "servie_le"), TECHNIQUE
        )
