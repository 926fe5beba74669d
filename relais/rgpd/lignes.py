"""Events as lines of a page: who by name where it is one's own organisation, on what, in words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relais.annuaire.models import Agent
from relais.journal.models import Evenement
from relais.rgpd.libelles import (
    DEJA_REFUSES,
    IDENTIFIANT,
    ISSUES,
    acte_en_mots,
    objet_en_mots,
    porteur_en_mots,
    raison_en_mots,
)

PERSONNE = "Relais, de lui-même"
_FICHE = re.compile(r"(?P<reference>[0-9A-Z]{4}-[0-9A-Z]{4})(:(?P<raison>[a-z_]+))?")


@dataclass(frozen=True, slots=True)
class Ligne:
    """One act. `agent`: the pseudonym to look for, when it is an account of the reader's side."""

    le: datetime
    qui: str
    agent: UUID | None
    acte: str
    issue: str
    nombre: int
    reference: str
    objet: str


def noms_des_agents(pseudonymes: Iterable[UUID | None], organisation: str) -> dict[UUID, str]:
    """The names of the accounts of that organisation among these; one query."""
    voulus = {un for un in pseudonymes if un is not None}
    siens = Agent.objects.de_l_organisation(organisation).de_pseudonymes(voulus)
    return {un.pseudonyme: un.nom_complet for un in siens}


def qui_est(pseudonyme: UUID | None, noms: dict[UUID, str]) -> str:
    """The name, or what is known without one."""
    if pseudonyme is None:
        return PERSONNE
    return noms.get(pseudonyme, f"Compte {str(pseudonyme)[:8]}")


def lignes(evenements: Iterable[Evenement], *, organisation: str) -> list[Ligne]:
    """Each event in words; one query for all the names."""
    lus = list(evenements)
    cites = [UUID(un.objet) for un in lus if IDENTIFIANT.fullmatch(un.objet)]
    noms = noms_des_agents([*(un.agent for un in lus), *cites], organisation)
    return [_ligne(un, noms) for un in lus]


def _ligne(un: Evenement, noms: dict[UUID, str]) -> Ligne:
    reference, objet = _objet(un, noms)
    return Ligne(
        le=un.cree_le,
        qui=qui_est(un.agent, noms),
        agent=un.agent if un.agent in noms else None,
        acte=acte_en_mots(un.action, un.objet),
        issue="" if un.action in DEJA_REFUSES else ISSUES[un.issue],
        nombre=un.nombre,
        reference=reference,
        objet=objet,
    )


def _objet(un: Evenement, noms: dict[UUID, str]) -> tuple[str, str]:
    """The reference of the fiche, and the other words."""
    if fiche := _FICHE.fullmatch(un.objet):
        return fiche["reference"], raison_en_mots(fiche["raison"] or "")
    if IDENTIFIANT.fullmatch(un.objet):
        return "", porteur_en_mots(un.action, un.objet) or qui_est(UUID(un.objet), noms)
    return "", objet_en_mots(un.action, un.objet)
