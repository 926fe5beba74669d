"""What a référent's export says of a fiche: when and how far, nobody's name, no motif.

Box 1 is honoured here as on screen: without it, « répondue » and « hors périmètre » are one state
for the Département, and no étape is counted (the wall hides those messages besides).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relais.adaptateurs.tableur import Cellule, Feuille
from relais.fiches.affichage import TRAITEE
from relais.fiches.models import Fiche
from relais.regles.circuit import TRAITEES, Statut
from relais.socle.horloge import PARIS

_DEPARTEMENT = {
    Statut.BROUILLON: "Rappelée avant lecture",  # sent once: it is being written again
    Statut.TRANSMISE: "Envoyée, pas encore ouverte",
    Statut.PRISE_EN_CHARGE: "En cours à la caisse",
    Statut.COMPLEMENT_DEMANDE: "Précision demandée",
    Statut.REPONDUE: "Réponse reçue",
    Statut.HORS_PERIMETRE: "À traiter par la voie ordinaire",
    Statut.RAPPELEE: "Rappelée avant lecture",
    Statut.RETIREE: "Retirée",
    Statut.CLOSE: "Terminée",
}
_CAISSE = {
    Statut.TRANSMISE: "Nouvelle",
    Statut.PRISE_EN_CHARGE: "En cours",
    Statut.COMPLEMENT_DEMANDE: "En attente du Département",
    Statut.REPONDUE: "Réponse envoyée",
    Statut.HORS_PERIMETRE: "Réorientée",
    Statut.CLOSE: "Terminée",
}


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its heading, what it means, its width, how it reads on a fiche."""

    entete: str
    definition: str
    largeur: int
    lire: Callable[[Any], Cellule]  # a fiche annotated with `etapes`


def etat_court(fiche: Fiche, *, caisse: bool) -> str:
    """The state as that side may read it, without a name or a date."""
    statut = Statut(fiche.statut)
    if caisse:
        return _CAISSE.get(statut, "–")
    traitee = statut in TRAITEES
    if traitee and not fiche.reponse_au_professionnel:
        return TRAITEE
    return _DEPARTEMENT[statut]


def colonnes(*, caisse: bool) -> tuple[Colonne, ...]:
    """The columns, in order; `etapes` is annotated by `FicheQuerySet.pour_export`."""
    return (
        Colonne("Référence", "Le nom de la fiche, tiré au hasard.", 12, lambda f: f.reference),
        Colonne("TIS", "Le territoire du premier envoi.", 8, lambda f: f.territoire.code),
        Colonne("Territoire", "Le nom de ce territoire.", 36, lambda f: f.territoire.nom),
        Colonne("Équipe", "L’équipe du premier envoi.", 28, lambda f: f.equipe.nom),
        Colonne(
            "Envoyée le",
            "Le dernier envoi de la fiche à la caisse ; c’est lui que la période retient.",
            17,
            lambda f: _paris(f.transmise_le),
        ),
        Colonne(
            "Réponse due le",
            "72 heures après cet envoi, week-ends et jours fériés compris (annexe 1).",
            17,
            lambda f: _paris(f.reponse_due_le),
        ),
        Colonne(
            "Prise en charge le",
            "Le premier geste de la caisse sur cet envoi.",
            17,
            lambda f: _paris(f.premier_geste_le),
        ),
        Colonne("Répondue le", "La réponse à cet envoi.", 17, lambda f: _paris(f.repondue_le)),
        Colonne(
            "En 72 heures",
            "« oui » ou « non » une fois la réponse donnée, vide avant elle.",
            13,
            _a_temps,
        ),
        Colonne(
            "Réponses d’étape",
            "Celles de cet envoi"
            + ("." if caisse else " que la personne a souhaité faire connaître au professionnel."),
            16,
            lambda f: int(f.etapes),
        ),
        Colonne(
            "État",
            "Au moment de l’export, dans les mots de votre institution.",
            46,
            lambda f: etat_court(f, caisse=caisse),
        ),
    )


def feuilles(fiches: list[Fiche], *, caisse: bool, periode: str) -> list[Feuille]:
    """The sheet of the fiches, and « Lecture » that says what each column means."""
    toutes = colonnes(caisse=caisse)
    lecture = [("Période", periode), *((c.entete, c.definition) for c in toutes)]
    return [
        Feuille(
            "Fiches",
            [c.entete for c in toutes],
            [[c.lire(fiche) for c in toutes] for fiche in fiches],
            [c.largeur for c in toutes],
        ),
        Feuille("Lecture", ["Colonne", "Ce qu’elle dit"], lecture, [20, 90]),
    ]


def _paris(instant: datetime | None) -> datetime | None:
    """The instant as a clock in Paris shows it, to the second: what a spreadsheet can hold."""
    return instant and instant.astimezone(PARIS).replace(tzinfo=None, microsecond=0)


def _a_temps(fiche: Fiche) -> str:
    if fiche.repondue_le is None or fiche.reponse_due_le is None:
        return ""
    return "oui" if fiche.repondue_le <= fiche.reponse_due_le else "non"
