"""Reading of the environment: every setting has one name, one type and a safe default."""

import os
import re
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

CE_POSTE = ("127.0.0.1", "::1", "localhost")
RACINE = Path(__file__).resolve().parent.parent


def texte(nom: str, defaut: str = "") -> str:
    return os.environ.get(f"RELAIS_{nom}", defaut)


def entier(nom: str, defaut: int) -> int:
    brut = texte(nom) or str(defaut)
    if not brut.isdecimal():
        raise SystemExit(f"RELAIS_{nom} doit être un nombre entier, et non « {brut} ».")
    return int(brut)


def jour(nom: str) -> date | None:
    """A day written 2027-12-31; None when nothing is."""
    brut = texte(nom)
    try:
        return date.fromisoformat(brut) if brut else None
    except ValueError:
        raise SystemExit(
            f"RELAIS_{nom} doit être une date comme 2027-12-31, et non « {brut} »."
        ) from None


def contact(nom: str) -> str:
    """Where to write, as RFC 9116 wants it: a `mailto:`, `https:` or `tel:` address, or nothing."""
    brut = texte(nom)
    if brut and not re.fullmatch(r"(mailto:[^\s@]+@[^\s@]+|https://\S+|tel:\+[\d-]+)", brut):
        raise SystemExit(
            f"RELAIS_{nom} commence par mailto:, https:// ou tel:+, et non « {brut} »."
        )
    return brut


def vrai(nom: str, *, defaut: bool = False) -> bool:
    return (texte(nom) or ("1" if defaut else "0")).lower() in {"1", "oui", "true"}


def chemin(nom: str, defaut: Path) -> Path:
    return Path(texte(nom) or defaut).resolve()


def postgresql(url: str) -> dict[str, Any]:
    """Django's settings of one `postgresql://user:password@host:port/name` URL.

    A socket folder is written as `postgresql://user@/name?host=/folder&port=5432`. Towards another
    machine TLS is required, its certificate checked, unless the URL has an `sslmode` of its own.
    """
    parties = urlsplit(url)
    if parties.scheme not in {"postgresql", "postgres"}:
        raise SystemExit("L'adresse de la base doit commencer par postgresql://")
    options = dict(morceau.split("=", 1) for morceau in parties.query.split("&") if morceau)
    hote = unquote(options.pop("host", parties.hostname or ""))
    if hote and not hote.startswith("/") and hote not in CE_POSTE:
        options.setdefault("sslmode", "verify-full")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parties.path.lstrip("/")),
        "USER": unquote(parties.username or ""),
        "PASSWORD": unquote(parties.password or ""),
        "HOST": hote,
        "PORT": options.pop("port", str(parties.port or "")),
        "OPTIONS": {cle: unquote(valeur) for cle, valeur in options.items()},
    }
