"""Rows of a spreadsheet as text: CSV of any separator and encoding, XLSX and ODS (values alone)."""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from typing import TextIO

import fastexcel

from relais.adaptateurs.fichier import Avancer, FichierRefuse, Source, ouvert
from relais.adaptateurs.guillemets import Guillemets

SEPARATEURS = ";,\t"
_DEPLIE_AU_PLUS = 400 * 1024 * 1024  # bytes of a workbook once unpacked
_MORCEAU = 1024 * 1024
_A_REGARDER = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff")  # PDF, PNG, JPEG
# RuntimeError: a member under a password, or packed in a way that no spreadsheet uses.
_ARCHIVE_ILLISIBLE = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError)
_CALENDRIER_DE_1904 = re.compile(rb"""date1904\s*=\s*["'](?:1|true)["']""")
_RANGEES_PAR_PAS = 1000  # between two tellings of how far the reading is
_RANGEES_REGARDEES = 20  # to choose the separator
Rangee = tuple[str, ...]
Connus = Callable[[Rangee], int]
"""How many of the cells of a row are known titles: the separator is the one that shows them."""


def rangees(
    source: Source, *, connus: Connus = lambda _: 0, avancer: Avancer | None = None
) -> Iterator[Rangee]:
    """The rows in order, blank ones included, so that the first is row 1. Raises FichierRefuse.

    Of a workbook: its first sheet, from its column A; a date is written AAAA-MM-JJ hh:mm:ss, a
    whole number without decimals.
    """
    with ouvert(source) as flux:
        debut = flux.read(8)
    if debut.startswith(b"PK"):
        return _classeur(source)
    if debut.startswith(b"\xd0\xcf\x11\xe0"):
        raise FichierRefuse(
            "Ce classeur est d’un ancien format, ou protégé par un mot de passe :"
            " enregistrez-le en XLSX, sans mot de passe."
        )
    if debut.startswith(_A_REGARDER):
        raise FichierRefuse(
            "C’est un PDF ou une image : il faut un tableau (XLSX, ODS ou CSV), ou le fichier"
            " de la CNAF."
        )
    return _texte(source, connus, avancer)


def lettres(rang: int) -> str:
    """The name that spreadsheets give to a column, from 0: A, B … Z, AA."""
    nom = ""
    rang += 1
    while rang:
        rang, reste = divmod(rang - 1, 26)
        nom = chr(ord("A") + reste) + nom
    return nom


def _classeur(source: Source) -> Iterator[Rangee]:
    with ouvert(source) as flux:
        octets = flux.read()
    try:
        sain = _remballe(octets)
        _refuser_le_calendrier_de_1904(sain)
        classeur = fastexcel.read_excel(sain)
        feuille = classeur.load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    except (*_ARCHIVE_ILLISIBLE, fastexcel.FastExcelError):
        raise FichierRefuse("Ce classeur ne se lit pas : enregistrez-le en XLSX ou CSV.") from None
    if not feuille.height and len(classeur.sheet_names) > 1:
        raise FichierRefuse(
            "La première feuille de ce classeur est vide, et seule la première est lue :"
            " mettez le tableau sur la première feuille."
        )
    colonnes = feuille.available_columns()  # the empty ones on the left are left out
    marge = ("",) * (colonnes[0].absolute_index if colonnes else 0)
    for rangee in feuille.to_polars().iter_rows():
        yield (*marge, *(case or "" for case in rangee))


def _remballe(octets: bytes) -> bytes:
    """The same workbook, from members unpacked one by one and counted: the sizes that its own
    directory says are believed by nobody."""
    reste, neuf = _DEPLIE_AU_PLUS, io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(octets)) as archive,
        zipfile.ZipFile(neuf, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as saine,
    ):
        for membre in {un.filename: un for un in archive.infolist()}.values():
            with archive.open(membre) as lu, saine.open(membre.filename, "w") as ecrit:
                while morceau := lu.read(_MORCEAU):
                    reste -= len(morceau)
                    if reste < 0:
                        raise FichierRefuse("Ce classeur est trop lourd : enregistrez-le en CSV.")
                    ecrit.write(morceau)
    return neuf.getvalue()


def _refuser_le_calendrier_de_1904(octets: bytes) -> None:
    """A date whose cell lost its format is a number there, which reads four years too early."""
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        if "xl/workbook.xml" not in archive.namelist():
            return  # OpenDocument
        if _CALENDRIER_DE_1904.search(archive.read("xl/workbook.xml")):
            raise FichierRefuse(
                "Ce classeur compte les jours depuis 1904, et ses dates pourraient se lire avec"
                " quatre ans d’écart : enregistrez-le en CSV, les dates écrites JJ/MM/AAAA."
            )


def _texte(source: Source, connus: Connus, avancer: Avancer | None) -> Iterator[Rangee]:
    codage = _codage(source)
    with ouvert(source) as octets:
        flux = io.TextIOWrapper(octets, encoding=codage, errors="replace", newline="")
        try:
            separateur = _separateur(flux.read(64 * 1024), connus)
            flux.seek(0)
            for rang, rangee in enumerate(_csv(flux, separateur)):
                if avancer is not None and rang % _RANGEES_PAR_PAS == 0:
                    avancer(octets.tell())
                yield rangee
        finally:
            flux.detach()


def _csv(flux: TextIO, separateur: str) -> Iterator[Rangee]:
    lignes = Guillemets(flux, separateur)
    try:
        for lue in csv.reader(lignes, delimiter=separateur, skipinitialspace=True):
            rangee = tuple(lue)
            lignes.verifier(rangee)
            yield rangee
    except csv.Error:
        lignes.refuser_si_ouvert()
        raise FichierRefuse("Ce fichier n’est pas un CSV lisible.") from None


def _codage(source: Source) -> str:
    """UTF-16 with its mark, UTF-8 when all of it is, else what Windows writes."""
    decodeur = codecs.getincrementaldecoder("utf-8")()
    with ouvert(source) as flux:
        if flux.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        flux.seek(0)
        try:
            while morceau := flux.read(_MORCEAU):
                decodeur.decode(morceau)
            decodeur.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _separateur(debut: str, connus: Connus) -> str:
    """The one that shows most known titles in a row, else that cuts the rows in most columns."""

    def merite(separateur: str) -> tuple[int, int]:
        try:
            lues = csv.reader(io.StringIO(debut), delimiter=separateur, skipinitialspace=True)
            premieres = list(map(tuple, islice(lues, _RANGEES_REGARDEES)))
        except csv.Error:
            return 0, 0
        return max(map(connus, premieres), default=0), max(map(len, premieres[:5]), default=0)

    return max(SEPARATEURS, key=merite)
