"""Somebody leaves: everything in their hands goes to colleagues, then the account closes."""

from datetime import datetime

import psycopg
from django.db import IntegrityError, transaction

from relais.annuaire.actions.comptes import desactiver_compte
from relais.annuaire.droits import exiger
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Absence, Affectation, Agent
from relais.fiches import departs, droits
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.fiches.actions.passages import passer_la_main
from relais.fiches.departs import Heritage
from relais.fiches.models import Fiche
from relais.journal.models import Action
from relais.regles.circuit import Statut
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import date_moyenne

SANS_PERSONNE = "aucune_fiche_sans_personne"  # the constraint of sql/continuite.sql
ARRIVEE = "Une fiche vient d’arriver entre ces mains. Rien n’est fait : regardez à nouveau."
IL_EN_RESTE = "Il reste des fiches sans successeur : choisissez quelqu’un pour chaque équipe."


@transaction.atomic
def passer(agent: Agent, heritage: Heritage, *, par: Affectation, maintenant: datetime) -> int:
    """Hand over one, some or all of the open fiches of `agent`; how many changed hands.

    What nobody was chosen for stays. Done twice, the second time finds nothing left. Raises
    ActeRefuse when a successor is of another équipe, or cannot stand in where `agent` does.
    """
    exiger(droits.peut_preparer_un_depart(par, agent))
    passees = 0
    for fiche in departs.detenues(agent, par).dans_l_ordre().verrouillees():
        if (a := heritage.de(fiche)) is not None:
            passer_la_main(fiche, a=a, par=par, maintenant=maintenant)
            passees += 1
    for fiche in departs.chargees(agent, par).dans_l_ordre().verrouillees():
        passees += _passer_a_la_caisse(fiche, heritage.par_equipe.get(None), par=par)
    _passer_les_remplacements(agent, heritage, par=par, maintenant=maintenant)
    return passees


@transaction.atomic
def partir(agent: Agent, heritage: Heritage, *, par: Affectation, maintenant: datetime) -> int:
    """Hand everything over and close the account in the same act; how many changed hands.

    Raises ActeRefuse, and does nothing, while a single fiche would be left. Done twice, the second
    time changes nothing.
    """
    exiger(droits.peut_fermer(par, agent))
    passees = passer(agent, heritage, par=par, maintenant=maintenant)
    if sum(lot.total for lot in departs.lots(agent, par, jour_de(maintenant))):
        raise ActeRefuse(IL_EN_RESTE)
    if not Agent.objects.get(pk=agent.pk).is_active:
        return passees
    try:
        with transaction.atomic():
            desactiver_compte(agent, par=par, maintenant=maintenant)
    except CompteRefuse as refus:
        if Agent.objects.get(pk=agent.pk).is_active:
            raise ActeRefuse(refus.phrase) from None
    except IntegrityError as erreur:
        cause = erreur.__cause__
        if isinstance(cause, psycopg.Error) and cause.diag.constraint_name == SANS_PERSONNE:
            raise ActeRefuse(ARRIVEE) from None
        raise
    return passees


def _passer_a_la_caisse(fiche: Fiche, a: Affectation | None, *, par: Affectation) -> int:
    """To that colleague; without one, what was not taken yet is everybody's again."""
    if a is None and fiche.statut != Statut.TRANSMISE:
        return 0
    if a is not None and not (a.a_la_caisse and a.organisation_id == fiche.caisse_id):
        raise ActeRefuse("Choisissez un collègue de la même caisse.")
    fiche.chargee_a = a.agent if a else None
    fiche.save(update_fields=["chargee_a"])
    consigner_par(Action.TRANSMISSION_DE_MAIN, fiche.reference, par=par)
    return 1


def _passer_les_remplacements(
    agent: Agent, heritage: Heritage, *, par: Affectation, maintenant: datetime
) -> None:
    """Whom they stand in for goes to who takes over in that équipe."""
    jour = jour_de(maintenant)
    siens = Absence.objects.pas_finies(jour).de_remplacant(agent.pk, par.organisation_id)
    for absence in siens.avec_noms():
        a = heritage.par_equipe.get(absence.equipe_id)
        if a is None:
            continue
        pris = Absence.objects.de_l_agent(a.agent_id).chevauchant(max(jour, absence.du), absence.au)
        if a.agent_id == absence.agent_id or pris.exists():
            raise ActeRefuse(
                f"{agent} remplace {absence.agent} jusqu’au {date_moyenne(absence.au)}, et"
                f" {a.agent} ne peut pas prendre la suite : choisissez quelqu’un d’autre."
            )
        absence.remplacant = a.agent
        absence.save(update_fields=["remplacant"])
        consigner_par(Action.ABSENCE_DECLAREE, str(absence.agent.pseudonyme), par=par)
