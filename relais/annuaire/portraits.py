"""An account as its administrateur reads it: a state in a word, what can be done with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from relais.annuaire import droits
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation, Agent, Lien
from relais.regles import comptes as regles
from relais.socle.horloge import jour_de


@dataclass(frozen=True)
class Etat:
    """A word and its tone (`pastille`)."""

    libelle: str
    ton: str


@dataclass(frozen=True)
class Portrait:
    """One account of a list. `roles`: those of the reader's organisation alone."""

    agent: Agent
    roles: list[Affectation]
    etat: Etat
    lien: Lien | None


def seuil(organisation: str, maintenant: datetime) -> datetime | None:
    """Without a login since that instant, an account of that organisation is unused."""
    convention = regles_de_l_organisation(organisation)
    if convention is None:
        return None
    jour = jour_de(maintenant)
    return regles.seuil_d_inutilite(maintenant, jour=jour, convention=convention)


def portrait(agent: Any, *, maintenant: datetime, depuis: datetime | None) -> Portrait:
    """`agent`: read with `avec_leurs_roles`. `depuis`: what `seuil` gave."""
    lien = next(iter(agent.liens_ouverts), None)
    return Portrait(agent, agent.roles_ici, _etat(agent, lien, maintenant, depuis), lien)


def _etat(agent: Any, lien: Lien | None, maintenant: datetime, depuis: datetime | None) -> Etat:
    if agent.desactive_le is not None:
        return Etat("Désactivé", "finie")
    if agent.est_invite:
        parti = lien is not None and lien.sert(maintenant)
        return Etat("Invité", "attente") if parti else Etat("Invitation expirée", "attention")
    vu_le = agent.last_login or agent.rouvert_le or agent.cree_le
    if depuis is not None and vu_le < depuis:
        return Etat("Inutilisé", "attention")
    if any(une.active for une in agent.roles_ici):
        return Etat("Ouvert", "reussite")
    if agent.roles_ici:
        return Etat("Attend un accord", "attente")
    return Etat("Sans rôle", "neutre")


@dataclass(frozen=True)
class Detail:
    """A role on the page of an account, and what its reader may do to it."""

    affectation: Affectation
    approuvable: bool
    retirable: bool


def details(roles: list[Affectation], pour: Affectation) -> list[Detail]:
    return [
        Detail(
            une,
            approuvable=not une.active and droits.peut_approuver(pour, une),
            retirable=droits.peut_retirer(pour, une),
        )
        for une in roles
    ]
