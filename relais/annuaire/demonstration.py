"""The fictitious accounts, shown by the login pages of a demonstration and nowhere else.

`socle.marque.ouverte_a` decides: the setting, the mark inside the base, a browser on this machine.
"""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest

from relais.annuaire.facteurs import code_de
from relais.annuaire.models import Affectation, Agent, Organisation
from relais.regles.convention import Role
from relais.socle.marque import ouverte_a

# Of all the fictitious agents; worth nothing outside of a demonstration.
MOT_DE_PASSE = "phare-canal-tilleul-35"


@dataclass(frozen=True)
class CompteFictif:
    """An account as the login page shows it."""

    adresse: str
    nom: str
    role: str
    libelle: str
    organisation: str
    code: str

    @property
    def code_lisible(self) -> str:
        return f"{self.code[:3]} {self.code[3:]}"


def comptes_fictifs(requete: HttpRequest) -> list[CompteFictif]:
    """Every account with the code of its application now; empty unless this is a demonstration."""
    if not ouverte_a(requete):
        return []
    applications = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    scelles = {une.user_id: une.data["secret"] for une in applications}
    return [
        CompteFictif(
            adresse=une.agent.email,
            nom=une.agent.nom_complet,
            role=une.role,
            libelle=une.libelle,
            organisation=une.organisation.nom,
            code=code_de(une.agent, scelles[une.agent_id]),
        )
        for une in sorted(Affectation.objects.actives().avec_tout(), key=_rang)
        if une.agent_id in scelles
    ]


def code_fictif(requete: HttpRequest, agent: Agent) -> str:
    """The code that `agent` would read on a phone now; empty unless this is a demonstration."""
    return next((c.code for c in comptes_fictifs(requete) if c.adresse == agent.email), "")


def saisie_fictive(requete: HttpRequest) -> dict[str, Any]:
    """What `?compte=address` fills in on the login page of a demonstration."""
    adresse = requete.GET.get("compte", "")
    connues = {compte.adresse for compte in comptes_fictifs(requete)}
    return {"login": adresse, "password": MOT_DE_PASSE} if adresse in connues else {}


def _rang(une: Affectation) -> tuple[bool, str, int, int]:
    """The Département first, then its roles in their usual order."""
    caisse = une.organisation.nature == Organisation.Nature.CAISSE
    return caisse, une.organisation_id, list(Role).index(Role(une.role)), une.pk
