"""Personal data, declared beside the model: each field says its purpose and its fate, in French.

    class DonneesPersonnelles:
        champs: ClassVar = {
            "nom": ("figurer sur la fiche (annexe 1)", "supprimé avec le compte"),
            "rang": TECHNIQUE,
        }

tests/test_coherence.py refuses a field left out or misspelt; the purge, the access export and the
register of art. 30 read the same table. A number given by the database as primary key is exempt.
"""

from typing import Any

Destin = tuple[str, str]
TECHNIQUE: Destin = ("faire fonctionner le service", "ne dit rien d’une personne")


def communs(noms: str, destin: Destin) -> dict[str, Destin]:
    """The same purpose and fate for several fields, named in one text with spaces between."""
    return dict.fromkeys(noms.split(), destin)


def champs_du_modele(modele: Any) -> set[str]:
    """Names of a Django model's columns and many-to-many links, inherited ones included."""
    champs = (*modele._meta.concrete_fields, *modele._meta.many_to_many)
    return {
        champ.name for champ in champs if not champ.auto_created and champ.db_returning is False
    }


def declares(modele: Any) -> dict[str, Destin]:
    """What the model declares; empty where it declares nothing."""
    return getattr(getattr(modele, "DonneesPersonnelles", None), "champs", {})
