"""The communes of each territory (rules.md §4), from the files that a convention names.

`communes` holds `insee;commune;tis`. `codes_postaux`, which a convention may do without, holds
`code_postal;commune;insee;actuelle`: names and codes of today and of before, and the commune of
today. Lines that begin with # are comments.
"""

import csv
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from relais.regles.convention import Convention, Datee, Ligne
from relais.regles.document import faute, vu

COLONNES = ("insee", "commune", "tis")
COLONNES_POSTALES = ("code_postal", "commune", "insee", "actuelle")
TAILLE_MAXIMALE = 10_000_000  # bytes
_INSEE = re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}")
_POSTAL = re.compile(r"[0-9]{5}")
_MOTS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes", "s": "sur"}
_ARTICLES = {"le", "la", "les", "l"}
_HORS_DU_NOM = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Communes:
    """`territoires`: the code of the territory of each commune of today, by INSEE code.

    `actuelles`: the commune of today by any INSEE code. `lieux`: by postcode and normalised name.
    `noms`: those that bear a normalised name.
    """

    territoires: Mapping[str, str]
    actuelles: Mapping[str, str]
    lieux: Mapping[tuple[str, str], str] = field(default_factory=dict)
    noms: Mapping[str, frozenset[str]] = field(default_factory=dict)


def charger(convention: Convention, dossier: Path) -> Datee[Communes]:
    """The communes of each dated line of the convention. Raises FauteConvention at any fault."""
    lignes = []
    for ligne in convention.rattachement.communes:
        territoires = convention.territoires.au(ligne.depuis) or ()
        postaux = convention.rattachement.codes_postaux.au(ligne.depuis)
        lues = lire(
            dossier / ligne.valeur,
            codes={territoire.code for territoire in territoires},
            postaux=None if postaux is None else dossier / postaux,
        )
        lignes.append(Ligne(ligne.depuis, lues, ligne.source))
    return Datee(tuple(lignes))


def lire(chemin: Path, *, codes: Collection[str], postaux: Path | None = None) -> Communes:
    """The two files, checked. `codes`: those of the territories. Raises FauteConvention."""
    territoires: dict[str, str] = {}
    noms: dict[str, set[str]] = {}
    for ou, (insee, nom, tis) in _lignes(chemin, COLONNES):
        _conforme(ou, insee, _INSEE, "un code Insee de 5 caractères, comme 35238")
        if insee in territoires:
            faute(ou, "", "une seule ligne par commune", f"{insee} y est déjà")
        if tis not in codes:
            attendu = f"un territoire de la convention ({', '.join(sorted(codes))})"
            faute(ou, "", attendu, f"on lit {vu(tis)}")
        territoires[insee] = tis
        noms.setdefault(_nom(ou, nom), set()).add(insee)
    if not territoires:
        faute(str(chemin), "", "une commune au moins", "aucune ligne")
    actuelles = {insee: insee for insee in territoires}
    lieux: dict[tuple[str, str], str] = {}
    for ou, lue in _lignes(postaux, COLONNES_POSTALES) if postaux else ():
        _ajouter(ou, lue, actuelles, lieux, noms)
    return Communes(
        territoires, actuelles, lieux, {nom: frozenset(codes) for nom, codes in noms.items()}
    )


def normaliser(nom: str) -> str:
    """« ST-MALO » and « Saint-Malo », « RHEU (LE) » and « Le Rheu » as they are compared."""
    plat = unicodedata.normalize("NFKD", nom.casefold().replace("œ", "oe"))
    lettres = "".join(c for c in plat if not unicodedata.combining(c))
    mots = [_MOTS.get(mot, mot) for mot in _HORS_DU_NOM.split(lettres) if mot]
    if mots and mots[-1] in _ARTICLES:
        mots.insert(0, mots.pop())
    return " ".join(mots[1:] if len(mots) > 1 and mots[0] in _ARTICLES else mots)


def au(communes: Datee[Communes], jour: date) -> Communes | None:
    """Those in force on that day; the first ones before their day."""
    premiere = next(iter(communes), None)
    return communes.au(jour) or (premiere.valeur if premiere else None)


def _ajouter(
    ou: str,
    lue: tuple[str, ...],
    actuelles: dict[str, str],
    lieux: dict[tuple[str, str], str],
    noms: dict[str, set[str]],
) -> None:
    """One line of the second file: a name that was, or a code alone."""
    postal, nom, insee, actuelle = lue
    _conforme(ou, insee, _INSEE, "un code Insee de 5 caractères, comme 35238")
    if actuelles.get(actuelle) != actuelle:
        faute(ou, "", "une commune du fichier des communes", f"on lit {vu(actuelle)}")
    actuelles.setdefault(insee, actuelle)
    if not postal and not nom:
        return
    _conforme(ou, postal, _POSTAL, "un code postal de 5 chiffres")
    normal = _nom(ou, nom)
    if lieux.setdefault((postal, normal), actuelle) != actuelle:
        constat = f"{vu(nom)} y est déjà pour une autre"
        faute(ou, "", "une seule commune par code postal et nom", constat)
    noms.setdefault(normal, set()).add(actuelle)


def _nom(ou: str, nom: str) -> str:
    normal = normaliser(nom)
    if not normal or len(nom) > 100:
        faute(ou, "", "un nom de commune", f"on lit {vu(nom)}")
    return normal


def _conforme(ou: str, lu: str, motif: re.Pattern[str], attendu: str) -> None:
    if not motif.fullmatch(lu):
        faute(ou, "", attendu, f"on lit {vu(lu)}")


def _lignes(chemin: Path, colonnes: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each line but the comments and the titles, with where it stands."""
    titres = False
    for numero, brute in enumerate(_texte(chemin).splitlines(), 1):
        ou = f"{chemin}, ligne {numero}"
        if not brute.strip(" ;") or brute.startswith("#"):
            continue
        lue = tuple(case.strip() for case in next(csv.reader([brute], delimiter=";")))
        if not titres:
            if lue != colonnes:
                faute(ou, "", f"les titres {';'.join(colonnes)}", f"on lit {vu(brute)}")
            titres = True
        elif len(lue) != len(colonnes):
            faute(ou, "", f"{len(colonnes)} colonnes séparées par « ; »", f"{len(lue)} colonne(s)")
        else:
            yield ou, lue


def _texte(chemin: Path) -> str:
    nom = str(chemin)
    try:
        if not chemin.is_file():
            faute(nom, "", "un fichier de communes", "ce fichier n'existe pas")
        if chemin.stat().st_size > TAILLE_MAXIMALE:
            faute(nom, "", "un fichier de dix millions d'octets au plus", "celui-ci est trop gros")
        return chemin.read_text("utf-8-sig")
    except UnicodeDecodeError:
        faute(nom, "", "un fichier enregistré en UTF-8", "il ne l'est pas")
    except OSError:
        faute(nom, "", "un fichier lisible", "il ne peut pas être lu (nom ou droits d'accès)")
