"""The file of people to invite: read as spreadsheets write it, nothing of it is ever executed."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from relais.annuaire.erreurs import CompteRefuse

LIGNES_AU_PLUS = 1000
COLONNES = {
    "prenom": "prénom",
    "nom": "nom",
    "email": "adresse mail",
    "telephone": "téléphone",
    "role": "rôle",
    "equipe": "équipe",
}
AUTRES_NOMS = {
    "mail": "email",
    "e mail": "email",
    "email": "email",
    "courriel": "email",
    "adresse": "email",
    "tel": "telephone",
    "tis": "equipe",
}
FACULTATIVES = {"telephone", "equipe"}
# What a spreadsheet would run if the cell were ever opened in one again.
FORMULES = ("=", "+", "-", "@", "\t")


@dataclass(frozen=True)
class Ligne:
    """A line as it was typed. `numero`: as the spreadsheet counts it, the title being line 1."""

    numero: int
    cases: dict[str, str]


def modele() -> bytes:
    """The file to fill: titles alone, so that no example is ever invited."""
    return ("\ufeff" + ";".join(COLONNES.values()) + "\r\n").encode()


def lire(octets: bytes) -> list[Ligne]:
    """The lines of a CSV, whatever its encoding and separator. Raises CompteRefuse."""
    texte = _decoder(octets)
    premiere = texte.partition("\n")[0]
    separateur = max(";,\t", key=premiere.count)
    try:
        rangees = list(csv.reader(io.StringIO(texte, newline=""), delimiter=separateur))
    except csv.Error:
        raise CompteRefuse("Ce fichier n’est pas un CSV lisible. Repartez du modèle.") from None
    rangees_pleines = [(n, r) for n, r in enumerate(rangees, 1) if any(c.strip() for c in r)]
    if not rangees_pleines:
        raise CompteRefuse("Ce fichier est vide.")
    (_, titres), *reste = rangees_pleines
    colonnes = _colonnes(titres)
    if not reste:
        raise CompteRefuse(
            "Ce fichier n’a que sa ligne de titres : ajoutez une ligne par personne."
        )
    if len(reste) > LIGNES_AU_PLUS:
        raise CompteRefuse(
            f"Ce fichier a {len(reste)} lignes : {LIGNES_AU_PLUS} au plus. Faites-en plusieurs."
        )
    return [Ligne(numero, dict(_cases(rangee, colonnes))) for numero, rangee in reste]


def formule(ligne: Ligne) -> str:
    """The first cell that a spreadsheet would take for a formula, empty if there is none."""
    return next(
        (
            nom
            for nom, case in ligne.cases.items()
            if case.startswith(FORMULES) and not (nom == "telephone" and case.startswith("+"))
        ),
        "",
    )


def sans_accent(texte: str) -> str:
    """« Chargé d’accueil » as it is compared: no accent, case, hyphen nor apostrophe."""
    plat = unicodedata.normalize("NFKD", texte.casefold())
    lettres = "".join(" " if c in "-_’'." else c for c in plat if not unicodedata.combining(c))
    return " ".join(lettres.split())


def _decoder(octets: bytes) -> str:
    if octets.startswith(b"PK"):
        raise CompteRefuse("C’est un classeur : enregistrez-le au format CSV, puis revenez.")
    if b"\0" in octets and not octets.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CompteRefuse("Ce fichier n’est pas un texte. Repartez du modèle.")
    encodages = ["utf-16"] if octets.startswith((b"\xff\xfe", b"\xfe\xff")) else []
    for encodage in (*encodages, "utf-8-sig", "cp1252"):
        try:
            return octets.decode(encodage)
        except UnicodeDecodeError:
            continue
    raise CompteRefuse("Les lettres de ce fichier ne se lisent pas. Enregistrez-le en UTF-8.")


def _colonnes(titres: list[str]) -> list[str]:
    connus = AUTRES_NOMS | {sans_accent(titre): nom for nom, titre in COLONNES.items()}
    colonnes = [connus.get(sans_accent(titre), "") for titre in titres]
    manquantes = [
        COLONNES[nom] for nom in COLONNES if nom not in colonnes and nom not in FACULTATIVES
    ]
    if manquantes:
        raise CompteRefuse(
            f"Il manque une colonne : {', '.join(manquantes)}. La première ligne porte les titres"
            " du modèle."
        )
    return colonnes


def _cases(rangee: list[str], colonnes: list[str]) -> Iterator[tuple[str, str]]:
    yield from dict.fromkeys(COLONNES, "").items()
    for nom, case in zip(colonnes, rangee, strict=False):
        if nom:
            yield nom, " ".join(case.split()) if not case.startswith("\t") else case
