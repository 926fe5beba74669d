"""The link of an invitation, or of a lost password: its token leaves the address at once.

GET consumes nothing (a mail scanner may follow it): the digest goes to the session, the browser to
an address without it, and only the password that is posted there uses the link.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.actions import invitations
from relais.annuaire.erreurs import CompteRefuse, LienSansEffet
from relais.annuaire.facteurs import a_un_second_facteur
from relais.annuaire.forms.liens import MotDePasseChoisi
from relais.annuaire.jetons import empreinte_de
from relais.annuaire.models import Affectation, Lien
from relais.annuaire.portes import Vue, statut_de
from relais.socle import horloge

CLE = "lien"


def sans_referent(vue: Vue) -> Callable[..., HttpResponse]:
    """Neither cached, nor told to the next page."""

    @never_cache
    @wraps(vue)
    def discrete(requete: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        reponse = vue(requete, *args, **options)
        reponse.headers["Referrer-Policy"] = "no-referrer"
        return reponse

    return discrete


@sans_referent
@require_GET
def recu(requete: HttpRequest, numero: UUID, jeton: str) -> HttpResponse:
    """Where the mail leads. Always a redirection: an error page would put the path in the logs."""
    requete.session[CLE] = [str(numero), empreinte_de(jeton)]
    return redirect("lien")


@sans_referent
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def choisir(requete: HttpRequest) -> HttpResponse:
    """Choose the password; an invited person then chooses a second factor."""
    lien = _lien(requete)
    if lien is None or not lien.sert(horloge.maintenant()):
        return _sans_effet(requete, lien)
    if requete.user.is_authenticated:
        return render(requete, "annuaire/liens/deja_connecte.html", status=409)
    form = MotDePasseChoisi(requete.POST if requete.method == "POST" else None)
    if requete.method == "POST" and form.is_valid():
        try:
            agent = invitations.accepter(
                lien, form.cleaned_data["password1"], maintenant=horloge.maintenant()
            )
        except LienSansEffet:
            return _sans_effet(requete, _lien(requete))
        except CompteRefuse as refus:
            form.add_error("password1", refus.phrase)
        else:
            del requete.session[CLE]
            if lien.nature == Lien.Nature.INVITATION:
                return perform_login(requete, agent, email_verification="none")
            messages.success(requete, "Votre mot de passe est changé. Connectez-vous.")
            return redirect("account_login")
    contexte = {"form": form, "lien": lien, "protege": a_un_second_facteur(lien.agent)}
    return render(requete, "annuaire/liens/choisir.html", contexte, status=statut_de(form))


def _lien(requete: HttpRequest) -> Lien | None:
    """The link that the session remembers, whatever its age."""
    numero, empreinte = requete.session.get(CLE) or (None, "")
    return invitations.lien_de(UUID(numero), empreinte) if numero else None


def _sans_effet(requete: HttpRequest, lien: Lien | None) -> HttpResponse:
    """One page for every dead link; who holds the right token is told whom to ask."""
    qui = Affectation.objects.administrateurs(lien.organisation_id) if lien else []
    contexte = {"lien": lien, "administrateurs": [une.agent for une in qui]}
    return render(requete, "annuaire/liens/sans_effet.html", contexte, status=410)
