"""PostgreSQL stopped: a plain page (503.html) made without it; the service comes back by itself.

`erreur_interne` is the project's `handler500`: Django calls it whatever layer failed, views and
middleware alike, with the exception still at hand. `demande_illisible` is its `handler400`.
"""

import sys
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import DEFAULT_DB_ALIAS, InterfaceError, OperationalError, connections
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import bad_request, server_error


class Disparue(Http404):
    """Not found, and this visitor may be told why: `phrase`, in French."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


REESSAYER = 30  # seconds, for the Retry-After header
# SQLSTATE classes of a server that is not there: connection, resources, shutdown. No code at all is
# a connection that failed or was cut. Others (deadlock, query cancelled) come from one that runs.
PANNES = ("08", "53", "57P")


def erreur_interne(request: HttpRequest) -> HttpResponse:
    """503 when a database is out of reach, else the ordinary page of an error of ours."""
    if base_hors_d_atteinte(sys.exception()):
        # Its other connections died with it: the next request must not be given one.
        base: Any = connections[DEFAULT_DB_ALIAS]
        base.pool.drain()
        return HttpResponse(
            render_to_string("503.html"), status=503, headers={"Retry-After": str(REESSAYER)}
        )
    return server_error(request)


def demande_illisible(request: HttpRequest, exception: Exception) -> HttpResponse:
    """413 for a form with too much text in it (DATA_UPLOAD_MAX_MEMORY_SIZE), else the usual 400."""
    if isinstance(exception, RequestDataTooBig):
        return HttpResponse(render_to_string("413.html"), status=413)
    return bad_request(request, exception)


def introuvable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of 404; the back button onto what one has just deleted says so (`handler404`)."""
    phrase = getattr(exception, "phrase", "")
    return HttpResponse(render_to_string("404.html", {"phrase": phrase}, request), status=404)


def base_hors_d_atteinte(erreur: BaseException | None) -> bool:
    """Whether an error, or one it comes from, says that a database cannot be reached."""
    while erreur is not None:
        if isinstance(erreur, (OperationalError, InterfaceError)) and _sans_serveur(erreur):
            return True
        erreur = erreur.__cause__ or erreur.__context__
    return False


def _sans_serveur(erreur: BaseException) -> bool:
    code = getattr(erreur.__cause__, "sqlstate", None)
    return code is None or code.startswith(PANNES)
