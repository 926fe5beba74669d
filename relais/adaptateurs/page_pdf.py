"""One page of PDF made harmless: its page content is kept, nothing that acts or tells is.

The page is copied into a new file, so that what hangs on the catalogue (scripts, attachments,
forms, metadata) stays behind; what hangs on the page is then taken off.
"""

import base64
import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Name, sanitize

from relais.adaptateurs.fichier import FichierRefuse
from relais.adaptateurs.photo import jpeg2000_sans_metadonnees, jpeg_sans_metadonnees

PROTEGE = (
    "Ce PDF est protégé par un mot de passe. "
    "Enregistrez-le sans protection, ou prenez la page signée en photo."
)
ILLISIBLE = (
    "Ce PDF ne s’ouvre pas : il est peut-être abîmé ou incomplet. "
    "Numérisez la page à nouveau, ou prenez-la en photo."
)
TROP_LOURDE = (
    "Ce PDF contient une image trop lourde pour être ouverte sans risque. "
    "Numérisez la page à nouveau, ou prenez-la en photo."
)
SANS_PAGE = "Ce PDF ne contient pas de page. Numérisez la page signée, ou prenez-la en photo."

GARDES = (Name.Type, Name.Parent, Name.Contents, Name.Resources, Name.Rotate, Name.UserUnit)
CADRES = (Name.MediaBox, Name.CropBox)
# What an object of the page may carry beside what it draws: actions, attachments, traces of tools.
# /Ref: a page of another file drawn in place of this one. /OPI: a picture fetched elsewhere.
TRACES = (
    Name.AA,
    Name.AF,
    Name.Alternates,
    Name.JS,
    Name.LastModified,
    Name.Metadata,
    Name.OPI,
    Name.OpenAction,
    Name.PieceInfo,
    Name.Ref,
    Name.StructParent,
    Name.StructParents,
    Name.Thumb,
)

PHOTOS: dict[str, Callable[[bytes], bytes]] = {
    "/DCTDecode": jpeg_sans_metadonnees,
    "/JPXDecode": jpeg2000_sans_metadonnees,
}
# Readers take the short names of the pictures inside of a page everywhere.
FILTRES_ABREGES = {
    "/DCT": "/DCTDecode",
    "/Fl": "/FlateDecode",
    "/A85": "/ASCII85Decode",
    "/AHx": "/ASCIIHexDecode",
}
PHOTO_AU_PLUS = 32 * 1024 * 1024  # octets, once unfolded

_NETTOYEUR = (
    sanitize.Sanitizer()
    .remove_javascript()
    .remove_external_access()
    .remove_attachments()
    .remove_multimedia()
    .remove_thumbnails()
    .remove_private_app_data()
    .remove_web_capture()
    .remove_search_index()
    .remove_collection()
)


def assainir_pdf(octets: bytes) -> bytes:
    """The only page of a PDF in a new file; raises FichierRefuse (locked, broken, several pages).

    What a form shows on the page is drawn into it, then the form goes.
    """
    try:
        with pikepdf.open(io.BytesIO(octets)) as source:
            _accepter(source)
            _NETTOYEUR.apply(source)
            source.flatten_annotations("all")
            return _recopier(source)
    except FichierRefuse:
        raise
    except pikepdf.PasswordError:
        raise FichierRefuse(PROTEGE) from None
    # A hostile structure may make any step fail; all of it means the same to the person.
    except Exception:
        raise FichierRefuse(ILLISIBLE) from None


def _accepter(source: pikepdf.Pdf) -> None:
    if source.is_encrypted:
        raise FichierRefuse(PROTEGE)
    if not source.pages:
        raise FichierRefuse(SANS_PAGE)
    if len(source.pages) > 1:
        raise FichierRefuse(
            f"Ce PDF a {len(source.pages)} pages. Gardez seulement la page signée, "
            "ou prenez-la en photo."
        )


def _recopier(source: pikepdf.Pdf) -> bytes:
    page = source.pages[0]
    if Name.Contents not in page.obj:
        raise FichierRefuse(SANS_PAGE)
    cadres = {cle: pikepdf.Array(getattr(page, cle[1:].lower())) for cle in map(str, CADRES)}
    for cle in list(page.obj.keys()):
        if Name(cle) not in GARDES:
            del page.obj[cle]
    for cle, cadre in cadres.items():
        page.obj[cle] = cadre
    with pikepdf.new() as neuf:
        neuf.pages.append(page)
        for objet in neuf.objects:
            _effacer_les_traces(objet)
        sortie = io.BytesIO()
        neuf.save(sortie, deterministic_id=True, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        return sortie.getvalue()


def _effacer_les_traces(objet: pikepdf.Object) -> None:
    if not isinstance(objet, pikepdf.Dictionary | pikepdf.Stream):
        return
    for cle in TRACES:
        if cle in objet:
            del objet[cle]
    if isinstance(objet, pikepdf.Stream):
        _effacer_les_metadonnees(objet)


def _effacer_les_metadonnees(flux: pikepdf.Stream) -> None:
    """Of a photo: what was laid around it (`[/FlateDecode /DCTDecode]`) is undone first."""
    filtres = [FILTRES_ABREGES.get(str(nom), str(nom)) for nom in _liste(flux.get(Name.Filter))]
    photos = [rang for rang, nom in enumerate(filtres) if nom in PHOTOS]
    if not photos:
        return
    if photos != [len(filtres) - 1]:
        raise FichierRefuse(ILLISIBLE)
    parametres = _liste(flux.get(Name.DecodeParms))
    parametres += [None] * (len(filtres) - len(parametres))
    octets = flux.read_raw_bytes()
    for nom, siens in zip(filtres[:-1], parametres, strict=False):
        octets = _deplier(octets, nom, siens)
    flux.write(
        PHOTOS[filtres[-1]](octets),
        filter=Name(filtres[-1]),
        decode_parms=parametres[len(filtres) - 1],
    )


def _liste(valeur: Any) -> list[Any]:
    """One or several, as PDF writes a filter and its parameters."""
    if valeur is None:
        return []
    return list(valeur) if isinstance(valeur, pikepdf.Array) else [valeur]


def _deplier(octets: bytes, filtre: str, parametres: Any) -> bytes:
    """What that filter hides of a photo; raises FichierRefuse on one that nothing lays there."""
    if isinstance(parametres, pikepdf.Dictionary) and parametres.get(Name.Predictor, 1) != 1:
        raise FichierRefuse(ILLISIBLE)
    if filtre == "/FlateDecode":
        depliage = zlib.decompressobj()
        deplies = depliage.decompress(octets, PHOTO_AU_PLUS)
        if depliage.unconsumed_tail:
            raise FichierRefuse(TROP_LOURDE)
        return deplies
    if filtre == "/ASCII85Decode":
        return base64.a85decode(octets.partition(b"~>")[0].lstrip().removeprefix(b"<~"))
    if filtre == "/ASCIIHexDecode":
        return bytes.fromhex(octets.partition(b">")[0].decode("ascii"))
    raise FichierRefuse(ILLISIBLE)
