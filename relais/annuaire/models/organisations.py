"""The parties of a convention, its territoires, and the équipes."""

from datetime import datetime
from typing import ClassVar

from django.db import models


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def codes(self) -> models.QuerySet["Organisation", str]:
        """What the jobs go through, one organisation after another, always in one order."""
        return self.order_by("code").values_list("code", flat=True)


class Organisation(models.Model):
    """A party of a convention: a Département or a caisse. Its code names it everywhere."""

    class Nature(models.TextChoices):
        DEPARTEMENT = "departement", "Département"
        CAISSE = "caisse", "Caisse de retraite"

    code = models.SlugField(primary_key=True, max_length=40)
    nature = models.CharField(max_length=12, choices=Nature)
    nom = models.CharField(max_length=120)

    objects = OrganisationQuerySet.as_manager()

    class DonneesPersonnelles:
        champs: ClassVar = {
            "code": ("désigner l'organisation", "gardé avec l'organisation"),
            "nature": ("distinguer les deux parties", "gardé avec l'organisation"),
            "nom": ("désigner l'organisation", "gardé avec l'organisation"),
        }


class ConventionQuerySet(models.QuerySet["Convention"]):
    def couples(self) -> dict[tuple[str, str], datetime]:
        """(organisation, the other party) of each convention, both ways: when it was recorded."""
        couples: dict[tuple[str, str], datetime] = {}
        for une in self.order_by("-enregistree_le"):
            couples[une.departement_id, une.caisse_id] = une.enregistree_le
            couples[une.caisse_id, une.departement_id] = une.enregistree_le
        return couples


class Convention(models.Model):
    """A signed text in force, as one file: its digest proves which values were applied."""

    code = models.SlugField(primary_key=True, max_length=60)
    nom = models.CharField(max_length=200)
    empreinte = models.CharField(max_length=64)
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    enregistree_le = models.DateTimeField()

    objects = ConventionQuerySet.as_manager()

    class DonneesPersonnelles:
        champs: ClassVar = {
            "code": ("désigner la convention", "gardé avec la convention"),
            "nom": ("désigner la convention", "gardé avec la convention"),
            "empreinte": ("prouver les valeurs appliquées", "gardé avec la convention"),
            "departement": ("désigner les parties", "gardé avec la convention"),
            "caisse": ("désigner les parties", "gardé avec la convention"),
            "enregistree_le": ("dater l'enregistrement", "gardé avec la convention"),
        }


class Territoire(models.Model):
    """A territoire d'intervention sociale (annex 2)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="territoires")
    code = models.SlugField(max_length=10)
    nom = models.CharField(max_length=80)
    couleur = models.CharField(max_length=20)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "code"], name="territoire_code_unique_par_organisation"
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "organisation": ("rattacher", "gardé avec l'organisation"),
            "code": ("désigner le territoire (annexe 2)", "gardé avec l'organisation"),
            "nom": ("désigner le territoire (annexe 2)", "gardé avec l'organisation"),
            "couleur": ("couleur de l'annexe 2", "gardé avec l'organisation"),
        }


class EquipeQuerySet(models.QuerySet["Equipe"]):
    def ouvertes(self, organisation: str) -> "EquipeQuerySet":
        """The équipes of that party somebody may work in, by name, their territoire with them."""
        return (
            self.filter(organisation=organisation, fermee_le=None)
            .select_related("territoire")
            .order_by("nom")
        )

    def avec_effectif(self) -> "EquipeQuerySet":
        """`effectif`: how many affectations of the équipe are in use or waiting for approval."""
        ici = models.Q(affectations__close_le=None) & (
            models.Q(affectations__active=True) | models.Q(affectations__proposee_le__isnull=False)
        )
        return self.annotate(effectif=models.Count("affectations", filter=ici))


class Equipe(models.Model):
    """A team: of a TIS (a CDAS) for a Département, an agency for a caisse."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="equipes")
    territoire = models.ForeignKey(
        Territoire, models.PROTECT, null=True, blank=True, related_name="equipes"
    )
    nom = models.CharField(max_length=80)
    fermee_le = models.DateTimeField(null=True)

    objects = EquipeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "nom"], name="equipe_nom_unique_par_organisation"
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "organisation": ("rattacher", "gardé avec l'organisation"),
            "territoire": ("rattacher au TIS", "gardé avec l'organisation"),
            "nom": ("désigner l'équipe", "gardé avec l'organisation"),
            "fermee_le": ("dater la fermeture", "gardé avec l'organisation"),
        }
