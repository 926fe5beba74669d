"""A TOML document on disk, its parents, and how a fault in it is told."""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from relais.regles.convention import FauteConvention
from relais.regles.lecteurs import Inattendu, Lecteur
from relais.regles.schema import FICHIER

TAILLE_MAXIMALE = 1_000_000  # bytes
DITS_PAR_TOML = {
    "Cannot overwrite": "cette clé est écrite deux fois",
    "Cannot declare": "cette section est écrite deux fois",
    "Cannot mutate": "cette section est déjà fermée",
    "Invalid date": "cette date n'existe pas",
    "Illegal character": "il y a un caractère interdit",
    "Expected '='": "il manque « = » après la clé",
    "Unclosed array": "il manque un crochet fermant « ] »",
    "Unclosed inline table": "il manque une accolade fermante « } »",
    "Unterminated string": "il manque un guillemet fermant",
    "Invalid value": "la valeur n'est pas comprise (un texte se met entre guillemets)",
}


def lignee(chemin: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The file, then its parent, and so on."""
    vus: list[Path] = []
    while True:
        document = _document(chemin)
        yield str(chemin), document
        vus.append(chemin.resolve())
        if "herite" not in document:
            return
        chemin = chemin.parent / lire(str(chemin), "herite", FICHIER, document["herite"])
        if chemin.resolve() in vus:
            tour = " puis ".join(vu.name for vu in vus)
            faute(str(chemin), "herite", "un héritage sans boucle", f"on y revient par {tour}")


def _document(chemin: Path) -> dict[str, Any]:
    nom = str(chemin)
    try:
        octets = _octets(chemin)
        document = tomllib.loads(octets.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as erreur:
        ligne = octets[: erreur.start].count(b"\n") + 1
        constat = f"la ligne {ligne} n'est pas écrite en UTF-8"
        faute(nom, "", "un fichier enregistré en UTF-8", constat)
    except tomllib.TOMLDecodeError as erreur:
        faute(nom, "", "un fichier TOML", _dit_par_toml(str(erreur)))
    except (ValueError, RecursionError):
        faute(nom, "", "un fichier TOML", "un nombre est trop long ou des crochets trop nombreux")
    if not document:
        faute(nom, "", "une convention", "le fichier est vide")
    if "partiel" in document and document["partiel"] is not True:
        constat = f"on lit {vu(document['partiel'])}"
        faute(nom, "partiel", "true, ou pas de clé du tout", constat)
    return document


def _octets(chemin: Path) -> bytes:
    nom = str(chemin)
    try:
        if not chemin.exists():
            faute(nom, "", "un fichier de convention", "ce fichier n'existe pas")
        if not chemin.is_file():
            faute(nom, "", "un fichier de convention", "ce n'est pas un fichier ordinaire")
        if chemin.stat().st_size > TAILLE_MAXIMALE:
            faute(nom, "", "un fichier d'un million d'octets au plus", "celui-ci est trop gros")
        return chemin.read_bytes()
    except (OSError, ValueError):
        faute(nom, "", "un fichier lisible", "il ne peut pas être lu (nom ou droits d'accès)")


def _dit_par_toml(message: str) -> str:
    trouve = re.search(r"at line (\d+), column (\d+)", message)
    ou = f"ligne {trouve[1]}, colonne {trouve[2]}" if trouve else "à la fin du fichier"
    dits = (dit for debut, dit in DITS_PAR_TOML.items() if message.startswith(debut))
    return f"{ou}, {next(dits, 'ce qui est écrit ne se comprend pas')}"


def lire(nom: str, cle: str, lecteur: Lecteur, brut: object) -> Any:
    """The value that the reader makes of it; raises FauteConvention in the name of that file."""
    try:
        return lecteur(brut)
    except Inattendu as erreur:
        constat = erreur.constat or f"on lit {vu(erreur.vu)}"
        faute(nom, cle + erreur.sous_cle, erreur.attendu, constat)


def vu(valeur: object) -> str:
    """What stands in the file, short enough for a sentence."""
    if isinstance(valeur, bool):
        return f"« {'true' if valeur else 'false'} »"
    if isinstance(valeur, dict | list | tuple):
        vide = "" if valeur else " vide"
        return f"une table{vide}" if isinstance(valeur, dict) else f"une liste{vide}"
    if valeur is None or valeur == "":
        return "rien"
    return f"« {_imprimable(_texte_court(valeur))} »"


def _texte_court(valeur: object) -> str:
    try:
        dit = str(valeur)
    except ValueError:  # an integer of more than 4300 digits
        return "un nombre immense"
    return dit if len(dit) <= 40 else dit[:39] + "…"


def faute(nom: str, cle: str, attendu: str, constat: str) -> NoReturn:
    """Raise FauteConvention, its sentence made of what was found and of what was expected."""
    nom, cle = _imprimable(nom), _imprimable(cle[:120])
    ou = f"{nom}, clé « {cle} »" if cle else nom
    raise FauteConvention(nom, cle, attendu, f"{ou} : {constat}, il faut {attendu}.")


def _imprimable(mots: str) -> str:
    return "".join(c if c.isprintable() else "\ufffd" for c in mots)
