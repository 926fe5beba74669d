"""Home page, and the affectation one works under."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.actions import roles
from relais.annuaire.affectations import retenir
from relais.annuaire.affichage import pages_de


@login_required
@require_GET
def accueil(requete: HttpRequest) -> HttpResponse:
    """The first page of the role, or a word for who has none yet; the visit, the first time."""
    if requete.protege and requete.affectation and requete.affectation.visite_le is None:
        return redirect("fiches:visite")
    pages = pages_de(requete.affectation)
    if pages:
        return redirect(pages[0][1])
    return render(requete, "annuaire/accueil.html")


@login_required
@require_http_methods(["GET", "POST"])
def changer_d_affectation(requete: HttpRequest) -> HttpResponse:
    """Choose among one's own affectations; rights are never their union."""
    if requete.method == "GET":
        return render(requete, "annuaire/affectations.html")
    voulue = next(
        (une for une in requete.affectations if str(une.pk) == requete.POST.get("affectation")),
        None,
    )
    if voulue is None:
        raise Http404
    roles.changer_d_affectation(voulue, de=requete.affectation)
    retenir(requete, voulue)
    messages.success(requete, f"Vous travaillez maintenant comme : {voulue.libelle}.")
    return redirect("accueil")
