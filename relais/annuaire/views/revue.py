"""The quarterly review of rights."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire import droits
from relais.annuaire.actions import roles
from relais.annuaire.models import Affectation
from relais.annuaire.views.portes import a_l_administrateur
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import pluriel

PAR_PAGE = 50


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def revue(requete: HttpRequest) -> HttpResponse:
    """Every right of the organisation, the most overdue first; those ticked are confirmed."""
    siens = Affectation.objects.a_revoir(requete.affectation.organisation_id)
    if requete.method == "POST":
        coches = siens.de_numeros(requete.POST.getlist("role"))
        nombre = roles.confirmer_plusieurs(
            coches, par=requete.affectation, maintenant=horloge.maintenant()
        )
        if nombre:
            s = pluriel(nombre)
            messages.success(requete, f"{nombre} droit{s} confirmé{s}.")
        else:
            messages.warning(requete, "Cochez les droits à confirmer.")
        return redirect(requete.get_full_path())
    aujourd_hui = horloge.aujourd_hui()
    page = Paginator(siens, PAR_PAGE).get_page(requete.GET.get("page"))
    contexte = {
        "page": page,
        "lignes": [(une, droits.peut_retirer(requete.affectation, une)) for une in page],
        "aujourd_hui": aujourd_hui,
        "echus": siens.echues(aujourd_hui).count(),
        "prochaine": siens.prochaine_revue(),
    }
    return render(requete, "annuaire/comptes/revue.html", contexte)
