"""What a person does on the login pages, through the test client."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.test import Client

from relais.annuaire.facteurs import code_de
from relais.annuaire.models import Affectation, Agent
from relais.journal.models import Evenement
from relais.journal.mur import pour
from tests.personas import MOT_DE_PASSE, poser_second_facteur

CONNEXION = "/compte/connexion/"
CODE = "/compte/second-facteur/"


def code_du_moment(agent: Agent) -> str:
    """The six digits of the agent's application now; empty without one."""
    application = Authenticator.objects.filter(user=agent, type=Authenticator.Type.TOTP).first()
    return code_de(agent, application.data["secret"]) if application else ""


def donner_mot_de_passe(
    client: Client, adresse: str, mot_de_passe: str = MOT_DE_PASSE, **options: Any
) -> Any:
    return client.post(CONNEXION, {"login": adresse, "password": mot_de_passe}, **options)


def entrer(client: Client, qui: Affectation, **options: Any) -> Any:
    """Both factors, as on the pages; the second one is set up when it is missing."""
    poser_second_facteur(qui.agent)
    donner_mot_de_passe(client, qui.agent.email, **options)
    return client.post(CODE, {"code": code_du_moment(qui.agent)}, **options)


def code_pour(secret: str, decalage: int = 0) -> str:
    """The six digits of a secret now, or so many steps of 30 seconds away."""
    compteur = list(totp.yield_hotp_counters_from_time())[1]
    return totp.format_hotp_value(totp.hotp_value(secret, compteur + decalage))


def est_connecte(client: Client) -> bool:
    return "_auth_user_id" in client.session


def journal(organisation: str) -> list[tuple[str, str, str, Any]]:
    """(action, outcome, object, agent) of each event of that chain, in order."""
    with pour(organisation):
        return list(
            Evenement.objects.filter(organisation=organisation)
            .order_by("pk")
            .values_list("action", "issue", "objet", "agent")
        )
