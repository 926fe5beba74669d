"""The journal of one's organisation, for its DPO: metadata alone, each reading journaled."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.conventions import regles_de_l_organisation
from relais.fiches.pagination import page_de
from relais.rgpd import a_voir, ressort
from relais.rgpd.forms.journal import FiltresJournal
from relais.rgpd.forms.periodes import FiltresPeriode
from relais.rgpd.lignes import lignes
from relais.rgpd.views.portes import au_dpo, noter_la_lecture
from relais.socle import horloge


@au_dpo
@require_http_methods(["GET", "POST"])
def journal(requete: HttpRequest) -> HttpResponse:
    """Who did what and when, the last act first.

    Posted, so that a name typed by mistake stays out of every address; then in the address.
    """
    organisation = requete.affectation.organisation_id
    posee = requete.method == "POST"
    filtres = FiltresJournal(requete.POST if posee else requete.GET, organisation=organisation)
    contexte: dict[str, Any] = {"form": filtres, "filtres": filtres}
    if not filtres.is_valid():
        return render(requete, "rgpd/journal.html", contexte, status=422)
    if posee:
        return redirect(f"{reverse('rgpd:journal')}?{filtres.adresse()}")
    page = page_de(filtres.actes(), requete.GET.get("page"), passe=True)
    actes = lignes(page.object_list, organisation=organisation)
    noter_la_lecture(requete, nombre=len(actes), reference=filtres.cleaned_data["reference"])
    contexte |= {"page": page, "lignes": actes, "actifs": filtres.actifs()}
    if page.number == 1 and not filtres.actifs():
        contexte["a_voir"] = a_voir.pour(requete.affectation, maintenant=horloge.maintenant())
    return render(requete, "rgpd/journal.html", contexte)


@au_dpo
@require_GET
def ce_qui_ressort(requete: HttpRequest) -> HttpResponse:
    """Many fiches in an hour, acts outside of the hours, whole NIRs; the last 30 days first."""
    organisation = requete.affectation.organisation_id
    convention = regles_de_l_organisation(organisation)
    if convention is None:
        raise Http404
    filtres = FiltresPeriode(requete.GET)
    contexte: dict[str, Any] = {"form": filtres, "filtres": filtres}
    if not filtres.is_valid():
        return render(requete, "rgpd/ressort.html", contexte, status=422)
    trouve = ressort.de(organisation, filtres.periode(), convention=convention)
    noter_la_lecture(requete, nombre=trouve.nombre)
    return render(requete, "rgpd/ressort.html", contexte | {"ressort": trouve})
