"""`relais reperer`: screen a file and write one line per person. Nothing of it is stored.

Exit: 0, 1 when a row was refused, 2 when the file was (no result is written then).
"""

import errno
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from secrets import token_hex
from typing import NoReturn, TextIO

from config import environnement as env
from relais.adaptateurs.fichier import FichierRefuse
from relais.regles import lecture
from relais.regles.convention import Convention, FauteConvention, ValeurInconnue
from relais.reperage.lecture.evenements import Lecture, Personne, Refus, Remarque
from relais.reperage.lecture.familles import Famille, reconnaitre
from relais.reperage.lecture.resultat import ENTETE, Repere, reperage

USAGE = (
    "usage : relais reperer FICHIER --au AAAA-MM-JJ --sortie RESULTAT.csv [--convention FICHIER]"
)
ACCEPTE, LIGNES_REFUSEES, REFUSE = 0, 1, 2
_ACCES = "n’est pas accessible : vérifiez vos droits sur lui, ou choisissez-en un autre."
_DU_SYSTEME = {
    errno.ENOENT: "n’existe pas : vérifiez son nom.",
    errno.EACCES: _ACCES,
    errno.EPERM: _ACCES,
    errno.EROFS: _ACCES,
    errno.EISDIR: "est un dossier : nommez un fichier.",
    errno.ENOTDIR: "n’est pas un dossier : vérifiez le chemin.",
    errno.ENAMETOOLONG: "porte un nom trop long : raccourcissez-le.",
}
_PLUS_DE_PLACE = {errno.ENOSPC, errno.EDQUOT}
_PARTIEL = ".partiel"


@dataclass(frozen=True, slots=True)
class Demande:
    source: Path
    sortie: Path
    au: date
    convention: Path


@dataclass(frozen=True, slots=True)
class Bilan:
    """What came of a file: lines written, refused, and what was counted besides."""

    ecrites: int
    refusees: int
    comptes: Mapping[str, int]


class _Mots(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise FichierRefuse(USAGE)


def main(arguments: list[str]) -> int:
    """Run the command. Returns the exit status."""
    try:
        demande = _demande(arguments)
        convention = lecture.charger(demande.convention)
        with _resultat(demande.sortie) as partiel:
            bilan = _reperer(demande, partiel, convention)
    except FichierRefuse as refus:
        return _refuser(refus.phrase)
    except FauteConvention as faute:
        return _refuser(f"La convention n’est pas lisible : {faute}")
    except ValeurInconnue:
        return _refuser("La convention ne dit rien encore à cette date : choisissez-en une autre.")
    except OSError as erreur:
        return _refuser(_du_systeme(erreur))
    return _dire(bilan)


def _demande(arguments: list[str]) -> Demande:
    mots = _Mots(add_help=False, allow_abbrev=False)
    mots.add_argument("source", type=Path)
    mots.add_argument("--sortie", type=Path, required=True)
    mots.add_argument("--au", required=True)
    mots.add_argument("--convention", type=Path, default=_convention_du_lieu())
    lus = mots.parse_args(arguments)
    try:
        au = date.fromisoformat(lus.au)
    except ValueError:
        raise FichierRefuse(f"« --au » attend une date AAAA-MM-JJ.\n{USAGE}") from None
    for chemin in (lus.source, lus.sortie):
        if chemin.exists() and not (chemin.is_file() or chemin.is_dir()):
            raise FichierRefuse(f"{chemin} n’est pas un fichier ordinaire : nommez-en un.")
    if lus.sortie.exists() and lus.source.exists() and lus.sortie.samefile(lus.source):
        raise FichierRefuse("Le résultat prendrait la place du fichier lu : nommez-en un autre.")
    return Demande(lus.source, Path(os.path.realpath(lus.sortie)), au, lus.convention)


def _convention_du_lieu() -> Path:
    """The convention of this installation, the first one where it has several."""
    premiere = env.texte("CONVENTIONS", "conventions/cd35-carsat-bretagne.toml").split(":")[0]
    return env.chemin("", env.RACINE / premiere)


def _reperer(demande: Demande, partiel: Path, convention: Convention) -> Bilan:
    """Each family loads the library that it needs, and no other."""
    famille, au = reconnaitre(demande.source), demande.au
    if famille == Famille.SIX_COLONNES:
        from relais.reperage.lecture import cases

        lues = cases.reperer(demande.source, partiel, au=au, convention=convention)
        sys.stderr.writelines(f"ligne {numero} : {raison}\n" for numero, raison in lues.refus)
        return Bilan(lues.ecrites, len(lues.refus), {"Lignes vides": lues.vides})
    if famille == Famille.FLUX:
        from relais.reperage.lecture import flux_cnaf

        lecture_du_fichier = flux_cnaf.lire(demande.source, au=au)
    else:
        from relais.reperage.lecture import tableaux

        lecture_du_fichier = tableaux.lire(demande.source, au=au, dire=print)
    with partiel.open("w", encoding="utf-8") as sortie:
        return _suivre(lecture_du_fichier, sortie, reperage(au=au, convention=convention))


def _suivre(lecture_du_fichier: Lecture, sortie: TextIO, repere: Repere) -> Bilan:
    ecrites = refusees = 0
    sortie.write(f"{ENTETE}\n")
    for evenement in lecture_du_fichier.evenements:
        match evenement:
            case Personne(numero, adulte):
                sortie.write(f"{numero};{repere(adulte)}\n")
                ecrites += 1
            case Refus(ou, raison):
                print(f"{ou} : {raison}", file=sys.stderr)
                refusees += 1
            case Remarque(texte):
                print(texte, file=sys.stderr)
    return Bilan(ecrites, refusees, lecture_du_fichier.comptes)


@contextmanager
def _resultat(sortie: Path) -> Iterator[Path]:
    """The file to write, for its owner alone; it takes its name once whole, else it goes."""
    partiel = sortie.with_name(f".{sortie.name}.{token_hex(4)}{_PARTIEL}")
    try:
        os.close(os.open(partiel, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield partiel
        partiel.replace(sortie)
    finally:
        partiel.unlink(missing_ok=True)


def _dire(bilan: Bilan) -> int:
    print(f"Personnes repérées : {bilan.ecrites}")
    print(f"Lignes refusées : {bilan.refusees}")
    for nom, nombre in bilan.comptes.items():
        if nombre:
            print(f"{nom} : {nombre}")
    return LIGNES_REFUSEES if bilan.refusees else ACCEPTE


def _du_systeme(erreur: OSError) -> str:
    """What the system refuses, in French; the file being written is told of by its folder."""
    if erreur.errno in _PLUS_DE_PLACE:
        return "Il n’y a plus de place sur le disque : libérez-en, puis recommencez."
    nom = str(erreur.filename2 or erreur.filename or "")
    if nom.endswith(_PARTIEL):
        nom = f"Résultat : le dossier {Path(nom).absolute().parent}"
    suite = _DU_SYSTEME.get(erreur.errno or 0, "ne peut être ni lu ni écrit : recommencez.")
    return f"{nom or 'Un fichier'} {suite}"


def _refuser(phrase: str) -> int:
    print(phrase, file=sys.stderr)
    return REFUSE
