"""The fiche de liaison and its circuit.

Two parties, two controllers: each message (`Envoi`) has one encrypted copy (`Exemplaire`) by
holder, each with its own key and its own date of deletion (convention, art. 5.2).
"""

from relais.fiches.models.fiche import (
    INVISIBLES_CAISSE,
    OUVERTS_CAISSE,
    ROLES_CAISSE,
    Fiche,
    FicheQuerySet,
    Tour,
    Transition,
)
from relais.fiches.models.messages import Brouillon, Effacement, Envoi, Exemplaire
from relais.fiches.models.suivi import Avis, Compteur, Dysfonctionnement

__all__ = [
    "INVISIBLES_CAISSE",
    "OUVERTS_CAISSE",
    "ROLES_CAISSE",
    "Avis",
    "Brouillon",
    "Compteur",
    "Dysfonctionnement",
    "Effacement",
    "Envoi",
    "Exemplaire",
    "Fiche",
    "FicheQuerySet",
    "Tour",
    "Transition",
]
