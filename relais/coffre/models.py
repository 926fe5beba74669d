"""The key store (alias `coffre`): wrapped keys and keyed search, nothing that can be read as is.

Every envelope is bound to its own row: swapped rows or columns do not open.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from relais.coffre.chiffrement import OCTETS_ENVELOPPE
from relais.socle.donnees_personnelles import TECHNIQUE

OCTETS_ETIQUETTE = 32
MORT_AVEC_LA_CLE = "effacé avec la clé de l'objet ; disparaît des copies en 24 heures"


class Genre(StrEnum):
    """The kinds of objects that have a key of their own."""

    EXEMPLAIRE = "exemplaire"
    BROUILLON = "brouillon"
    NOTE = "note"
    ENVOI_EN_ATTENTE = "envoi_en_attente"
    SECOND_FACTEUR = "second_facteur"
    PERSONNE = "personne"
    DEPOT = "depot"  # a file of the caseload, while it is read
    EXPORT = "export"  # a list taken away, until its author fetches it


class Nature(StrEnum):
    """What a search row answers."""

    NIR = "nir"
    NOM = "nom"
    ETAT_CIVIL = "etat_civil"  # a name and a birth date together
    MATRICULE = "matricule"  # a number of allocataire, which may be a NIR (MSA)
    PUBLIC = "public"  # an audience of the meetings (convention, article 3)


def _valeurs(champ: str, enumeration: type[StrEnum], nom: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q((f"{champ}__in", sorted(e.value for e in enumeration))), name=nom
    )


def _octets(champ: str, longueur: int, nom: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Exact(Length(champ), longueur), name=nom)


class Magasin(models.Model):
    """The store itself, one row. `generation` grows by one with each destruction of keys."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    identite = models.UUIDField()
    generation = models.PositiveBigIntegerField(default=0)
    cree_le = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="coffre_magasin_unique")
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(("id", "identite", "generation", "cree_le"), TECHNIQUE)


class Kek(models.Model):
    """A key that wraps keys, itself wrapped by the root key; the highest generation is in use."""

    generation = models.BigAutoField(primary_key=True)
    enveloppe = models.BinaryField()
    creee_le = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [_octets("enveloppe", OCTETS_ENVELOPPE, "coffre_kek_enveloppe")]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(("enveloppe", "creee_le"), TECHNIQUE)


class CleDOrganisation(models.Model):
    """What an organisation has once, wrapped, for one use."""

    organisation = models.CharField(max_length=40, primary_key=True)
    enveloppe = models.BinaryField()
    kek = models.ForeignKey(Kek, models.PROTECT, related_name="+")
    creee_le = models.DateTimeField()

    class Meta:
        abstract = True

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            ("organisation", "enveloppe", "kek", "creee_le"), TECHNIQUE
        )


def _de_l_organisation(nom: str) -> list[models.BaseConstraint]:
    return [
        models.CheckConstraint(condition=~Q(organisation=""), name=f"coffre_{nom}_de_qui"),
        _octets("enveloppe", OCTETS_ENVELOPPE, f"coffre_{nom}_enveloppe"),
    ]


class CleRecherche(CleDOrganisation):
    """The search key of an organisation, wrapped."""

    class Meta:
        constraints: ClassVar = _de_l_organisation("recherche")


class CleOpposition(CleDOrganisation):
    """The key of the oppositions of an organisation, wrapped: no search goes through it."""

    class Meta:
        constraints: ClassVar = _de_l_organisation("cle_opposition")


class Opposition(models.Model):
    """A digest of the number, or of a name and a birth date, of who asked to be used no more."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    etiquette = models.BinaryField()
    fin_le = models.DateField()  # the last day on which it holds

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "fin_le"], name="coffre_opposition_fin")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "etiquette"], name="coffre_opposition_sans_double"
            ),
            _octets("etiquette", OCTETS_ETIQUETTE, "coffre_opposition_etiquette"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            ("organisation", "etiquette", "fin_le"),
            (
                "ne pas reprendre qui s’est opposé (CRPA R.114-9-7)",
                "oublié 12 à 24 mois après, selon la convention",
            ),
        )


class CleSignature(CleDOrganisation):
    """The private key by which an organisation signs the head of its journal, wrapped."""

    class Meta:
        constraints: ClassVar = _de_l_organisation("signature")


class Cle(models.Model):
    """The key of one encrypted object, wrapped. Destroying this row destroys the object."""

    id = models.BigAutoField(primary_key=True)
    genre = models.CharField(max_length=20, choices=[(g.value, g.value) for g in Genre])
    objet_id = models.UUIDField()
    organisation = models.CharField(max_length=40)
    enveloppe = models.BinaryField()
    kek = models.ForeignKey(Kek, models.PROTECT, related_name="+")
    creee_le = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["genre", "objet_id"], name="coffre_une_cle_par_objet"),
            models.CheckConstraint(condition=~Q(organisation=""), name="coffre_cle_de_qui"),
            _valeurs("genre", Genre, "coffre_cle_genre"),
            _octets("enveloppe", OCTETS_ENVELOPPE, "coffre_cle_enveloppe"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "genre": ("trouver la clé d'un objet", MORT_AVEC_LA_CLE),
            "objet_id": ("trouver la clé d'un objet", MORT_AVEC_LA_CLE),
            "organisation": ("séparer les deux responsables", MORT_AVEC_LA_CLE),
            "enveloppe": ("lire l'objet, ou le détruire avec elle", MORT_AVEC_LA_CLE),
            "kek": TECHNIQUE,
            "creee_le": ("dater la clé", MORT_AVEC_LA_CLE),
        }


class IndexRecherche(models.Model):
    """A keyed digest of a NIR or a name: finds the object by the whole value, tells nothing else.

    Dies in the transaction that destroys its key.
    """

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    etiquette = models.BinaryField()
    nature = models.CharField(max_length=10, choices=[(n.value, n.value) for n in Nature])
    # Its own index would double the one of the unique constraint.
    cle = models.ForeignKey(Cle, models.CASCADE, related_name="index", db_index=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "etiquette"], name="coffre_recherche")
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["cle", "nature", "etiquette"], name="coffre_index_sans_double"
            ),
            _valeurs("nature", Nature, "coffre_index_nature"),
            _octets("etiquette", OCTETS_ETIQUETTE, "coffre_index_etiquette"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "organisation": ("chercher chez un seul responsable", MORT_AVEC_LA_CLE),
            "etiquette": ("retrouver une personne par son NIR ou son nom", MORT_AVEC_LA_CLE),
            "nature": ("retrouver une personne par son NIR ou son nom", MORT_AVEC_LA_CLE),
            "cle": ("rattacher", MORT_AVEC_LA_CLE),
        }
