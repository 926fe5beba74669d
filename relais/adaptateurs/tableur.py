"""Spreadsheets, made in memory: XLSX through XlsxWriter, and CSV. No text becomes a formula."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xlsxwriter import Workbook

DATE_HEURE = "dd/mm/yyyy hh:mm"
Cellule = str | int | datetime | None


@dataclass(frozen=True, slots=True)
class Feuille:
    """One sheet. Instants are naive, already in the time of the reader; widths in characters.

    `avertissement`: a line above the headings.
    """

    titre: str
    entetes: Sequence[str]
    lignes: Sequence[Sequence[Cellule]]
    largeurs: Sequence[int]
    avertissement: str = ""


def xlsx(feuilles: Sequence[Feuille], *, titre: str, cree_le: datetime) -> bytes:
    """A workbook: header frozen and filtered, real dates. Nothing is written to a disk."""
    tampon = io.BytesIO()
    classeur = Workbook(
        tampon,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    classeur.set_properties({"title": titre, "created": cree_le})
    formats = {
        "entete": classeur.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "instant": classeur.add_format({"num_format": DATE_HEURE, "align": "left"}),
        "texte": classeur.add_format({"text_wrap": True, "valign": "top"}),
    }
    for feuille in feuilles:
        _ecrire(classeur, feuille, formats)
    classeur.close()
    return tampon.getvalue()


def en_csv(feuille: Feuille) -> bytes:
    """The same sheet as a French spreadsheet opens it: semicolons, UTF-8 with its mark."""
    tampon = io.StringIO(newline="")
    plume = csv.writer(tampon, delimiter=";")
    if feuille.avertissement:
        plume.writerow([neutre(feuille.avertissement)])
    plume.writerow([neutre(entete) for entete in feuille.entetes])
    plume.writerows([_texte(cellule) for cellule in ligne] for ligne in feuille.lignes)
    return tampon.getvalue().encode("utf-8-sig")


def neutre(texte: str) -> str:
    """The text behind an apostrophe when a spreadsheet could run it: = + - @, even after blanks."""
    return f"'{texte}" if texte.lstrip().startswith(("=", "+", "-", "@")) else texte


def _texte(cellule: Cellule) -> str:
    if isinstance(cellule, datetime):
        return cellule.strftime("%d/%m/%Y %H:%M")
    return "" if cellule is None else neutre(str(cellule))


def _ecrire(classeur: Any, feuille: Feuille, formats: dict[str, Any]) -> None:
    onglet = classeur.add_worksheet(feuille.titre)
    titres = 1 if feuille.avertissement else 0
    if feuille.avertissement:
        onglet.write_string(0, 0, neutre(feuille.avertissement))
    onglet.freeze_panes(titres + 1, 0)
    derniere = titres + max(len(feuille.lignes), 1)
    onglet.autofilter(titres, 0, derniere, len(feuille.entetes) - 1)
    for colonne, largeur in enumerate(feuille.largeurs):
        onglet.set_column(colonne, colonne, largeur)
    for colonne, entete in enumerate(feuille.entetes):
        onglet.write_string(titres, colonne, neutre(entete), formats["entete"])
    for rang, ligne in enumerate(feuille.lignes, titres + 1):
        for colonne, cellule in enumerate(ligne):
            if isinstance(cellule, datetime):
                onglet.write_datetime(rang, colonne, cellule, formats["instant"])
            elif isinstance(cellule, int):
                onglet.write_number(rang, colonne, cellule)
            elif cellule is not None:
                onglet.write_string(rang, colonne, neutre(cellule), formats["texte"])
