"""Accounts as login sees them: made by an administrator, one answer for every failure."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse

from relais.annuaire import codes_imprimes, facteurs, seances
from relais.annuaire.affectations import agent_de
from relais.annuaire.models import Affectation, Agent
from relais.annuaire.mots_de_passe import est_court
from relais.annuaire.reperes_de_seance import COURT
from relais.annuaire.trace import noter_compte
from relais.journal.models import Action, Issue

MESSAGES = {
    "account/messages/logged_out.txt": "Vous êtes déconnecté.",
    "account/messages/password_changed.txt": "Votre mot de passe est changé.",
    "mfa/messages/totp_activated.txt": "Votre application de codes est enregistrée.",
    "mfa/messages/totp_deactivated.txt": "L’application de codes est retirée.",
    "mfa/messages/webauthn_added.txt": "Votre clé d’accès est enregistrée.",
    "mfa/messages/webauthn_removed.txt": "La clé d’accès est retirée.",
}

PLUS_DE_CODE = (
    "Aucun de vos codes imprimés ne sert plus. Faites-en de nouveaux dans « Mon compte »,"
    " pour le jour où le téléphone ou la clé manquera."
)


class Comptes(DefaultAccountAdapter):
    """What allauth asks of the product about accounts. Nothing here opens one."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "L’adresse ou le mot de passe n’est pas le bon.",
        "incorrect_password": "Ce mot de passe n’est pas le bon.",
        "enter_current_password": "Ce n’est pas votre mot de passe actuel.",
        "too_many_login_attempts": (
            "Trop de codes ont été refusés. Attendez 15 minutes, puis recommencez."
        ),
        "rate_limited": "Trop d’essais en peu de temps. Attendez quelques minutes.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Failures are counted by axes alone (verrou.py)."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Agent | None:
        agent: Agent | None = super().authenticate(request, **credentials)
        if agent is not None and "password" in credentials:
            _retenir_s_il_est_court(request, agent, credentials["password"])
        return agent

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        agent = Agent.objects.filter(email__iexact=credentials.get("email", "")).first()
        noter_compte(Action.CONNEXION_REFUSEE, agent, issue=Issue.REFUSE)
        if getattr(request, "axes_failures_since_start", None) == settings.AXES_FAILURE_LIMIT:
            noter_compte(Action.COMPTE_VERROUILLE, agent)

    def pre_login(self, request: HttpRequest, user: Agent, **options: Any) -> HttpResponse | None:
        """Both factors may be right: a closed account, or one without a role, stays outside.

        Whose role waits for an approval comes in to choose a second factor, and sees no more.
        """
        if user.is_active and Affectation.objects.ouvertes().filter(agent=user).exists():
            return None
        noter_compte(Action.CONNEXION_REFUSEE, user, issue=Issue.REFUSE)
        clear_login(request)
        return self.respond_user_inactive(request, user)

    def login(self, request: HttpRequest, user: Agent) -> None:
        # The account may have been closed since the password.
        refus = self.pre_login(request, user)
        if refus:
            raise ImmediateHttpResponse(refus)
        super().login(request, user)
        seances.ouvrir(request)

    def post_login(self, request: HttpRequest, user: Agent, **options: Any) -> HttpResponse:
        noter_compte(Action.CONNEXION, user)
        if codes_imprimes.sont_epuises(user):
            messages.warning(request, PLUS_DE_CODE)
        reponse: HttpResponse = super().post_login(request, user, **options)
        return reponse

    def logout(self, request: HttpRequest) -> None:
        noter_compte(Action.DECONNEXION, agent_de(request))
        super().logout(request)

    def reauthenticate(self, user: Agent, password: str) -> bool:
        """Whether it is the agent's password; each failure counts towards the lock.

        The key of the session changes: one that was stolen before is good for nothing.
        """
        requete = context.request
        if authenticate(requete, email=user.email, password=password) == user:
            requete.session.cycle_key()
            _retenir_s_il_est_court(requete, user, password)
            return True
        self.authentication_failed(requete, email=user.email)
        return False

    def set_password(self, user: Agent, password: str) -> None:
        super().set_password(user, password)
        _retenir_s_il_est_court(context.request, user, password)
        seances.terminer_toutes(user, sauf=context.request.session.session_key)
        noter_compte(Action.MOT_DE_PASSE_CHANGE, user)

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Not while setting up the first factors right after login: the password was just given."""
        requete = context.request
        if seances.age(requete) > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return True
        ouverture = seances.ouverture(requete)
        return facteurs.a_un_second_facteur(agent_de(requete), avant=ouverture)

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Our sentences in place of allauth's; what we have no word for is not said."""
        texte = message or MESSAGES.get(message_template or "", "")
        if texte:
            messages.add_message(request, level, texte, extra_tags=extra_tags)


def _retenir_s_il_est_court(requete: HttpRequest, agent: Agent, mot_de_passe: str) -> None:
    """The base keeps a digest, which tells no length: the session does (acces.MotDePasseExige)."""
    if est_court(mot_de_passe):
        requete.session[COURT] = agent.pk
    else:
        requete.session.pop(COURT, None)
