"""Personal data, declared beside the model: each field says its purpose and its fate, in French.

    class DonneesPersonnelles:
        champs: ClassVar = {
            "nom": ("figurer sur la fiche (annexe 1)", "supprimé avec le compte"),
            "rang": TECHNIQUE,
        }

tests/test_coherence.py refuses a field left out or misspelt; the purge, the access export and the
register of art. 30 read the same table. The primary key may be left out.
"""

from typing import Any

Destin = tuple[str, str]
TECHNIQUE: Destin = ("faire fonctionner le service", "ne dit rien d’une personne")


def communs(noms: str, destin: Destin) -> dict[str, Destin]:
    """The same purpose and fate for several fields, named in one text with spaces between."""
    return dict.fromkeys(noms.split(), destin)


def champs_du_modele(modele: Any) -> set[str]:
    """Names of a Django model's columns and many-to-many links, inherited ones included."""
    return {champ.name for champ in (*modele._meta.concrete_fields, *modele._meta.many_to_many)}


def numero(modele: Any) -> set[str]:
    """The primary key: a number or a UUID that says nothing by itself, free to be left out."""
    return {modele._meta.pk.name}


def declares(modele: Any) -> dict[str, Destin]:
    """What the model declares; empty where it declares nothing."""
    return getattr(getattr(modele, "DonneesPersonnelles", None), "champs", {})
