"""Why an archived fiche is opened, between the end of the support and its erasure."""

from enum import StrEnum


class MotifOuverture(StrEnum):
    """Chosen by who opens it; the journal bears it after the reference."""

    RETOUR = "retour"
    DROITS = "droits"
    RECOURS = "recours"
    DOSSIER = "dossier"


RAISONS_OUVERTURE: dict[str, str] = {
    MotifOuverture.RETOUR: "la personne revient pour cette demande",
    MotifOuverture.DROITS: "la personne demande à voir ou à faire corriger ses données",
    MotifOuverture.RECOURS: "un recours ou une réclamation porte sur cette demande",
    MotifOuverture.DOSSIER: "je complète le dossier papier de la personne",
}
