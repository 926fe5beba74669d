"""Signatures: the drawing of the touch screen, the photo or the scan of the signed page.

Nothing of the received file is kept as it came: pictures are drawn again, without their metadata
(place, device, date), and PDFs go through `relais.adaptateurs.page_pdf`.
"""

import base64
import io

from PIL import Image, ImageOps

from relais.adaptateurs.fichier import JPEG, PDF, FichierRefuse, Page
from relais.adaptateurs.page_pdf import assainir_pdf

__all__ = ["FichierRefuse", "Page", "assainir_page", "dimensions", "lire_trait"]

TAILLE_MAXIMALE = 10 * 1024 * 1024
COTE_MAXIMAL = 2200  # pixels: an A4 page at some 190 dots an inch
COTE_MINIMAL = 400
# A JPEG is reduced while it is decoded, a PNG is decoded whole.
POINTS_MAXIMAUX = {"JPEG": 80_000_000, "PNG": 30_000_000}
QUALITE = 85

TRAIT_DEBUT = "data:image/png;base64,"
TRAIT_TAILLE_MAXIMALE = 1_000_000  # characters of the data URL
TRAIT_POINTS_MAXIMAUX = 4_000_000
TRAIT_LARGEUR_MAXIMALE = 900
ENCRE = 160  # darker than this grey (0 black, 255 white)
ENCRE_MINIMALE = 200  # points: a touch of the finger leaves some twenty
MARGE = 12

MEGA = 1024 * 1024
ILLISIBLE = (
    "Ce fichier ne s’ouvre pas comme une photo : il est peut-être abîmé ou incomplet. "
    "Reprenez la photo, ou numérisez la page, puis recommencez."
)
AUTRE_NATURE = (
    "Ce fichier n’est ni une photo (JPEG ou PNG) ni un PDF. "
    "Prenez la page signée en photo, ou numérisez-la en PDF d’une page."
)
HEIC = (
    "Cette photo est au format HEIC, que les autres appareils ne lisent pas. "
    "Sur l’iPhone : Réglages, Appareil photo, Formats, « Le plus compatible », puis reprenez-la."
)
TRAIT_ILLISIBLE = (
    "La signature n’est pas arrivée entière. Effacez-la et demandez à la personne de signer "
    "à nouveau, ou joignez la page signée."
)
TRAIT_VIDE = (
    "Le cadre de signature est vide. La personne signe dans le cadre, au doigt ou au stylet."
)


def assainir_page(octets: bytes) -> Page:
    """The signed page made harmless: a JPEG picture, or one page of PDF; raises FichierRefuse.

    Its nature is read in its octets, never in its name or in what the browser says.
    """
    if not octets:
        raise FichierRefuse("Ce fichier est vide. Reprenez la photo de la page signée.")
    if len(octets) > TAILLE_MAXIMALE:
        raise FichierRefuse(
            f"Ce fichier pèse {len(octets) // MEGA} Mo, la limite est de 10 Mo. "
            "Reprenez la photo en qualité ordinaire, ou numérisez la page en noir et blanc."
        )
    if octets.startswith(b"%PDF-"):
        return Page(PDF, assainir_pdf(octets))
    if octets.startswith(b"\xff\xd8\xff"):
        return Page(JPEG, _redessiner(octets, "JPEG"))
    if octets.startswith(b"\x89PNG\r\n\x1a\n"):
        return Page(JPEG, _redessiner(octets, "PNG"))
    if octets[4:8] == b"ftyp":
        raise FichierRefuse(HEIC)
    raise FichierRefuse(AUTRE_NATURE)


def lire_trait(data_url: str) -> bytes:
    """The drawing of the touch screen, as a grey PNG cut to the ink; raises FichierRefuse.

    `data_url`: `data:image/png;base64,…`, what the canvas of the page gives.
    """
    if not data_url.startswith(TRAIT_DEBUT) or len(data_url) > TRAIT_TAILLE_MAXIMALE:
        raise FichierRefuse(TRAIT_ILLISIBLE)
    try:
        octets = base64.b64decode(data_url[len(TRAIT_DEBUT) :], validate=True)
    except ValueError:  # not base64, or not even ASCII
        raise FichierRefuse(TRAIT_ILLISIBLE) from None
    image = _ouvrir(octets, "PNG", TRAIT_POINTS_MAXIMAUX, TRAIT_ILLISIBLE).convert("L")
    encre = image.point(lambda ton: 255 if ton < ENCRE else 0)
    cadre = encre.getbbox()
    if cadre is None or encre.histogram()[255] < ENCRE_MINIMALE:
        raise FichierRefuse(TRAIT_VIDE)
    trait = ImageOps.expand(image.crop(cadre), MARGE, fill=255)
    trait.thumbnail((TRAIT_LARGEUR_MAXIMALE, TRAIT_LARGEUR_MAXIMALE))
    return _enregistrer(trait, "PNG", optimize=True)


def dimensions(page: Page) -> tuple[int, int]:
    """Width and height in pixels of a picture that this module made."""
    with Image.open(io.BytesIO(page.octets), formats=("JPEG", "PNG")) as image:
        return image.size


def _redessiner(octets: bytes, nature: str) -> bytes:
    image = _ouvrir(octets, nature, POINTS_MAXIMAUX[nature], ILLISIBLE)
    if min(image.size) < COTE_MINIMAL:
        raise FichierRefuse(
            "Cette image est trop petite pour être lue. Reprenez la photo de la page entière."
        )
    image.thumbnail((COTE_MAXIMAL, COTE_MAXIMAL))
    return _enregistrer(image, "JPEG", quality=QUALITE, optimize=True)


def _ouvrir(octets: bytes, nature: str, points_maximaux: int, refus: str) -> Image.Image:
    """The picture decoded, upright, on white, without what came with it."""
    try:
        with Image.open(io.BytesIO(octets), formats=(nature,)) as image:
            if image.width * image.height > points_maximaux:
                raise _trop_de_points()
            image.draft("RGB", (2 * COTE_MAXIMAL, 2 * COTE_MAXIMAL))
            return _sur_blanc(ImageOps.exif_transpose(image))
    except FichierRefuse:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _trop_de_points() from None
    # A decoder before a hostile file may raise anything; all of it means the same to the person.
    except Exception:
        raise FichierRefuse(refus) from None


def _trop_de_points() -> FichierRefuse:
    return FichierRefuse(
        "Cette image a trop de points pour être ouverte sans risque. "
        "Reprenez la photo en qualité ordinaire."
    )


def _sur_blanc(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda ton: ton / 256).convert("L")
    if image.mode in ("L", "RGB"):
        return _nue(image)
    if not image.has_transparency_data:
        return _nue(image.convert("RGB"))
    avec_fond = Image.new("RGBA", image.size, "white")
    avec_fond.alpha_composite(image.convert("RGBA"))
    return _nue(avec_fond.convert("RGB"))


def _nue(image: Image.Image) -> Image.Image:
    """The same points, without profile, comment or location."""
    nue = Image.new(image.mode, image.size)
    nue.paste(image)
    return nue


def _enregistrer(image: Image.Image, nature: str, **options: object) -> bytes:
    sortie = io.BytesIO()
    image.save(sortie, nature, **options)
    return sortie.getvalue()
