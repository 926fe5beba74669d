"""Outcomes of a fiche, chosen by the professional when closing it."""

from enum import StrEnum


class Issue(StrEnum):
    """How the request ended for the person."""

    RESSOURCES_RETABLIES = "ressources_retablies"
    DEMANDE_ENGAGEE = "demande_engagee"
    REORIENTEE = "reorientee"
    ARRETEE_PAR_LA_PERSONNE = "arretee_par_la_personne"
    TOUJOURS_BLOQUEE = "toujours_bloquee"


LIBELLES_ISSUE: dict[str, str] = {
    Issue.RESSOURCES_RETABLIES: "ressources rétablies",
    Issue.DEMANDE_ENGAGEE: "demande engagée",
    Issue.REORIENTEE: "réorientée",
    Issue.ARRETEE_PAR_LA_PERSONNE: "arrêtée à la demande de la personne",
    Issue.TOUJOURS_BLOQUEE: "toujours bloquée",
}
