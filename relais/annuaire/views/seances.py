"""One's own sessions: seen, and ended, the password given a short while ago."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.actions import sessions
from relais.annuaire.affectations import agent_de
from relais.annuaire.models import Seance


@never_cache
@login_required
@require_GET
def ouverte(requete: HttpRequest) -> HttpResponse:
    """What an open page asks of its session now and then: a closed one answers 204 (seances.py)."""
    return HttpResponse("ouverte", content_type="text/plain; charset=utf-8")


@never_cache
@login_required
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "POST"])
def siennes(requete: HttpRequest) -> HttpResponse:
    """Since when, last gesture, kind of browser; end one, or all but this one."""
    agent, ici = agent_de(requete), requete.session.session_key
    if requete.method == "POST":
        if "toutes" in requete.POST:
            sessions.terminer_les_autres(agent, ici=ici)
            messages.success(requete, "Vos autres sessions sont terminées.")
        elif sessions.terminer(agent, requete.POST.get("seance", ""), ici=ici):
            messages.success(requete, "Cette session est terminée.")
        return redirect("seances")
    ouvertes = [
        {"seance": une, "repere": sessions.repere(une), "ici": une.session_key == ici}
        for une in Seance.objects.de(agent)
    ]
    return render(requete, "annuaire/seances.html", {"ouvertes": ouvertes})
