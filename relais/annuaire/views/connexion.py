"""Login and one's own account: allauth's pages, dressed."""

import re
from contextlib import nullcontext
from functools import wraps
from typing import Any

from allauth.account import views as compte_allauth
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as facteurs_allauth
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import views as application_allauth
from allauth.mfa.webauthn import views as cles_allauth
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire import affluence, codes_imprimes, demonstration, facteurs, seances
from relais.annuaire.affectations import agent_de
from relais.annuaire.models import Agent
from relais.annuaire.portes import Vue
from relais.annuaire.trace import noter_compte
from relais.journal.models import Action


def habiller(vue: Vue) -> Vue:
    """A page of allauth: never cached, and a form in error answers 422."""

    @never_cache
    @wraps(vue)
    def habillee(requete: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        reponse = vue(requete, *args, **options)
        if requete.method == "POST" and reponse.status_code == 200:
            reponse.status_code = 422
        return reponse

    return habillee


def cle_changee(vue: Vue) -> Vue:
    """A second factor given again changes the key of the session, as the password does."""

    @wraps(vue)
    def confirmee(requete: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        reponse = vue(requete, *args, **options)
        if requete.method == "POST" and reponse.status_code == 302:
            requete.session.cycle_key()
        return reponse

    return confirmee


def facteurs_consignes(vue: Vue) -> Vue:
    """What a page changes in one's second factors is journaled, in the same transaction.

    The key of a secret taken away is destroyed with it.
    """

    @wraps(vue)
    def consignee(requete: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        avant = _facteurs(requete)
        reponse = vue(requete, *args, **options)
        if requete.method == "POST":
            _consigner(agent_de(requete), avant, _facteurs(requete))
        return reponse

    return login_required(consignee)


def codes_ensuite(vue: Vue) -> Vue:
    """The first application or passkey comes with printed codes, shown by the same answer."""

    @wraps(vue)
    def suivie(requete: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        reponse = vue(requete, *args, **options)
        ajoute = requete.method == "POST" and reponse.status_code == 302
        if ajoute and not codes_imprimes.restants(agent_de(requete)):
            return _montrer_des_codes(requete)
        return reponse

    return suivie


def _montrer_des_codes(requete: HttpRequest) -> HttpResponse:
    """New ones, in clear: this answer alone ever holds them."""
    nouveaux = codes_imprimes.renouveler(agent_de(requete))
    lisibles = {"codes": ["-".join(re.findall("....", un)) for un in nouveaux]}
    return render(requete, "annuaire/codes_imprimes/montrer.html", lisibles, status=201)


def _facteurs(requete: HttpRequest) -> dict[int, Authenticator]:
    return {un.pk: un for un in Authenticator.objects.filter(user=requete.user).order_by("pk")}


def _consigner(
    agent: Agent, avant: dict[int, Authenticator], apres: dict[int, Authenticator]
) -> None:
    retires = [un for pk, un in avant.items() if pk not in apres]
    ajoutes = [un for pk, un in apres.items() if pk not in avant]
    for un in ajoutes:
        noter_compte(Action.SECOND_FACTEUR_AJOUTE, agent, objet=un.type)
    for un in retires:
        noter_compte(Action.SECOND_FACTEUR_RETIRE, agent, objet=un.type)
    facteurs.oublier(un.data for un in retires)
    if any(un.type == Authenticator.Type.TOTP for un in ajoutes):
        facteurs.oublier_l_attente(agent)


def completer(reponse: TemplateResponse, **contexte: Any) -> dict[str, Any]:
    """Add to what a page of allauth is about to show; what it shows."""
    reponse.context_data = (reponse.context_data or {}) | contexte
    return reponse.context_data


@habiller
def connexion(requete: HttpRequest) -> HttpResponse:
    """Address and password; in a demonstration, the fictitious accounts under it."""
    try:
        with affluence.guichet() if requete.method == "POST" else nullcontext():
            reponse = compte_allauth.login(requete)
    except affluence.Affluence as trop:
        pleine = render(requete, "annuaire/affluence.html", status=503)
        pleine.headers["Retry-After"] = str(trop.REVENIR)
        return pleine
    if isinstance(reponse, TemplateResponse):
        comptes = demonstration.comptes_fictifs(requete)
        form = completer(reponse, comptes=comptes)["form"]
        if comptes and not form.is_bound:
            form.initial |= demonstration.saisie_fictive(requete)
            form.fields["password"].widget.render_value = True
    return reponse


@habiller
def second_facteur(requete: HttpRequest) -> HttpResponse:
    """The code, or the passkey; in a demonstration, the code of the moment."""
    reponse = facteurs_allauth.authenticate(requete)
    if isinstance(reponse, TemplateResponse):
        agent = requete._login_stage.login.user
        cles = Authenticator.objects.filter(user=agent, type=Authenticator.Type.WEBAUTHN)
        completer(
            reponse,
            code=demonstration.code_fictif(requete, agent),
            a_une_cle=cles.exists(),
        )
    return reponse


@habiller
@login_required
@require_GET
def compte(requete: HttpRequest) -> HttpResponse:
    """One's own account: who one is, and the second factors."""
    reponse = facteurs_allauth.index(requete)
    siens = completer(reponse)["authenticators"]
    completer(
        reponse,
        application=siens.get(Authenticator.Type.TOTP),
        cles=siens.get(Authenticator.Type.WEBAUTHN, []),
        codes_restants=codes_imprimes.restants(agent_de(requete)),
        protege=requete.protege,
        dernier=not facteurs.en_a_plusieurs(agent_de(requete)),
    )
    return reponse


@habiller
@facteurs_consignes
def retirer_cle(requete: HttpRequest, pk: int) -> HttpResponse:
    """Forget a passkey, unless it is the only second factor left."""
    if not facteurs.en_a_plusieurs(agent_de(requete)):
        messages.error(requete, facteurs.Facteurs.error_messages["cannot_delete_authenticator"])
        return redirect("mfa_index")
    return cles_allauth.remove_webauthn(requete, pk=pk)


@habiller
@facteurs_consignes
@reauthentication_required(app="allauth.mfa")
@require_http_methods(["GET", "POST"])
def codes(requete: HttpRequest) -> HttpResponse:
    """Ten new printed codes: asked first, then shown once."""
    if not requete.protege:
        messages.error(requete, "Ajoutez d’abord une application ou une clé d’accès.")
        return redirect("mfa_index")
    if requete.method == "POST":
        return _montrer_des_codes(requete)
    restants = codes_imprimes.restants(agent_de(requete))
    return render(requete, "annuaire/codes_imprimes/faire.html", {"restants": restants})


def jeton_perime(requete: HttpRequest, reason: str = "") -> HttpResponse:
    """The token of a form is not the session's: what was typed comes back, or it is said."""
    garde = seances.garder_la_page_perimee(requete)
    return garde or render(requete, "403_csrf.html", status=403)


inactif = habiller(compte_allauth.account_inactive)


@habiller
def deconnexion(requete: HttpRequest) -> HttpResponse:
    """The browser is told to forget what it may have kept of the pages."""
    reponse: HttpResponse = compte_allauth.logout(requete)
    if requete.method == "POST":
        reponse.headers["Clear-Site-Data"] = '"cache", "storage"'
    return reponse


confirmer = habiller(compte_allauth.reauthenticate)
mot_de_passe = habiller(compte_allauth.password_change)
confirmer_par_code = habiller(cle_changee(facteurs_allauth.reauthenticate))
confirmer_par_cle = habiller(cle_changee(cles_allauth.reauthenticate_webauthn))
activer_application = habiller(facteurs_consignes(codes_ensuite(application_allauth.activate_totp)))
retirer_application = habiller(facteurs_consignes(application_allauth.deactivate_totp))
ajouter_cle = habiller(facteurs_consignes(codes_ensuite(cles_allauth.add_webauthn)))
connexion_par_cle = habiller(cles_allauth.login_webauthn)
