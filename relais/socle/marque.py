"""The mark of a demonstration, inside the base itself: what it opens, nothing else opens.

It is the comment of the schema `public`: it is laid before the first migration, on an empty base
alone, it follows a dump, and only the owner of the base can write it.
"""

import ipaddress
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.http import HttpRequest

MARQUE = "relais : démonstration, personnes fictives"
_LIRE = "SELECT obj_description('public'::regnamespace, 'pg_namespace')"
_VIDE = """
SELECT NOT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname !~ '^(pg_|information_schema$)'
) AND NOT EXISTS (
    SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^(pg_|information_schema$)'
)
"""


def marquer(connexion: "psycopg.Connection[Any]") -> bool:
    """Mark an empty base, as `proprietaire`; whether it bears the mark. Another is untouched."""
    if est_marquee(connexion):
        return True
    if not est_vide(connexion):
        return False
    connexion.execute(f"COMMENT ON SCHEMA public IS '{MARQUE}'")
    return True


def est_marquee(connexion: "psycopg.Connection[Any]") -> bool:
    ligne = connexion.execute(_LIRE).fetchone()
    return bool(ligne and ligne[0] == MARQUE)


def est_vide(connexion: "psycopg.Connection[Any]") -> bool:
    """Nobody has made a table, a view, a sequence, an index or a function in it."""
    ligne = connexion.execute(_VIDE).fetchone()
    return bool(ligne and ligne[0])


def ouverte_a(requete: HttpRequest) -> bool:
    """Whether this request may see what a demonstration shows: setting, loopback and mark."""
    return settings.DEMONSTRATION and _est_locale(requete) and _base_marquee()


def _est_locale(requete: HttpRequest) -> bool:
    """The browser is on this very machine, and no proxy stands between."""
    if any(entete in requete.META for entete in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED")):
        return False
    try:
        return ipaddress.ip_address(requete.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _base_marquee() -> bool:
    with connection.cursor() as curseur:
        curseur.execute(_LIRE)
        return bool(curseur.fetchone()[0] == MARQUE)
