"""The fiche de liaison and its circuit.

Two parties, two controllers: each message (`Envoi`) has one encrypted copy (`Exemplaire`) by
holder, each with its own key and its own date of deletion (convention, art. 5.2).
"""

from relais.fiches.models.caisse import NoteAppel, PhraseType
from relais.fiches.models.fiche import Fiche
from relais.fiches.models.messages import DEMANDES, Brouillon, Effacement, Envoi, Exemplaire
from relais.fiches.models.passages import Tour, Transition
from relais.fiches.models.rappels import Courriels, PointDuJour, Rappel
from relais.fiches.models.requetes import FicheQuerySet
from relais.fiches.models.signalements import Dysfonctionnement, FaitDysfonctionnement
from relais.fiches.models.suivi import Avis, Compteur

__all__ = [
    "DEMANDES",
    "Avis",
    "Brouillon",
    "Compteur",
    "Courriels",
    "Dysfonctionnement",
    "Effacement",
    "Envoi",
    "Exemplaire",
    "FaitDysfonctionnement",
    "Fiche",
    "FicheQuerySet",
    "NoteAppel",
    "PhraseType",
    "PointDuJour",
    "Rappel",
    "Tour",
    "Transition",
]
