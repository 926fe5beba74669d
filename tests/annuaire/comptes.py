"""What the tests of accounts do again and again: invite, read the link of a mail, choose."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from relais.annuaire import courriers
from relais.annuaire.actions import invitations
from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation, Agent, CourrierDeCompte
from relais.regles.convention import Role
from relais.socle import horloge

MOT = "trois mots sans lien du tout"
CHOISIR = "/compte/lien/"


def inviter(
    personas: Any,
    *,
    email: str = "zoe@exemple.test",
    role: Role = Role.TRAVAILLEUR_SOCIAL,
    le: datetime | None = None,
) -> Agent:
    """Somebody invited to the équipe of Rennes by the administrateur of the Département."""
    par = personas.admin_departement
    with contexte(par):
        return invitations.inviter(
            par.organisation,
            prenom="Zoé",
            nom="Neuve",
            email=email,
            role=role,
            equipe=personas.ts_rennes.equipe if role == Role.TRAVAILLEUR_SOCIAL else None,
            par=par,
            maintenant=le or horloge.maintenant(),
        )


def proposition(agent: Agent) -> Affectation:
    """The role that waits for a second person."""
    return Affectation.objects.en_attente().get(agent=agent)


def chemin_du_lien(agent: Agent, objet: str = "invitation") -> str:
    """The path that the last mail gives, as its reader sees it."""
    dernier = CourrierDeCompte.objects.filter(agent=agent, objet=objet).latest("cree_le")
    return "/compte/lien/" + courriers.corps(dernier).split("/compte/lien/")[1].split()[0]


def choisir(navigateur: Client, chemin: str, mot: str = MOT) -> Any:
    """Follow the link, then post the password."""
    navigateur.get(chemin)
    return navigateur.post(CHOISIR, {"password1": mot, "password2": mot})


def objets_envoyes(agent: Agent | None = None) -> list[str]:
    """What is about to be mailed, to that person or to everybody."""
    tous = CourrierDeCompte.objects.order_by("cree_le", "objet")
    return list((tous.filter(agent=agent) if agent else tous).values_list("objet", flat=True))


def requetes(navigateur: Client, chemin: str) -> list[str]:
    """The statements that a page takes, once its session is settled."""
    for _ in range(2):  # a session writes once whose its pages are (ADR 0018)
        navigateur.get(chemin)
    with CaptureQueriesContext(connection) as capture:
        assert navigateur.get(chemin).status_code == 200
    return [une["sql"] for une in capture.captured_queries]
