"""Where the bars of the chart of twelve months stand, in the units of its drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from relais.fiches.chiffres import MoisDeLAnnee

LARGEUR, HAUTEUR = 720, 220
GAUCHE, HAUT, BAS = 40, 16, 36  # margins: scale, breath, names of the months
BARRE = 34


@dataclass(frozen=True, slots=True)
class Barre:
    """One month: the whole bar, and the part answered within 72 hours at its foot."""

    mois: date
    envois: int
    a_temps: int
    x: float
    milieu: float
    y: float
    hauteur: float
    y_a_temps: float
    hauteur_a_temps: float


@dataclass(frozen=True, slots=True)
class Graduation:
    """A line of the scale."""

    valeur: int
    y: float


@dataclass(frozen=True, slots=True)
class Graphique:
    """Everything that the template draws."""

    barres: list[Barre]
    graduations: list[Graduation]
    largeur: int = LARGEUR
    hauteur: int = HAUTEUR
    gauche: int = GAUCHE
    droite: int = LARGEUR
    sol: int = HAUTEUR - BAS
    barre: int = BARRE


def dessiner(annee: Sequence[MoisDeLAnnee]) -> Graphique:
    """The chart of those months, scaled to the largest."""
    pas = _pas(max((un.envois for un in annee), default=0))
    plafond = 4 * pas
    colonne = (LARGEUR - GAUCHE) / max(len(annee), 1)

    def hauteur(nombre: int) -> float:
        return round((HAUTEUR - HAUT - BAS) * nombre / plafond, 1)

    sol = HAUTEUR - BAS
    barres = []
    for rang, un in enumerate(annee):
        milieu = round(GAUCHE + colonne * (rang + 0.5), 1)
        entiere, a_temps = hauteur(un.envois), hauteur(min(un.a_temps, un.envois))
        barres.append(
            Barre(
                mois=un.mois,
                envois=un.envois,
                a_temps=un.a_temps,
                x=round(milieu - BARRE / 2, 1),
                milieu=milieu,
                y=round(sol - entiere, 1),
                hauteur=entiere,
                y_a_temps=round(sol - a_temps, 1),
                hauteur_a_temps=a_temps,
            )
        )
    lignes = [Graduation(pas * rang, round(sol - hauteur(pas * rang), 1)) for rang in range(5)]
    return Graphique(barres, lignes)


def _pas(maximum: int) -> int:
    """A round step such that four of them hold the largest bar."""
    echelle = 1
    while True:
        for rond in (1, 2, 5):
            if 4 * rond * echelle >= maximum:
                return rond * echelle
        echelle *= 10
