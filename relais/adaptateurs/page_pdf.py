"""One page of PDF made harmless: its page content is kept, nothing that acts or tells is.

The page is copied into a new file, so that what hangs on the catalogue (scripts, attachments,
forms, metadata) stays behind; what hangs on the page is then taken off.
"""

import io

import pikepdf
from pikepdf import Name, sanitize

from relais.adaptateurs.fichier import FichierRefuse

PROTEGE = (
    "Ce PDF est protégé par un mot de passe. "
    "Enregistrez-le sans protection, ou prenez la page signée en photo."
)
ILLISIBLE = (
    "Ce PDF ne s’ouvre pas : il est peut-être abîmé ou incomplet. "
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

PHOTO = (Name.DCTDecode, pikepdf.Array([Name.DCTDecode]))

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
    if isinstance(objet, pikepdf.Stream) and objet.get(Name.Filter) in PHOTO:
        photo = objet.read_raw_bytes()
        objet.write(sans_metadonnees(photo), filter=Name.DCTDecode, decode_parms=_parametres(objet))


def _parametres(flux: pikepdf.Stream) -> pikepdf.Dictionary | None:
    parametres = flux.get(Name.DecodeParms)
    return parametres if isinstance(parametres, pikepdf.Dictionary) else None


def sans_metadonnees(photo: bytes) -> bytes:
    """A JPEG without its comments nor its application segments (Exif, GPS, XMP), points intact.

    Kept: JFIF (APP0) and Adobe (APP14), which say how colours are written.
    """
    if not photo.startswith(b"\xff\xd8"):
        return photo
    garde, ou = [b"\xff\xd8"], 2
    while photo[ou : ou + 1] == b"\xff" and ou + 4 <= len(photo):
        marque, longueur = photo[ou + 1], int.from_bytes(photo[ou + 2 : ou + 4], "big")
        if marque == 0xDA:  # start of scan: the points follow to the end
            break
        applicatif = 0xE1 <= marque <= 0xEF and marque != 0xEE
        if not applicatif and marque != 0xFE:
            garde.append(photo[ou : ou + 2 + longueur])
        ou += 2 + longueur
    return b"".join([*garde, photo[ou:]])
