"""Outcomes of a fiche: chosen by the professional when closing it, or told by who closed it."""

from enum import StrEnum


class Issue(StrEnum):
    """How the request ended for the person."""

    RESSOURCES_RETABLIES = "ressources_retablies"
    DEMANDE_ENGAGEE = "demande_engagee"
    REORIENTEE = "reorientee"
    ARRETEE_PAR_LA_PERSONNE = "arretee_par_la_personne"
    TOUJOURS_BLOQUEE = "toujours_bloquee"


class IssueSansChoix(StrEnum):
    """What a fiche says when its professional chose no outcome: nobody offers it in a form."""

    AVEC_REPONSE = "avec_reponse"
    SANS_SUITE = "sans_suite"


LIBELLES_ISSUE: dict[str, str] = {
    Issue.RESSOURCES_RETABLIES: "ressources rétablies",
    Issue.DEMANDE_ENGAGEE: "demande engagée",
    Issue.REORIENTEE: "réorientée",
    Issue.ARRETEE_PAR_LA_PERSONNE: "arrêtée à la demande de la personne",
    Issue.TOUJOURS_BLOQUEE: "toujours bloquée",
}


def issue_lisible(code: str, *, jours: int) -> str:
    """The outcome in words (wording §7); `jours`: after how many a fiche closes by itself."""
    if code == IssueSansChoix.AVEC_REPONSE:
        return "close par la caisse avec sa réponse"
    if code == IssueSansChoix.SANS_SUITE:
        return f"close sans suite signalée au bout de {jours} jours"
    return LIBELLES_ISSUE.get(code, "sans précision")
