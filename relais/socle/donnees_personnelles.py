"""Personal data, declared beside the model: every field says its purpose and its fate.

    class Agent(models.Model):
        nom = models.CharField(max_length=80)

        class DonneesPersonnelles:
            champs = {
                "id": TECHNIQUE,
                "nom": (Finalite.COMPTE, Sort.AVEC_LE_COMPTE),
            }

A field that tells nothing about anybody (key, counter, code of the convention) is `TECHNIQUE`.
tests/test_coherence.py refuses a field left out; the purge, the access export and the register of
art. 30 read the same table.
"""

from enum import StrEnum
from typing import Any


class Finalite(StrEnum):
    """Why the field is kept."""

    AUCUNE = "ne dit rien d’une personne"
    ECHANGE = "échange de la fiche de liaison (convention, art. 4 et 5.2 a)"
    COMPTE = "compte, droits et coordonnées professionnelles d’un agent"
    AUTHENTIFICATION = "authentification d’un agent"
    TRACE = "traçabilité des opérations (convention, art. 5.2 d)"
    EFFACEMENT = "preuve de l’effacement (convention, art. 5.2 a)"
    EXPLOITATION = "bon fonctionnement du service"


class Sort(StrEnum):
    """What becomes of it."""

    SANS_OBJET = "rien à effacer"
    AVEC_LA_FICHE = "supprimé avec la fiche"
    AVEC_SA_CLE = "illisible dès la destruction de sa clé, puis supprimé"
    AVEC_LE_COMPTE = "supprimé ou rendu anonyme avec le compte"
    AVEC_LA_SESSION = "supprimé à la fin de la session"
    AVEC_LE_JOURNAL = "supprimé au bout de 36 mois (CRPA R.114-9-7)"
    AVEC_LA_CONVENTION = "gardé le temps de la convention"
    APRES_USAGE = "supprimé dès que le travail est fait"


Destin = tuple[Finalite, Sort]
TECHNIQUE: Destin = (Finalite.AUCUNE, Sort.SANS_OBJET)


def champs_du_modele(modele: Any) -> set[str]:
    """Names of the columns and many-to-many links of a Django model, inherited ones included."""
    return {champ.name for champ in (*modele._meta.concrete_fields, *modele._meta.many_to_many)}


def declares(modele: Any) -> dict[str, Destin]:
    """What the model declares; empty where it declares nothing."""
    return getattr(getattr(modele, "DonneesPersonnelles", None), "champs", {})
