"""Workbooks of the tests: XLSX with true dates, and enough of OpenDocument to make a sheet."""

import io
import zipfile
from datetime import date

import xlsxwriter

ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NOMS = "urn:oasis:names:tc:opendocument:xmlns"
_CONTENU = (
    f'<office:document-content xmlns:office="{_NOMS}:office:1.0"'
    f' xmlns:table="{_NOMS}:table:1.0" xmlns:text="{_NOMS}:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="F">{lignes}'
    "</table:table></office:spreadsheet></office:body></office:document-content>"
)
_MANIFESTE = (
    f'<manifest:manifest xmlns:manifest="{_NOMS}:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>'
    "</manifest:manifest>"
)


def classeur(rangees, *, devant="", **options):
    """`devant`: the name of an empty sheet that comes first; `options`: of xlsxwriter."""
    tampon = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "dd/mm/yyyy", **options}
    livre = xlsxwriter.Workbook(tampon, options)
    if devant:
        livre.add_worksheet(devant)
    feuille = livre.add_worksheet()
    for y, rangee in enumerate(rangees):
        for x, case in enumerate(rangee):
            if case is not None:
                feuille.write(y, x, case)
    livre.close()
    return tampon.getvalue()


def odf(rangees):
    """A row is texts and dates, or a number of empty rows."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        archive.writestr("mimetype", ODS)
        archive.writestr("META-INF/manifest.xml", _MANIFESTE)
        archive.writestr("content.xml", _CONTENU.format(lignes="".join(map(_ligne, rangees))))
    return tampon.getvalue()


def _ligne(rangee):
    if isinstance(rangee, int):
        repetee = f'table:number-rows-repeated="{rangee}"'
        return f"<table:table-row {repetee}><table:table-cell/></table:table-row>"
    return f"<table:table-row>{''.join(map(_case, rangee))}</table:table-row>"


def _case(valeur):
    if isinstance(valeur, date):
        return f'<table:table-cell office:value-type="date" office:date-value="{valeur}"/>'
    texte = f"<text:p>{valeur}</text:p>"
    return f'<table:table-cell office:value-type="string">{texte}</table:table-cell>'
