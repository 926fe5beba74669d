"""Hand a fiche over to a colleague: its owner changes, its author never does."""

from datetime import datetime

from django.db import transaction

from relais.annuaire.conventions import regles_de
from relais.annuaire.models import Affectation
from relais.fiches import avis, droits
from relais.fiches.actions import brouillons
from relais.fiches.actions.acte import ActeRefuse, consigner_par, verrouiller_si
from relais.fiches.models import Avis, Fiche
from relais.journal.models import Action

TERMINEE = "Cette fiche est terminée : elle ne change plus de main."
AUTRE_EQUIPE = "Cette personne n’est pas de l’équipe de la fiche, ou elle la suit déjà."


@transaction.atomic
def confier(
    fiche: Fiche,
    *,
    a: Affectation,
    par: Affectation,
    maintenant: datetime,
    complete: bool = False,
) -> None:
    """Hand over to a colleague of the équipe, told by a mail; the draft goes with the fiche.

    `complete`: the draft is first said complete, so that the desk may send it. Raises ActeRefuse
    with what is missing, or when the fiche is finished or the colleague of another équipe.
    """
    fiche = verrouiller_si(lambda une: droits.peut_confier(par, une), fiche)
    if complete:
        brouillons.declarer_complete(fiche, par=par, maintenant=maintenant)
    passer_la_main(fiche, a=a, par=par, maintenant=maintenant)
    avis.prevenir(
        Avis.Objet.REPONSE,
        fiche,
        [a.agent],
        organisation=fiche.departement_id,
        maintenant=maintenant,
    )


def passer_la_main(fiche: Fiche, *, a: Affectation, par: Affectation, maintenant: datetime) -> None:
    """The new owner of a locked fiche, journaled. Raises ActeRefuse as `confier`."""
    if not fiche.a_suivre:
        raise ActeRefuse(TERMINEE)
    if not droits.peut_recevoir(a, fiche):
        raise ActeRefuse(AUTRE_EQUIPE)
    avant, fiche.proprietaire = fiche.proprietaire, a.agent
    fiche.confiee_par, fiche.confiee_le = par.agent, maintenant
    fiche.save(update_fields=["proprietaire", "confiee_par", "confiee_le"])
    if droits.peut_completer(a, regles_de(fiche.convention_id)) and brouillons.courant(fiche):
        brouillons.renommer(fiche, de=avant, en=a.agent, maintenant=maintenant)
    consigner_par(Action.TRANSMISSION_DE_MAIN, fiche.reference, par=par)


def recueillir(fiche: Fiche, *, par: Affectation) -> None:
    """Take in hand a locked fiche, closed, whose owner has left the équipe since; else nothing."""
    if Affectation.objects.du_terrain(fiche.proprietaire_id, fiche.equipe_id).exists():
        return
    fiche.proprietaire, fiche.confiee_par, fiche.confiee_le = par.agent, None, None
    fiche.save(update_fields=["proprietaire", "confiee_par", "confiee_le"])
    consigner_par(Action.TRANSMISSION_DE_MAIN, fiche.reference, par=par)
