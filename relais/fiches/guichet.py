"""« Où en est-on ? »: at the desk, from the reference that the person holds. One line, no content.

Whoever of the équipe is there can answer. Another team's fiche and a reference that nobody bears
get the same answer: that a fiche exists is not told.
"""

from dataclasses import dataclass
from datetime import datetime

from relais.annuaire import debit
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation, Agent
from relais.fiches import affichage, droits, mains
from relais.fiches.actions.acte import consigner_par
from relais.fiches.models import Fiche
from relais.journal.models import Action, Issue
from relais.socle import horloge


@dataclass(frozen=True, slots=True)
class Point:
    """Where a fiche stands, and whom to send the person to.

    `reponse_due_le`: None when no answer is awaited any more. `remplacee_par`: who stands in today.
    """

    reference: str
    etat: affichage.Etat
    reponse_due_le: datetime | None
    suivie_par: Agent
    remplacee_par: tuple[Agent, ...]
    archive_ouverte: bool = False  # archived, and who asks may open it with a reason


def ou_en_est_on(reference: str, *, par: Affectation, maintenant: datetime) -> Point | None:
    """The state of that fiche, None when no fiche of the équipe bears it. Journaled either way.

    `reference`: as `reference.lire` gives it. Raises TropVite for who asks too often.
    """
    exiger(droits.peut_dire_l_etat(par))
    try:
        debit.compter("etat", par=par, maintenant=maintenant)
    except debit.TropVite:
        consigner_par(Action.ETAT_CONSULTE, par=par, issue=Issue.REFUSE)
        raise
    trouve = point(reference, pour=par)
    if trouve:
        consigner_par(Action.ETAT_CONSULTE, reference, par=par)
    else:  # never what was typed
        consigner_par(Action.ETAT_CONSULTE, par=par, issue=Issue.ECHEC)
    return trouve


def point(reference: str, *, pour: Affectation) -> Point | None:
    """The same, for who has already been counted and journaled."""
    fiche = Fiche.objects.dont_l_etat_se_dit_a(pour).pour_page().filter(reference=reference).first()
    if fiche is None:
        return None
    suivie_par, *remplacants = mains.suiveurs(fiche, horloge.aujourd_hui())
    return Point(
        reference=fiche.reference,
        etat=affichage.etat_au_guichet(fiche),
        reponse_due_le=fiche.reponse_due_le if fiche.en_attente_de_reponse else None,
        suivie_par=suivie_par,
        remplacee_par=tuple(remplacants),
        archive_ouverte=droits.peut_ouvrir_l_archive(pour, fiche),
    )
