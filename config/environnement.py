"""Reading of the environment: every setting has one name, one type and a safe default."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

RACINE = Path(__file__).resolve().parent.parent


def texte(nom: str, defaut: str = "") -> str:
    return os.environ.get(f"RELAIS_{nom}", defaut)


def entier(nom: str, defaut: int) -> int:
    brut = texte(nom) or str(defaut)
    if not brut.isdecimal():
        raise SystemExit(f"RELAIS_{nom} doit être un nombre entier, et non « {brut} ».")
    return int(brut)


def vrai(nom: str, *, defaut: bool = False) -> bool:
    return (texte(nom) or ("1" if defaut else "0")).lower() in {"1", "oui", "true"}


def chemin(nom: str, defaut: Path) -> Path:
    return Path(texte(nom) or defaut).resolve()


def postgresql(url: str) -> dict[str, Any]:
    """Django's settings of one `postgresql://user:password@host:port/name` URL.

    A socket folder is written as `postgresql://user@/name?host=/folder&port=5432`.
    """
    parties = urlsplit(url)
    if parties.scheme not in {"postgresql", "postgres"}:
        raise SystemExit("L'adresse de la base doit commencer par postgresql://")
    options = dict(morceau.split("=", 1) for morceau in parties.query.split("&") if morceau)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parties.path.lstrip("/")),
        "USER": unquote(parties.username or ""),
        "PASSWORD": unquote(parties.password or ""),
        "HOST": unquote(options.pop("host", parties.hostname or "")),
        "PORT": options.pop("port", str(parties.port or "")),
        "OPTIONS": {cle: unquote(valeur) for cle, valeur in options.items()},
    }
