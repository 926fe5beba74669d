"""What stands between a request and its view: the second factor, then the wall."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve, reverse

from relais.annuaire.affectations import affectation_de_la_session
from relais.annuaire.contexte import contexte
from relais.journal.actions import consigner_refus
from relais.journal.models import Action

Suite = Callable[[HttpRequest], HttpResponse]


class ContexteDeLaRequete:
    """Open the agent's `contexte` around the view and the rendering of its response.

    An error rolls everything back; a refusal is journaled afterwards, in a transaction of its own.
    """

    def __init__(self, suite: Suite) -> None:
        self.suite = suite

    def __call__(self, requete: HttpRequest) -> HttpResponse:
        affectation = affectation_de_la_session(requete)
        requete.affectation = affectation
        if affectation is None:
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
    """Nobody goes further than the choice of a second factor without one (security.md)."""

    PERMISES = ("/compte/", "/statique/", "/sante/", "/aide/")

    def __init__(self, suite: Suite) -> None:
        self.suite = suite

    def __call__(self, requete: HttpRequest) -> HttpResponse:
        if requete.user.is_authenticated and not requete.path.startswith(self.PERMISES):
            from allauth.mfa.utils import is_mfa_enabled

            if not is_mfa_enabled(requete.user):
                return redirect(reverse("mfa_index"))
        return self.suite(requete)


def _nom_de_la_page(requete: HttpRequest) -> str:
    """The name of the URL: never the path, where somebody may have typed anything."""
    correspondance: Any = requete.resolver_match or resolve(requete.path_info)
    return correspondance.view_name or ""
