"""Who takes part: organisations, their territoires and équipes, agents and their roles.

Not walled by row-level security: accounts must be readable before anybody has logged in
(docs/adr/0004-mur-postgresql.md).
"""

from relais.annuaire.models.absences import Absence, AbsenceQuerySet
from relais.annuaire.models.affectations import LIBELLES_ROLES, Affectation, AffectationQuerySet
from relais.annuaire.models.agents import Agent, AgentManager, AgentQuerySet
from relais.annuaire.models.liens import CourrierDeCompte, Lien
from relais.annuaire.models.organisations import Convention, Equipe, Organisation, Territoire
from relais.annuaire.models.saisies import SaisieGardee
from relais.annuaire.models.seances import Seance

__all__ = [
    "LIBELLES_ROLES",
    "Absence",
    "AbsenceQuerySet",
    "Affectation",
    "AffectationQuerySet",
    "Agent",
    "AgentManager",
    "AgentQuerySet",
    "Convention",
    "CourrierDeCompte",
    "Equipe",
    "Lien",
    "Organisation",
    "SaisieGardee",
    "Seance",
    "Territoire",
]
