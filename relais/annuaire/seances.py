"""The bounds of a session: ten hours in all, and thirty minutes without a gesture.

After thirty minutes the password alone resumes. What was posted meanwhile travels through the page
that asks for it, and nowhere else. After ten hours it is sealed for its agent (saisies.py), who
finds it in the same page after logging in. Nothing typed is lost, nothing leaves by itself.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import urlencode

from relais.annuaire import remplissage, saisies
from relais.annuaire.affectations import agent_de
from relais.annuaire.models import Agent, Seance
from relais.annuaire.reperes_de_seance import NAVIGATEUR, OUVERTE, VUE, navigateur
from relais.annuaire.saisies import MOT_DE_PASSE, REPRISE, Saisie
from relais.socle import horloge

DUREE = timedelta(hours=10).total_seconds()
OISIVETE = timedelta(minutes=30).total_seconds()
PRECISION = 60  # seconds between two writes of the last gesture
HORS_VEILLE = {"account_logout"}
GARDEE = (
    "Ce que vous veniez d’écrire est gardé une heure, chiffré, pour vous seul :"
    " vous le retrouverez dans la même page après la connexion."
)
NON_GARDEE = "Ce que vous veniez d’envoyer n’est pas parti, et n’a pas pu être gardé."
A_REFAIRE = "Votre session s’était fermée : rien n’est parti. Refaites le geste."
PLUS_GARDEE = (
    "Rien n’est à reprendre ici. Ce qui est écrit quand une session se ferme n’est gardé qu’une"
    " heure, et pour son auteur seul."
)


def ouvrir(requete: HttpRequest) -> None:
    """Start counting: both factors were given at this instant."""
    requete.session[OUVERTE] = requete.session[VUE] = _instant()
    requete.session[NAVIGATEUR] = navigateur(requete.headers.get("User-Agent", ""))


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
            return _garder_si_renvoyee(requete, self.suite(requete))
        auteur = requete.user
        if OUVERTE not in requete.session:
            ouvrir(requete)
        elif age(requete) > DUREE:
            if requete.htmx:  # the next gesture closes it: of two answers, one would lose its words
                return _ferme_en_fond(requete)
            logout(requete)
            messages.info(requete, "Votre session de dix heures est finie. Reconnectez-vous.")
        if requete.user.is_authenticated:
            saisies.retenir_la_page(requete)
        reponse = self.suite(requete)
        if not requete.user.is_authenticated:
            reponse = _garder_si_renvoyee(requete, reponse, auteur=auteur)
        elif saisies.PARAMETRE in requete.GET and requete.method == "GET":
            _rendre(requete, reponse)
        elif requete.method == "POST" and reponse.status_code == 302:
            saisies.oublier_la_rendue(requete)
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
        return _ferme_en_fond(requete)
    erreur = ""
    if MOT_DE_PASSE in requete.POST:
        if get_adapter().reauthenticate(requete.user, requete.POST[MOT_DE_PASSE]):
            requete.session[VUE] = _instant()
            lecture = requete.POST.get(REPRISE) == "lecture"
            return redirect(requete.get_full_path()) if lecture else None
        erreur = "Ce mot de passe n’est pas le bon."
    return render(requete, "annuaire/reprendre.html", _a_reprendre(requete, erreur), status=401)


def _ferme_en_fond(requete: HttpRequest) -> HttpResponse:
    """For a page's own requests: the login page would be read by nobody, its messages with it."""
    reponse = HttpResponse(status=204 if requete.method == "GET" else 401)
    patch_cache_control(reponse, no_store=True, private=True)
    return reponse


def _a_reprendre(requete: HttpRequest, erreur: str) -> dict[str, Any]:
    """What the page carries until the password is given."""
    lecture = requete.method != "POST" or requete.POST.get(REPRISE) == "lecture"
    return {
        "adresse": requete.get_full_path(),
        "lecture": lecture,
        "champs": () if lecture else saisies.champs_de(requete),
        "fichier": bool(requete.FILES),
        "erreur": erreur,
        "mot_de_passe": MOT_DE_PASSE,
        "reprise": REPRISE,
    }


def _garder_si_renvoyee(
    requete: HttpRequest, reponse: HttpResponse, *, auteur: Agent | None = None
) -> HttpResponse:
    """A post that a closed session sends to the login page: it comes back after it.

    `auteur`: whose session has just closed; else the token of the page says it.
    """
    if reponse.status_code != 302:
        return reponse
    connexion = reverse("account_login")
    if not reponse.headers["Location"].startswith(f"{connexion}?"):
        return reponse
    if requete.htmx:
        return _ferme_en_fond(requete)
    saisie = saisies.saisie_de(requete)
    if saisie is None:
        return reponse
    auteur = auteur or saisies.agent_de_la_page(requete)
    return redirect(f"{connexion}?{urlencode({'next': _suite(requete, saisie, auteur)})}")


def garder_la_page_perimee(requete: HttpRequest) -> HttpResponse | None:
    """A page older than the last login was sent: the same rule, for its agent alone.

    None when nobody knows whose page it was, or when it was somebody else's than who is here.
    """
    saisie = saisies.saisie_de(requete)
    auteur = saisies.agent_de_la_page(requete) if saisie else None
    ici = requete.user if requete.user.is_authenticated else None
    if saisie is None or auteur is None or requete.htmx or not _d_ici(requete):
        return None
    if ici not in (None, auteur):
        return None
    suite = _suite(requete, saisie, auteur)
    return redirect(suite if ici else f"{reverse('account_login')}?{urlencode({'next': suite})}")


def _suite(requete: HttpRequest, saisie: Saisie, auteur: Agent | None) -> str:
    """Where the agent goes on, once logged in; what was typed is sealed on the way."""
    if not saisie.champs and not saisie.fichier:  # a button alone
        messages.warning(requete, A_REFAIRE)
        return saisie.page
    if auteur is None:
        messages.warning(requete, NON_GARDEE)
        return saisie.page
    if not requete.user.is_authenticated:
        messages.info(requete, GARDEE)
    return saisies.garder(saisie, auteur, maintenant=horloge.maintenant())


def _d_ici(requete: HttpRequest) -> bool:
    """The browser itself says that a page of ours posts this."""
    origine: str = requete.headers.get("Origin", "")
    return origine == f"{requete.scheme}://{requete.get_host()}"


def _rendre(requete: HttpRequest, reponse: HttpResponse) -> None:
    """Write again what was typed in the page that is about to be shown; nothing is sent."""
    if reponse.status_code != 200 or not reponse.headers["Content-Type"].startswith("text/html"):
        return
    saisie = saisies.retrouver(
        requete.GET[saisies.PARAMETRE], agent_de(requete), maintenant=horloge.maintenant()
    )
    page = reponse.content.decode()
    remplie = saisie and _remplie(requete, page, saisie)
    if remplie is None:
        debut, milieu, fin = page.partition('<div class="messages" role="status">')
        remplie = f"{debut}{milieu}{_avis(saisie) if milieu else ''}{fin}"
    reponse.content = remplie.encode()


def _remplie(requete: HttpRequest, page: str, saisie: Saisie) -> str | None:
    return remplissage.remplir(
        page,
        chemin=requete.path,
        adresse=saisie.adresse,
        valeurs=saisie.valeurs(),
        en_tete=render_to_string("annuaire/_saisie_rendue.html", {"fichier": saisie.fichier}),
    )


def _avis(saisie: Saisie | None) -> str:
    """What was typed, to be copied; after its hour, or for somebody else, nothing of it is said."""
    if saisie is None:
        return render_to_string("_avis.html", {"ton": "info", "texte": PLUS_GARDEE})
    return render_to_string("annuaire/_saisie_seule.html", {"saisie": saisie})


def _instant() -> float:
    return horloge.maintenant().timestamp()


def terminer_toutes(agent: Agent, *, sauf: str | None = None) -> int:
    """End the sessions of that agent, but for the one of key `sauf`; how many ended."""
    fermees, _ = Seance.objects.de(agent).exclude(session_key=sauf or "").delete()
    return fermees


def fermer_toutes() -> int:
    """Everybody logs in again; how many sessions there were."""
    return Seance.objects.all().delete()[0]


def oublier_les_finies(avant: datetime) -> int:
    """Delete the rows of the sessions that were over by then; how many."""
    return Seance.objects.filter(expire_date__lte=avant).delete()[0]
