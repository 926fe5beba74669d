"""The bounds of a session: ten hours in all, and thirty minutes without a gesture.

After thirty minutes the password alone resumes. What was posted meanwhile travels through the page
that asks for it, and nowhere else: nothing typed is lost, nothing is kept.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control

from relais.socle import horloge

DUREE = timedelta(hours=10).total_seconds()
OISIVETE = timedelta(minutes=30).total_seconds()
PRECISION = 60  # seconds between two writes of the last gesture
OUVERTE, VUE = "ouverte_le", "vue_le"
MOT_DE_PASSE, REPRISE = "reprise_mot_de_passe", "reprise"
HORS_VEILLE = {"account_logout"}
# Typed again rather than written in a page.
SECRETS = {"password", "oldpassword", "password1", "password2", "code", "credential"}


def ouvrir(requete: HttpRequest) -> None:
    """Start counting: both factors were given at this instant."""
    requete.session[OUVERTE] = requete.session[VUE] = _instant()


def ouverture(requete: HttpRequest) -> datetime:
    """When the agent logged in."""
    return datetime.fromtimestamp(requete.session.get(OUVERTE, 0), UTC)


def age(requete: HttpRequest) -> float:
    """Seconds since the agent logged in."""
    return (horloge.maintenant() - ouverture(requete)).total_seconds()


class SeanceBornee:
    """Close what is too old, ask for the password after an absence, let nothing be cached."""

    def __init__(self, suite: Callable[[HttpRequest], HttpResponse]) -> None:
        self.suite = suite

    def __call__(self, requete: HttpRequest) -> HttpResponse:
        if not requete.user.is_authenticated:
            return self.suite(requete)
        if OUVERTE not in requete.session:
            ouvrir(requete)
        elif age(requete) > DUREE:
            logout(requete)
            messages.info(requete, "Votre session de dix heures est finie. Reconnectez-vous.")
        reponse = self.suite(requete)
        patch_cache_control(reponse, no_store=True, private=True)
        return reponse

    def process_view(
        self, requete: HttpRequest, vue: Any, args: Any, options: Any
    ) -> HttpResponse | None:
        if not requete.user.is_authenticated:
            return None
        if _instant() - requete.session.get(VUE, 0) <= OISIVETE:
            _noter_le_geste(requete)
            return None
        if requete.resolver_match.view_name in HORS_VEILLE:
            return None
        return _reprendre(requete)


def _noter_le_geste(requete: HttpRequest) -> None:
    """A page asked in the background (htmx, GET) is no gesture; a draft being saved is one."""
    en_fond = bool(requete.htmx) and requete.method == "GET"
    if not en_fond and _instant() - requete.session[VUE] > PRECISION:
        requete.session[VUE] = _instant()


def _reprendre(requete: HttpRequest) -> HttpResponse | None:
    """None once the password is given again: a post then goes on to its view, whole."""
    if requete.htmx:
        return HttpResponse(status=204 if requete.method == "GET" else 401)
    erreur = ""
    if MOT_DE_PASSE in requete.POST:
        if get_adapter().reauthenticate(requete.user, requete.POST[MOT_DE_PASSE]):
            requete.session[VUE] = _instant()
            lecture = requete.POST.get(REPRISE) == "lecture"
            return redirect(requete.get_full_path()) if lecture else None
        erreur = "Ce mot de passe n’est pas le bon."
    return render(requete, "annuaire/reprendre.html", _a_reprendre(requete, erreur), status=401)


def _a_reprendre(requete: HttpRequest, erreur: str) -> dict[str, Any]:
    """What the page carries: the fields posted, as they were, but for passwords and codes."""
    lecture = requete.method != "POST" or requete.POST.get(REPRISE) == "lecture"
    a_part = {"csrfmiddlewaretoken", MOT_DE_PASSE, REPRISE, *SECRETS}
    champs = [
        (nom, valeur)
        for nom, valeurs in requete.POST.lists()
        if nom not in a_part
        for valeur in valeurs
    ]
    return {
        "adresse": requete.get_full_path(),
        "lecture": lecture,
        "champs": [] if lecture else champs,
        "fichier": bool(requete.FILES),
        "erreur": erreur,
        "mot_de_passe": MOT_DE_PASSE,
        "reprise": REPRISE,
    }


def _instant() -> float:
    return horloge.maintenant().timestamp()
