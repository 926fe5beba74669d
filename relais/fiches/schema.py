"""Strict JSON for the encrypted documents: frozen dataclasses out, the same ones back.

A document names its schema. Another schema, a key too many or too few, or a value of another type
is refused: a copy kept five years is never half read.
"""

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import StrEnum
from functools import cache, partial
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
Lecteur = Callable[[Any, str], Any]


class ContenuIllisible(Exception):
    """The octets are not a document of the expected schema. Never quotes them."""


def en_octets(contenu: object, *, schema: str) -> bytes:
    """UTF-8 JSON of a dataclass, keys in the order of its fields, the schema first."""
    return _ENCODEUR.encode({"schema": schema, **_en_json(contenu)}).encode()


def depuis_octets(attendu: type[T], octets: bytes, *, schema: str) -> T:
    """The dataclass that `en_octets` wrote; ContenuIllisible for anything else."""
    try:
        document = json.loads(octets)
    except (ValueError, RecursionError) as erreur:
        raise ContenuIllisible("not JSON") from erreur
    if not isinstance(document, dict) or document.pop("schema", None) != schema:
        raise ContenuIllisible(f"schema {schema} was expected")
    lu: T = _lire(attendu, document, attendu.__name__)
    return lu


def _en_json(valeur: object) -> Any:
    """What JSON does not know of itself: a date, a dataclass, whose fields it comes back for."""
    if isinstance(valeur, date):
        return valeur.isoformat()
    classe: Any = type(valeur)
    return {nom: getattr(valeur, nom) for nom in _champs(classe)}


_ENCODEUR = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_en_json)


@cache
def _champs(classe: Any) -> tuple[str, ...]:
    """The names of its fields, in order: a lot writes five hundred documents."""
    return tuple(champ.name for champ in fields(classe))


def _lire(attendu: Any, valeur: Any, ou: str) -> Any:
    if type(valeur) is attendu:
        return valeur
    return _lecteur(attendu)(valeur, ou)


@cache
def _lecteur(attendu: Any) -> Lecteur:
    """How a value of that type is read: decided once for each type, a list reads 25 documents."""
    if isinstance(attendu, UnionType):
        (seul,) = (un for un in get_args(attendu) if un is not type(None))
        return lambda valeur, ou: None if valeur is None else _lire(seul, valeur, ou)
    if is_dataclass(attendu) and isinstance(attendu, type):
        return partial(_lire_dataclass, attendu, get_type_hints(attendu))
    if get_origin(attendu) is tuple:
        return partial(_lire_suite, get_args(attendu))
    if attendu is date:
        return _lire_date
    if isinstance(attendu, type) and issubclass(attendu, StrEnum):
        return partial(_lire_code, attendu)
    return partial(_refuser, attendu)


def _refuser(attendu: type, valeur: Any, ou: str) -> Any:
    raise ContenuIllisible(f"{ou}: {attendu.__name__} was expected")


def _lire_dataclass(attendu: type, types: dict[str, Any], valeur: Any, ou: str) -> Any:
    if not isinstance(valeur, dict) or valeur.keys() != types.keys():
        raise ContenuIllisible(f"{ou}: other keys were expected")
    return attendu(
        **{
            nom: lu if type(lu := valeur[nom]) is voulu else _lire(voulu, lu, f"{ou}.{nom}")
            for nom, voulu in types.items()
        }
    )


def _lire_suite(types: tuple[Any, ...], valeur: Any, ou: str) -> tuple[Any, ...]:
    if not isinstance(valeur, list):
        raise ContenuIllisible(f"{ou}: a list was expected")
    if types[-1] is Ellipsis:
        types = types[:1] * len(valeur)
    if len(types) != len(valeur):
        raise ContenuIllisible(f"{ou}: {len(types)} values were expected")
    return tuple(_lire(un, element, ou) for un, element in zip(types, valeur, strict=True))


def _lire_date(valeur: Any, ou: str) -> date:
    try:
        return date.fromisoformat(valeur)
    except (TypeError, ValueError) as erreur:
        raise ContenuIllisible(f"{ou}: a date was expected") from erreur


def _lire_code(attendu: type[StrEnum], valeur: Any, ou: str) -> StrEnum:
    try:
        return attendu(valeur)
    except ValueError as erreur:
        raise ContenuIllisible(f"{ou}: a code of {attendu.__name__} was expected") from erreur
