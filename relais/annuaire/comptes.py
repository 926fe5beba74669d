"""Accounts as login sees them: no sign-up, one answer for every failure, each one journaled."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from relais.annuaire.models import Affectation, Agent
from relais.journal.actions import consigner_refus
from relais.journal.models import Action, Issue

CONNEXION_REFUSEE = "L’adresse ou le mot de passe n’est pas le bon."


class Comptes(DefaultAccountAdapter):
    """Accounts are made by an administrator (`relais agent creer`), never by their owner."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": CONNEXION_REFUSEE,
        "account_inactive": CONNEXION_REFUSEE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        journaliser(Action.CONNEXION_REFUSEE, _agent(credentials.get("email", "")))

    def post_login(self, request: HttpRequest, user: Agent, **options: Any) -> HttpResponse:
        journaliser(Action.CONNEXION, user, Issue.FAIT)
        reponse: HttpResponse = super().post_login(request, user, **options)
        return reponse


def journaliser(action: Action, agent: Agent | None, issue: Issue = Issue.REFUSE) -> None:
    """Write an event of the account in the chain of its organisation, or of the system."""
    affectation = Affectation.objects.de(agent).first() if agent else None
    consigner_refus(
        action,
        organisation=affectation.organisation_id if affectation else None,
        agent=agent.pseudonyme if agent else None,
        issue=issue,
    )


def identifiant(requete: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What axes counts failures on: the address as it is compared, lower case."""
    donnees = credentials or {}
    saisi = donnees.get("email") or donnees.get("username") or requete.POST.get("login", "")
    return str(saisi).strip().lower()[:254]


def verrouille(
    requete: HttpRequest, reponse_initiale: Any = None, credentials: Any = None
) -> HttpResponse:
    """After ten failures on one account: wait. The same page whether the account exists."""
    return render(requete, "429.html", {"minutes": 15}, status=429)


def _agent(email: str) -> Agent | None:
    return Agent.objects.filter(email__iexact=email.strip()).first()
