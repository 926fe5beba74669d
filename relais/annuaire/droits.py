"""Who may do what to an account or a role: the only place where it is said (docs/adr/0015)."""

from collections.abc import Iterable, Iterator

from django.core.exceptions import PermissionDenied

from relais.annuaire.models import Affectation, Agent
from relais.regles.convention import Role

# A second person approves: an administrateur other than who proposed, or who leads the work.
_PAR_L_ENCADRANT = frozenset({Role.ADMINISTRATEUR, Role.ENCADRANT})
_PAR_LE_RESPONSABLE = frozenset({Role.ADMINISTRATEUR, Role.RESPONSABLE_CAISSE})
_PAR_UN_ADMINISTRATEUR = frozenset({Role.ADMINISTRATEUR})
APPROBATEURS: dict[Role, frozenset[Role]] = {
    Role.TRAVAILLEUR_SOCIAL: _PAR_L_ENCADRANT,
    Role.CHARGE_ACCUEIL: _PAR_L_ENCADRANT,
    Role.ENCADRANT: _PAR_L_ENCADRANT,
    Role.AGENT_CAISSE: _PAR_LE_RESPONSABLE,
    Role.RESPONSABLE_CAISSE: _PAR_LE_RESPONSABLE,
    Role.CHARGE_REPERAGE: _PAR_UN_ADMINISTRATEUR,
    Role.DPO: _PAR_UN_ADMINISTRATEUR,
    Role.ADMINISTRATEUR: _PAR_UN_ADMINISTRATEUR,
}
QUI_APPROUVE = frozenset().union(*APPROBATEURS.values())


def exiger(permis: bool) -> None:
    """Raise PermissionDenied unless that right holds; the refusal is journaled (acces.py)."""
    if not permis:
        raise PermissionDenied


def peut_administrer(par: Affectation, organisation: str) -> bool:
    """Invite, propose roles, keep the équipes, of one's own organisation alone."""
    return par.role == Role.ADMINISTRATEUR and par.organisation_id == organisation


def peut_gerer(par: Affectation, agent: Agent) -> bool:
    """Act on a whole account (close it, reset its factors): of one's organisation and of no other,
    never one's own.
    """
    siennes = Affectation.objects.filter(agent=agent)
    ailleurs = siennes.ouvertes().exclude(organisation=par.organisation_id)
    return (
        par.role == Role.ADMINISTRATEUR
        and par.agent_id != agent.pk
        and siennes.chez(par.organisation_id).exists()
        and not ailleurs.exists()
    )


def peut_proposer(par: Affectation, agent: Agent, organisation: str) -> bool:
    """Nobody gives a role to himself."""
    return peut_administrer(par, organisation) and par.agent_id != agent.pk


def peut_retirer(par: Affectation, affectation: Affectation) -> bool:
    """One's own role neither: the last administrateur would lock everybody out."""
    return (
        peut_administrer(par, affectation.organisation_id) and par.agent_id != affectation.agent_id
    )


def peut_approuver(par: Affectation, affectation: Affectation) -> bool:
    """A second person: not who proposed, not who receives; the leader of that équipe, or an
    administrateur.
    """
    return (
        par.organisation_id == affectation.organisation_id
        and par.role in APPROBATEURS.get(Role(affectation.role), frozenset())
        and (par.role != Role.ENCADRANT or par.equipe_id == affectation.equipe_id)
        and par.agent_id not in (affectation.agent_id, affectation.proposee_par_id)
    )


def a_approuver(par: Affectation) -> list[Affectation]:
    """What waits for that person, the oldest first."""
    attendent = Affectation.objects.en_attente().chez(par.organisation_id)
    attendent = attendent.select_related("proposee_par", "agent", "equipe", "territoire")
    return [une for une in attendent if peut_approuver(par, une)]


def approbateurs(
    propositions: Iterable[Affectation],
) -> Iterator[tuple[Affectation, list[Affectation]]]:
    """Each proposal with who may approve it; those who may are read once for all."""
    siennes = list(propositions)
    candidats = (
        Affectation.objects.actives()
        .avec_tout()
        .filter(
            organisation__in={une.organisation_id for une in siennes},
            role__in=sorted(QUI_APPROUVE),
        )
    )
    lus = list(candidats)
    for une in siennes:
        yield une, [un for un in lus if peut_approuver(un, une)]
