"""Invitations, lost passwords, lost factors: a link for one person, good once, for three days.

It is mailed; from the server, it may be given by hand.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from relais.annuaire import courriers, droits, facteurs, seances
from relais.annuaire.actions import roles
from relais.annuaire.actions.comptes import (
    DEJA_CONNUE,
    creer_agent,
    lire_coordonnees,
    organisation_de,
    verifier_adresse_libre,
    verifier_mot_de_passe,
)
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.erreurs import CompteRefuse, LienSansEffet
from relais.annuaire.jetons import empreinte_de, est_le_bon, jeton_de
from relais.annuaire.models import (
    Affectation,
    Agent,
    CourrierDeCompte,
    Equipe,
    Lien,
    Organisation,
)
from relais.journal.actions import consigner, consigner_chacun
from relais.journal.models import Action
from relais.regles import comptes as regles
from relais.regles.convention import Role
from relais.socle.horloge import jour_de

Nature = Lien.Nature
PAS_OUVERT = "Ce compte n’est pas ouvert."
SANS_CONVENTION = "Cette organisation n’est partie à aucune convention en service."


@dataclass(frozen=True)
class Invite:
    """Somebody to invite. `coordonnees`: as `lire_coordonnees` gives them; a role that exists."""

    coordonnees: dict[str, str]
    role: Role
    equipe: Equipe | None


def inviter(
    organisation: Organisation,
    *,
    prenom: str,
    nom: str,
    email: str,
    role: Role,
    par: Affectation | None,
    maintenant: datetime,
    telephone: str = "",
    equipe: Equipe | None = None,
) -> Agent:
    """An account that opens when its person accepts; its role is proposed at the same time.

    `par` None: from the server. Raises CompteRefuse as `creer_agent`, PermissionDenied to who is
    not an administrateur of that organisation.
    """
    droits.exiger(par is None or droits.peut_administrer(par, organisation.code))
    lu = lire_coordonnees(prenom=prenom, nom=nom, email=email, telephone=telephone)
    verifier_adresse_libre(lu["email"])
    roles.verifier_role(organisation, role, equipe)
    verifies = [Invite(lu, role, equipe)]
    (agent,) = inviter_chacun(organisation, verifies, par=par, maintenant=maintenant)
    return agent


def inviter_chacun(
    organisation: Organisation,
    verifies: list[Invite],
    *,
    par: Affectation | None,
    maintenant: datetime,
) -> list[Agent]:
    """The same for people who were verified before, in as many statements for all as for one.

    Whoever approves gets one mail for all of them. Raises as `inviter`.
    """
    droits.exiger(par is None or droits.peut_administrer(par, organisation.code))
    agents = [_nouveau(un, maintenant) for un in verifies]
    with contexte_systeme(organisation.code):
        _inscrire(agents)
        propositions = [
            roles.proposition(
                agent, organisation, un.role, un.equipe, par=par, maintenant=maintenant
            )
            for agent, un in zip(agents, verifies, strict=True)
        ]
        roles.ecrire_les_propositions(propositions, par=par, maintenant=maintenant)
        liens = _lier(agents, Nature.INVITATION, organisation, par=par, maintenant=maintenant)
        courriers.prevoir_les_liens(liens)
        consigner_chacun(
            Action.COMPTE_INVITE,
            [str(agent.pseudonyme) for agent in agents],
            organisation=organisation.code,
            agent=par.agent.pseudonyme if par else None,
        )
    return agents


@transaction.atomic
def creer_par_lien(
    organisation: Organisation,
    *,
    prenom: str,
    nom: str,
    email: str,
    role: Role,
    maintenant: datetime,
    telephone: str = "",
    equipe: Equipe | None = None,
) -> Lien:
    """An account from the server, its role in use at once: its person opens it with that link.

    Nobody else ever knows its password. The DPO is told by mail. Raises CompteRefuse as
    `creer_agent`.
    """
    agent = creer_agent(
        prenom=prenom,
        nom=nom,
        email=email,
        telephone=telephone,
        organisation=organisation,
        role=role,
        equipe=equipe,
        maintenant=maintenant,
    )
    with contexte_systeme(organisation.code):
        courriers.prevenir_le_dpo(
            CourrierDeCompte.Objet.ROLE_DONNE_DPO,
            organisation=organisation.code,
            sujet=agent,
            affectation=Affectation.objects.get(agent=agent),
            maintenant=maintenant,
        )
        (lien,) = _lier([agent], Nature.INVITATION, organisation, par=None, maintenant=maintenant)
    return lien


@transaction.atomic
def remettre_un_lien(agent: Agent, *, maintenant: datetime) -> Lien:
    """From the server: a link given by hand, for who is invited or has lost the password.

    The last one opens nothing any more. Raises CompteRefuse when the account is closed.
    """
    if not (agent.is_active or agent.est_invite):
        raise CompteRefuse(PAS_OUVERT)
    organisation = organisation_de(agent)
    nature = Nature.INVITATION if agent.est_invite else Nature.MOT_DE_PASSE
    with contexte_systeme(organisation.code):
        lien = _remplacer_le_lien(agent, nature, organisation, par=None, maintenant=maintenant)
        action = Action.COMPTE_INVITE if agent.est_invite else Action.COMPTE_MODIFIE
        _noter(action, agent, organisation.code, None)
    return lien


def relancer(
    agent: Agent, *, organisation: Organisation, par: Affectation | None, maintenant: datetime
) -> None:
    """A new invitation; the link of the last one opens nothing any more."""
    droits.exiger(par is None or droits.peut_gerer(par, agent))
    if not agent.est_invite:
        raise CompteRefuse("Cette personne a déjà accepté son invitation.")
    with contexte_systeme(organisation.code):
        lien = _remplacer_le_lien(
            agent, Nature.INVITATION, organisation, par=par, maintenant=maintenant
        )
        courriers.prevoir_les_liens([lien])
        _noter(Action.COMPTE_INVITE, agent, organisation.code, par)


def annuler(agent: Agent, *, organisation: Organisation, par: Affectation | None) -> None:
    """Take the invitation back: nothing of somebody who never came is kept."""
    droits.exiger(par is None or droits.peut_gerer(par, agent))
    with contexte_systeme(organisation.code):
        # Whoever accepts at this instant holds the row: look again once we have it.
        present = Agent.objects.select_for_update().filter(pk=agent.pk).first()
        if present is None or not present.est_invite:
            raise CompteRefuse("Cette personne a déjà accepté son invitation.")
        _noter(Action.INVITATION_ANNULEE, agent, organisation.code, par)
        agent.delete()


def envoyer_un_lien_de_mot_de_passe(
    agent: Agent, *, organisation: Organisation, par: Affectation | None, maintenant: datetime
) -> None:
    """For who lost the password: it opens nothing without the second factor."""
    droits.exiger(par is None or droits.peut_gerer(par, agent))
    if not agent.is_active:
        raise CompteRefuse(PAS_OUVERT)
    with contexte_systeme(organisation.code):
        lien = _remplacer_le_lien(
            agent, Nature.MOT_DE_PASSE, organisation, par=par, maintenant=maintenant
        )
        courriers.prevoir_les_liens([lien])
        _noter(Action.COMPTE_MODIFIE, agent, organisation.code, par)


@transaction.atomic
def reinitialiser_les_facteurs(
    agent: Agent, *, par: Affectation | None, maintenant: datetime
) -> None:
    """Take every second factor away, keys destroyed, and the password with them.

    The person comes back as at first, by a link to the professional address: a password alone, that
    somebody may have stolen, opens nothing. The DPO is told by mail. Raises PermissionDenied for
    one's own, CompteRefuse when the account is closed.
    """
    droits.exiger(par is None or droits.peut_gerer(par, agent))
    if not agent.is_active:
        raise CompteRefuse(PAS_OUVERT)
    organisation = par.organisation if par else organisation_de(agent)
    siens = Authenticator.objects.filter(user=agent)
    facteurs.oublier([un.data for un in siens])
    siens.delete()
    agent.set_unusable_password()
    agent.save(update_fields=["password"])
    seances.terminer_toutes(agent)
    with contexte_systeme(organisation.code):
        lien = _remplacer_le_lien(
            agent, Nature.MOT_DE_PASSE, organisation, par=par, maintenant=maintenant
        )
        _noter(Action.FACTEURS_REINITIALISES, agent, organisation.code, par)
    courriers.prevoir(
        CourrierDeCompte.Objet.FACTEURS,
        organisation=organisation.code,
        agent=agent,
        lien=lien,
        maintenant=maintenant,
    )
    courriers.prevenir_le_dpo(
        CourrierDeCompte.Objet.FACTEURS_DPO,
        organisation=organisation.code,
        sujet=agent,
        maintenant=maintenant,
    )


def lien_de(numero: UUID, empreinte: str) -> Lien | None:
    """The link of that number if the digest of its token is the right one, good or not any more."""
    lien = Lien.objects.select_related("agent", "organisation").filter(pk=numero).first()
    # The same work for a number that nobody has.
    juste = est_le_bon(empreinte, lien.empreinte if lien else empreinte_de(jeton_de(numero)))
    return lien if lien is not None and juste else None


@transaction.atomic
def accepter(lien: Lien, mot_de_passe: str, *, maintenant: datetime) -> Agent:
    """The password its person chose. Once: of two at the same time, one is refused.

    Raises CompteRefuse on a weak password, LienSansEffet when the link was used, cancelled or is
    too old.
    """
    verifier_mot_de_passe(mot_de_passe, lien.agent)
    pris = (
        Lien.objects.ouverts()
        .filter(pk=lien.pk, expire_le__gt=maintenant)
        .update(utilise_le=maintenant)
    )
    if not pris:
        raise LienSansEffet
    agent: Agent = Agent.objects.select_for_update().get(pk=lien.agent_id)
    if agent.desactive_le is not None:
        raise LienSansEffet
    invite = lien.nature == Nature.INVITATION
    agent.set_password(mot_de_passe)
    agent.is_active = True
    agent.save(update_fields=["password", "is_active"])
    seances.terminer_toutes(agent)
    with contexte_systeme(lien.organisation_id):
        consigner(
            Action.INVITATION_ACCEPTEE if invite else Action.MOT_DE_PASSE_CHANGE,
            organisation=lien.organisation_id,
            agent=agent.pseudonyme,
        )
    return agent


def _nouveau(un: Invite, maintenant: datetime) -> Agent:
    agent = Agent(**un.coordonnees, is_active=False, cree_le=maintenant)
    agent.set_unusable_password()
    return agent


def _inscrire(agents: list[Agent]) -> None:
    try:
        with transaction.atomic():
            Agent.objects.bulk_create(agents)
    except IntegrityError:  # that address was written meanwhile
        raise CompteRefuse(DEJA_CONNUE, champ="email") from None


def _remplacer_le_lien(
    agent: Agent,
    nature: Lien.Nature,
    organisation: Organisation,
    *,
    par: Affectation | None,
    maintenant: datetime,
) -> Lien:
    """A new link to somebody who has an account: the last one opens nothing any more."""
    Agent.objects.select_for_update().get(pk=agent.pk)  # one open link: two senders take turns
    courriers.retirer_les_liens(agent, maintenant=maintenant)
    (lien,) = _lier([agent], nature, organisation, par=par, maintenant=maintenant)
    return lien


def _lier(
    agents: Iterable[Agent],
    nature: Lien.Nature,
    organisation: Organisation,
    *,
    par: Affectation | None,
    maintenant: datetime,
) -> list[Lien]:
    """A link for each."""
    convention = regles_de_l_organisation(organisation.code)
    if convention is None:
        raise CompteRefuse(SANS_CONVENTION)
    expire_le = regles.fin_du_lien(maintenant, jour=jour_de(maintenant), convention=convention)
    liens = [
        Lien(
            agent=agent,
            organisation=organisation,
            nature=nature,
            par=par.agent if par else None,
            cree_le=maintenant,
            expire_le=expire_le,
        )
        for agent in agents
    ]
    for lien in liens:
        lien.empreinte = empreinte_de(jeton_de(lien.pk))
    return Lien.objects.bulk_create(liens)


def _noter(action: Action, agent: Agent, organisation: str, par: Affectation | None) -> None:
    consigner(
        action,
        organisation=organisation,
        agent=par.agent.pseudonyme if par else None,
        objet=str(agent.pseudonyme),
    )
