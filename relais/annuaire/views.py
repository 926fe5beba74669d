"""Home page: each role to its work."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from relais.annuaire.affichage import pages_de


@login_required
@require_GET
def accueil(requete: HttpRequest) -> HttpResponse:
    """The first page of the role, or a word for who has none yet."""
    pages = pages_de(requete.affectation)
    if pages:
        return redirect(pages[0][1])
    return render(requete, "annuaire/accueil.html")
