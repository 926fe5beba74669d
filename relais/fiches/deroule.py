"""The timeline of a fiche, as each side reads it. Box 1 is honoured here as in `affichage`."""

from dataclasses import dataclass
from datetime import datetime

from relais.annuaire.models import Affectation
from relais.fiches import exemplaires
from relais.fiches.affichage import cote_caisse
from relais.fiches.models import Fiche, Transition
from relais.regles.circuit import Geste
from relais.regles.retrait import LIBELLES_RETRAIT

_GESTES_DEPARTEMENT = {
    Geste.TRANSMETTRE: "Fiche envoyée",
    Geste.REDEMANDER: "Demande renvoyée",
    Geste.PRENDRE_EN_CHARGE: "Prise en charge par la caisse",
    Geste.DONNER_ETAPE: "Réponse d’étape",
    Geste.DEMANDER_COMPLEMENT: "Précision demandée par la caisse",
    Geste.COMPLETER: "Fiche complétée et renvoyée",
    Geste.REPONDRE: "Réponse de la caisse",
    Geste.DIRE_HORS_PERIMETRE: "Orientée vers la voie ordinaire",
    Geste.RAPPELER: "Rappelée avant lecture",
    Geste.CORRIGER: "Reprise pour correction",
    Geste.RETIRER: "Retirée",
    Geste.CLORE: "Terminée",
    Geste.CLORE_AVEC_REPONSE: "Terminée par la caisse avec sa réponse",
    Geste.CLORE_D_OFFICE: "Terminée sans suite signalée",
    Geste.ROUVRIR: "Rouverte et renvoyée",
}

_ENVOIS = (Geste.TRANSMETTRE, Geste.REDEMANDER, Geste.ROUVRIR)


@dataclass(frozen=True, slots=True)
class Jalon:
    """A line of the timeline."""

    le: datetime
    texte: str


def jalons(fiche: Fiche, *, pour: Affectation) -> list[Jalon]:
    """The timeline as that side reads it, oldest first.

    The Département reads the kind of an answer only where it holds the answer: box 1 is ticked or
    not for each tour, and a later tour tells nothing of an earlier one.
    """
    lignes = list(fiche.transitions.select_related("par").order_by("le", "pk"))
    if cote_caisse(pour):
        # What was recalled has left nothing here: its sending is not told either.
        recues = set(fiche.tours.values_list("transmise_le", flat=True))
        return [
            Jalon(ligne.le, _texte_caisse(ligne))
            for ligne in lignes
            if ligne.geste not in _ENVOIS or ligne.le in recues
        ]
    tenues = exemplaires.reponses_recues(fiche, pour.organisation_id)
    lus = [
        Jalon(ligne.le, _texte_departement(ligne, fiche, ligne.le in tenues))
        for ligne in lignes
        if not ligne.reserve_caisse
    ]
    if fiche.rouverte_le:
        lus.append(Jalon(fiche.rouverte_le, "Rouverte : une nouvelle demande se prépare"))
    return lus


def _texte_departement(ligne: Transition, fiche: Fiche, recue: bool) -> str:
    if ligne.geste == Geste.RETIRER:
        return f"Retirée : {LIBELLES_RETRAIT.get(fiche.motif_retrait, 'sans précision')}"
    if not recue and ligne.geste in (Geste.REPONDRE, Geste.DIRE_HORS_PERIMETRE):
        return "Traitée par la caisse"
    return _GESTES_DEPARTEMENT.get(Geste(ligne.geste), ligne.geste)


def _texte_caisse(ligne: Transition) -> str:
    texte = _GESTES_DEPARTEMENT.get(Geste(ligne.geste), ligne.geste)
    return f"{texte} ({ligne.par})" if ligne.par else texte
