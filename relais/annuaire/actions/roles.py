"""Roles: proposed by one person, approved by another, withdrawn, confirmed at each review."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import IntegrityError, transaction

from relais.annuaire import courriers, droits, retenues
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import (
    LIBELLES_ROLES,
    Affectation,
    Agent,
    CourrierDeCompte,
    Equipe,
    Organisation,
)
from relais.journal.actions import consigner, consigner_chacun
from relais.journal.models import Action
from relais.journal.mur import pour
from relais.regles import comptes as regles
from relais.regles.convention import ROLES_DE_LA_CAISSE, ROLES_DE_TERRAIN, Role
from relais.socle.horloge import jour_de

ROLES_DU_DEPARTEMENT = (*ROLES_DE_TERRAIN, Role.CHARGE_REPERAGE)
DEJA_DONNE = "Cette personne a déjà ce rôle, ou il attend déjà un accord."
DEJA_TRANCHE = "Ce rôle n’attend plus d’accord : quelqu’un d’autre vient de répondre."

Objet = CourrierDeCompte.Objet


def affecter(
    agent: Agent,
    organisation: Organisation,
    role: Role,
    *,
    maintenant: datetime,
    equipe: Equipe | None = None,
) -> Affectation:
    """Give a role from the server, without approval. Raises CompteRefuse as `verifier_role`."""
    verifier_role(organisation, role, equipe)
    une = _nouvelle(agent, organisation, role, equipe, maintenant)
    une.a_revoir_le = _prochaine_revue(une, maintenant)
    une.save()
    return une


@transaction.atomic
def proposer(
    agent: Agent,
    role: Role,
    *,
    organisation: Organisation,
    par: Affectation | None,
    maintenant: datetime,
    equipe: Equipe | None = None,
) -> Affectation:
    """A role, in use at once if it opens nothing, else once a second person approves.

    `par` None: from the server, which still waits for an approval. Raises CompteRefuse as
    `verifier_role` or when the role is there, PermissionDenied for one's own.
    """
    droits.exiger(par is None or droits.peut_proposer(par, agent, organisation.code))
    verifier_role(organisation, role, equipe)
    if agent.desactive_le is not None:
        raise CompteRefuse("Ce compte est désactivé : rouvrez-le d’abord.")
    siennes = Affectation.objects.ouvertes().filter(agent=agent, organisation=organisation)
    if siennes.filter(role=role, equipe=equipe).exists():
        raise CompteRefuse(DEJA_DONNE)
    une = proposition(agent, organisation, role, equipe, par=par, maintenant=maintenant)
    ecrire_les_propositions([une], par=par, maintenant=maintenant)
    return une


def proposition(
    agent: Agent,
    organisation: Organisation,
    role: Role,
    equipe: Equipe | None,
    *,
    par: Affectation | None,
    maintenant: datetime,
) -> Affectation:
    """That role as `proposer` gives it, verified before, written afterwards."""
    une = _nouvelle(agent, organisation, role, equipe, maintenant)
    une.origine = Affectation.Origine.PAGE if par else Affectation.Origine.COMMANDE
    une.proposee_par, une.proposee_le = (par.agent if par else None), maintenant
    une.active = not regles.demande_un_accord(role)
    if une.active:
        une.a_revoir_le = _prochaine_revue(une, maintenant)
    return une


def ecrire_les_propositions(
    propositions: list[Affectation], *, par: Affectation | None, maintenant: datetime
) -> None:
    """Write them in the transaction of an act, journal each, tell once whoever may approve."""
    Affectation.objects.bulk_create(propositions)
    attendent = [une for une in propositions if not une.active]
    _noter_chacune(Action.ROLE_DONNE, [une for une in propositions if une.active], par)
    _noter_chacune(Action.ROLE_PROPOSE, attendent, par)
    _prevenir_les_approbateurs(attendent, maintenant=maintenant)


def _prevenir_les_approbateurs(
    propositions: Iterable[Affectation], *, maintenant: datetime
) -> None:
    """One mail to each person who may approve some of them, with how many."""
    par_agent: dict[Agent, list[Affectation]] = {}
    for une, siens in droits.approbateurs(propositions):
        for agent in {un.agent for un in siens}:
            par_agent.setdefault(agent, []).append(une)
    for agent, siennes in par_agent.items():
        courriers.prevoir(
            Objet.ROLE_A_APPROUVER,
            organisation=siennes[0].organisation_id,
            agent=agent,
            affectation=siennes[0] if len(siennes) == 1 else None,
            nombre=len(siennes),
            maintenant=maintenant,
        )


@transaction.atomic
def approuver(
    affectations: Iterable[Affectation], *, par: Affectation | None, maintenant: datetime
) -> int:
    """The second person's approval: those roles are in use from then on; how many.

    Each person is told, and the DPO once for all. `par` None: from the server, and the row says
    so. Raises PermissionDenied to who may not (droits.APPROBATEURS), CompteRefuse when one of them
    waits no more.
    """
    donnees = [_approuver(une, par=par, maintenant=maintenant) for une in affectations]
    for une in donnees:
        _ecrire(Objet.ROLE_DONNE, une, une.agent, maintenant)
    if donnees:
        courriers.prevenir_le_dpo(
            Objet.ROLE_DONNE_DPO,
            organisation=donnees[0].organisation_id,
            sujet=donnees[0].agent if len(donnees) == 1 else None,
            affectation=donnees[0] if len(donnees) == 1 else None,
            nombre=len(donnees),
            maintenant=maintenant,
        )
    return len(donnees)


def _approuver(
    affectation: Affectation, *, par: Affectation | None, maintenant: datetime
) -> Affectation:
    droits.exiger(par is None or droits.peut_approuver(par, affectation))
    une = _verrouiller(affectation)
    if par is None:
        une.origine = Affectation.Origine.COMMANDE
    une.approuvee_par = par.agent if par else None
    une.active, une.depuis = True, maintenant
    une.a_revoir_le = _prochaine_revue(une, maintenant)
    try:
        with transaction.atomic():
            une.save()
    except IntegrityError:  # the same role was given meanwhile from the server
        raise CompteRefuse(DEJA_DONNE) from None
    _noter(Action.ROLE_DONNE, une, par)
    return une


@transaction.atomic
def refuser(
    affectation: Affectation, *, motif: Affectation.Refus, par: Affectation, maintenant: datetime
) -> None:
    """Say no, with a reason from the list. Raises as `approuver`."""
    droits.exiger(droits.peut_approuver(par, affectation))
    une = _verrouiller(affectation)
    une.refus, une.close_par, une.close_le = motif, par.agent, maintenant
    une.save(update_fields=["refus", "close_par", "close_le"])
    _noter(Action.ROLE_REFUSE, une, par)


@transaction.atomic
def retirer(affectation: Affectation, *, par: Affectation | None, maintenant: datetime) -> None:
    """Withdraw a role, or a proposal; rights end at the agent's next request.

    Raises PermissionDenied for one's own, CompteRefuse while fiches are in those hands.
    """
    droits.exiger(par is None or droits.peut_retirer(par, affectation))
    une = Affectation.objects.select_for_update().get(pk=affectation.pk)
    if une.close_le is not None:
        raise CompteRefuse("Ce rôle est déjà retiré.")
    retenues.verifier(affectation)
    clore(une, par=par, maintenant=maintenant)


def clore(affectation: Affectation, *, par: Affectation | None, maintenant: datetime) -> None:
    """Write the end of a role in the transaction of an act, and journal it.

    What was in those hands and needs no successor goes back where it came from (retenues).
    """
    en_usage, affectation.active = affectation.active, False
    affectation.close_par, affectation.close_le = (par.agent if par else None), maintenant
    affectation.save(update_fields=["active", "close_par", "close_le"])
    _noter(Action.ROLE_RETIRE, affectation, par)
    if en_usage:
        retenues.rendre(affectation, par=par, maintenant=maintenant)


@transaction.atomic
def confirmer(affectation: Affectation, *, par: Affectation, maintenant: datetime) -> None:
    """The review of a right: still needed. Raises PermissionDenied, for one's own too."""
    droits.exiger(droits.peut_retirer(par, affectation))
    une = Affectation.objects.select_for_update().get(pk=affectation.pk)
    if not une.active:
        raise CompteRefuse("Ce rôle est déjà retiré.")
    une.revue_par, une.revue_le = par.agent, maintenant
    une.a_revoir_le = _prochaine_revue(une, maintenant)
    une.save(update_fields=["revue_par", "revue_le", "a_revoir_le"])
    _noter(Action.REVUE_DES_DROITS, une, par)


@transaction.atomic
def confirmer_plusieurs(
    affectations: Iterable[Affectation], *, par: Affectation, maintenant: datetime
) -> int:
    """The same for several, at one sitting; how many."""
    siennes = list(affectations)
    for une in siennes:
        confirmer(une, par=par, maintenant=maintenant)
    return len(siennes)


def changer_d_affectation(vers: Affectation, *, de: Affectation) -> Affectation:
    """Work under another of one's own affectations; journaled where the agent arrives.

    Raises CompteRefuse for the affectation of somebody else.
    """
    if vers.agent_id != de.agent_id or not vers.active:
        raise CompteRefuse("Cette affectation n’est pas la vôtre.")
    with pour(vers.organisation_id):
        consigner(
            Action.CHANGEMENT_D_AFFECTATION,
            organisation=vers.organisation_id,
            agent=vers.agent.pseudonyme,
            objet=vers.role.replace("_", "-"),
        )
    return vers


def verifier_role(organisation: Organisation, role: Role, equipe: Equipe | None) -> None:
    """Raise CompteRefuse unless that party has this role, with an équipe of its own if needed."""
    if role not in roles_de(organisation):
        raise CompteRefuse(
            f"Le rôle « {LIBELLES_ROLES[role]} » n’existe pas dans l’organisation"
            f" « {organisation.nom} ».",
            champ="role",
        )
    if role in ROLES_DE_TERRAIN and equipe is None:
        raise CompteRefuse(
            f"Le rôle « {LIBELLES_ROLES[role]} » demande une équipe.", champ="equipe"
        )
    if equipe is not None and equipe.organisation_id != organisation.code:
        raise CompteRefuse("Cette équipe est d’une autre organisation.", champ="equipe")
    if equipe is not None and equipe.fermee_le is not None:
        raise CompteRefuse("Cette équipe est fermée.", champ="equipe")


def roles_de(organisation: Organisation) -> list[Role]:
    """The roles that this party has, in their usual order."""
    departement = organisation.nature == Organisation.Nature.DEPARTEMENT
    absents = ROLES_DE_LA_CAISSE if departement else ROLES_DU_DEPARTEMENT
    return [role for role in Role if role not in absents]


def _nouvelle(
    agent: Agent,
    organisation: Organisation,
    role: Role,
    equipe: Equipe | None,
    maintenant: datetime,
) -> Affectation:
    return Affectation(
        agent=agent,
        organisation=organisation,
        role=role,
        equipe=equipe,
        territoire=equipe.territoire if equipe else None,
        depuis=maintenant,
    )


def _verrouiller(affectation: Affectation) -> Affectation:
    """The row, still waiting: of two who answer at once, the second is told."""
    Affectation.objects.select_for_update().get(pk=affectation.pk)
    une = Affectation.objects.en_attente().filter(pk=affectation.pk).first()
    if une is None:
        raise CompteRefuse(DEJA_TRANCHE)
    return une


def _prochaine_revue(une: Affectation, maintenant: datetime) -> date | None:
    convention = regles_de_l_organisation(une.organisation_id)
    if convention is None:
        return None
    return regles.prochaine_revue(jour_de(maintenant), convention=convention)


def _ecrire(objet: Objet, une: Affectation, a: Agent, maintenant: datetime) -> None:
    courriers.prevoir(
        objet,
        organisation=une.organisation_id,
        agent=a,
        sujet=une.agent,
        affectation=une,
        maintenant=maintenant,
    )


def _noter(action: Action, une: Affectation, par: Affectation | None) -> None:
    _noter_chacune(action, [une], par)


def _noter_chacune(
    action: Action, affectations: list[Affectation], par: Affectation | None
) -> None:
    """An event for each, all of one organisation."""
    if not affectations:
        return
    organisation = affectations[0].organisation_id
    with contexte_systeme(organisation):
        consigner_chacun(
            action,
            [str(une.agent.pseudonyme) for une in affectations],
            organisation=organisation,
            agent=par.agent.pseudonyme if par else None,
        )
