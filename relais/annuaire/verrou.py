"""Ten failures lock one account for fifteen minutes: never an address, which an office shares.

What is kept is a keyed digest of the address typed and a number, in the cache, until it expires.
"""

from typing import Any

from axes.handlers.cache import AxesCacheHandler
from axes.helpers import get_cool_off
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import salted_hmac

SEL = "relais.annuaire.verrou"


class VerrouParCompte(AxesCacheHandler):
    """axes' counter in the cache, made exact: two failures at once count for two."""

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: Any = None, **options: Any
    ) -> None:
        compte = compte_vise(request, credentials)
        with transaction.atomic(), connection.cursor() as curseur:
            curseur.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [compte])
            super().user_login_failed(sender, credentials, request, **options)


def compte_vise(requete: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """What failures are counted on: a digest of the address, known account or not."""
    donnees = credentials or {}
    adresse = donnees.get("email") or donnees.get("username") or ""
    return salted_hmac(SEL, str(adresse).strip().lower(), algorithm="sha256").hexdigest()


def page_de_verrou(
    requete: HttpRequest, reponse: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """How long to wait. The same page whether the account exists or not."""
    attente = get_cool_off(requete)
    minutes = int(attente.total_seconds() // 60) if attente else 0
    return render(requete, "annuaire/verrouille.html", {"minutes": minutes}, status=429)
