"""The mails of the demonstration, read on a page: nothing leaves this machine."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from relais.socle import attrape_courriels, marque

PAR_PAGE = 25


@require_safe
@never_cache
def courriels(requete: HttpRequest) -> HttpResponse:
    """The mails taken, latest first. 404 unless in a marked demonstration, from this machine."""
    if not marque.ouverte_a(requete):
        raise Http404
    pages = Paginator(attrape_courriels.lire(settings.DOSSIER), PAR_PAGE)
    page = pages.get_page(requete.GET.get("page"))
    return render(requete, "demonstration/courriels.html", {"page": page})
