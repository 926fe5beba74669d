"""What stands between a request and its view: the second factor, the wall, the password."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve

from relais.annuaire.affectations import affectations_de_la_session, attend_un_role
from relais.annuaire.contexte import contexte
from relais.annuaire.facteurs import a_un_second_facteur
from relais.annuaire.mots_de_passe import ROLES_D_ADMINISTRATION
from relais.annuaire.reperes_de_seance import COURT
from relais.journal.actions import consigner_refus
from relais.journal.models import Action

Suite = Callable[[HttpRequest], HttpResponse]


class ContexteDeLaRequete:
    """Open the agent's `contexte` around the view and the rendering of its response.

    An error rolls everything back; a refusal is journaled afterwards, in a transaction of its own.
    An agent who has no affectation left is logged out at once; whose first one waits for an
    approval stays, outside of every wall.
    """

    def __init__(self, suite: Suite) -> None:
        self.suite = suite

    def __call__(self, requete: HttpRequest) -> HttpResponse:
        requete.affectations = affectations_de_la_session(requete)
        requete.affectation = affectation = next(iter(requete.affectations), None)
        if affectation is None:
            if requete.user.is_authenticated and not attend_un_role(requete.user):
                logout(requete)
                messages.warning(requete, "Votre compte n’a plus de rôle : voyez l’administrateur.")
            return self.suite(requete)
        with contexte(affectation):
            reponse = self.suite(requete)
            if getattr(requete, "erreur", None) or reponse.status_code >= 500:
                transaction.set_rollback(True)
        if isinstance(getattr(requete, "erreur", None), (PermissionDenied, Http404)):
            consigner_refus(
                Action.ACCES_REFUSE,
                organisation=affectation.organisation_id,
                agent=affectation.agent.pseudonyme,
                objet=_nom_de_la_page(requete),
            )
        return reponse

    def process_exception(self, requete: HttpRequest, erreur: Exception) -> None:
        requete.erreur = erreur


class SecondFacteurExige:
    """Nobody goes further than the choice of a second factor without one (security.md).

    `request.protege`: whether the agent has one.
    """

    CHOIX = "/compte/"
    PERMISES = (
        *("/compte/second-facteur/", "/compte/deconnexion/", "/compte/confirmer/"),
        *("/statique/", "/sante/", "/aide/", "/.well-known/"),
    )

    def __init__(self, suite: Suite) -> None:
        self.suite = suite

    def __call__(self, requete: HttpRequest) -> HttpResponse:
        requete.protege = requete.user.is_authenticated and a_un_second_facteur(requete.user)
        permise = requete.path == self.CHOIX or requete.path.startswith(self.PERMISES)
        if requete.user.is_authenticated and not requete.protege and not permise:
            return redirect("mfa_index")
        return self.suite(requete)


class MotDePasseExige:
    """Who administers chooses a password of that length before any page opens (security.md).

    The role may come after the password: its length is known when it is given. What is being posted
    goes on to its view: nothing typed is lost.
    """

    CHANGER = "/compte/mot-de-passe/"
    PERMISES = (
        *(CHANGER, "/compte/deconnexion/", "/compte/seance/"),
        *("/statique/", "/sante/", "/aide/", "/.well-known/"),
    )

    def __init__(self, suite: Suite) -> None:
        self.suite = suite

    def __call__(self, requete: HttpRequest) -> HttpResponse:
        requete.mot_de_passe_trop_court = (
            requete.user.is_authenticated
            and requete.protege
            and requete.session.get(COURT) == requete.user.pk
            and any(une.role in ROLES_D_ADMINISTRATION for une in requete.affectations)
        )
        page = requete.method in ("GET", "HEAD") and not requete.path.startswith(self.PERMISES)
        if requete.mot_de_passe_trop_court and page:
            return redirect("account_change_password")
        return self.suite(requete)


def _nom_de_la_page(requete: HttpRequest) -> str:
    """The name of the URL: never the path, where somebody may have typed anything."""
    correspondance: Any = requete.resolver_match or resolve(requete.path_info)
    return correspondance.view_name or ""
