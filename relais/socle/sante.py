"""For whoever watches the service: does it live, is it ready. Nothing else is said."""

from django.db import connections
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from relais.socle.demarrage import ALIAS


@require_safe
@never_cache
def vivant(requete: HttpRequest) -> HttpResponse:
    """The process answers: no database is asked."""
    return HttpResponse("vivant\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def pret(requete: HttpRequest) -> HttpResponse:
    """Both databases answer: 200, else 503 with the name of the first that does not."""
    for alias in ALIAS:
        try:
            with connections[alias].cursor() as curseur:
                curseur.execute("SELECT 1")
        except Error:
            return HttpResponse(
                f"{alias} ne répond pas\n", status=503, content_type="text/plain; charset=utf-8"
            )
    return HttpResponse("prêt\n", content_type="text/plain; charset=utf-8")
