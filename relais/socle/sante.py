"""For whoever watches the service: does it live, is it ready. Nothing else is said."""

from collections.abc import Callable

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
def vivant(requete: HttpRequest) -> HttpResponse:
    """The process answers: no database is asked."""
    return HttpResponse("vivant\n", content_type="text/plain; charset=utf-8")


@require_safe
@never_cache
def pret(requete: HttpRequest) -> HttpResponse:
    """Both databases answer: 200, else 503 with the name of the first that does not."""
    for nom, sonder in sondes().items():
        try:
            sonder()
        except Error:
            return HttpResponse(
                f"{nom} ne répond pas\n", status=503, content_type="text/plain; charset=utf-8"
            )
    return HttpResponse("prêt\n", content_type="text/plain; charset=utf-8")


def sondes() -> dict[str, Callable[[], None]]:
    """What must answer, by name: the base, then what the layers above add (settings.SONDES)."""
    autres = {nom: import_string(chemin) for nom, chemin in settings.SONDES.items()}
    return {DEFAULT_DB_ALIAS: sonder_la_base} | autres


def sonder_la_base() -> None:
    with connections[DEFAULT_DB_ALIAS].cursor() as curseur:
        curseur.execute("SELECT 1")
