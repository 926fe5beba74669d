"""The signed page and the drawn signature: what is taken, what is refused, what is left behind."""

import base64
import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image, ImageDraw

from relais.adaptateurs.image import FichierRefuse, Page, assainir_page, dimensions, lire_trait

GPS = 0x8825


def _octets(image: Image.Image, nature: str, **options) -> bytes:
    sortie = io.BytesIO()
    image.save(sortie, nature, **options)
    return sortie.getvalue()


def _photo(taille=(1200, 1600), **options) -> bytes:
    image = Image.new("RGB", taille, "white")
    ImageDraw.Draw(image).rectangle((0, 0, taille[0] // 2, taille[1] // 4), fill="navy")
    return _octets(image, "JPEG", **options)


def _relire(page: Page) -> Image.Image:
    return Image.open(io.BytesIO(page.octets))


def _refus(octets: bytes) -> str:
    with pytest.raises(FichierRefuse) as refus:
        assainir_page(octets)
    return refus.value.phrase


def _png_declarant(largeur: int, hauteur: int) -> bytes:
    """A PNG of a few hundred octets that claims to hold that many points."""

    def morceau(nom: bytes, corps: bytes) -> bytes:
        somme = struct.pack(">I", zlib.crc32(nom + corps))
        return struct.pack(">I", len(corps)) + nom + corps + somme

    entete = struct.pack(">IIBBBBB", largeur, hauteur, 8, 0, 0, 0, 0)
    points = zlib.compress(bytes(200_000))
    fin = morceau(b"IDAT", points) + morceau(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + morceau(b"IHDR", entete) + fin


def test_une_photo_est_redessinee_en_jpeg():
    page = assainir_page(_photo())
    assert page.type_mime == "image/jpeg"
    assert dimensions(page) == (1200, 1600)


def test_la_position_gps_et_l_appareil_ne_restent_pas():
    exif = Image.Exif()
    exif[0x010F] = "MarqueFictive"
    exif.get_ifd(GPS)[2] = (48.0, 6.0, 40.0)
    envoyee = _photo(exif=exif, comment=b"chez Camille Fictif")
    assert b"MarqueFictive" in envoyee
    page = assainir_page(envoyee)
    assert b"MarqueFictive" not in page.octets
    assert b"Fictif" not in page.octets
    assert b"Exif" not in page.octets
    assert not _relire(page).getexif()


def test_une_photo_prise_de_cote_est_redressee():
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned a quarter to the right
    page = assainir_page(_photo(exif=exif))
    assert dimensions(page) == (1600, 1200)
    bleu_en_haut_a_droite = _relire(page).getpixel((1590, 10))
    assert bleu_en_haut_a_droite[2] > 100 > bleu_en_haut_a_droite[0]


def test_une_grande_photo_est_reduite():
    assert max(dimensions(assainir_page(_photo((6000, 8000))))) == 2200


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16"])
def test_chaque_sorte_de_png_est_lue(mode):
    page = assainir_page(_octets(Image.new("L", (500, 700), 200).convert(mode), "PNG"))
    assert page.type_mime == "image/jpeg"


def test_un_jpeg_en_quatre_couleurs_est_lu():
    cmjn = _octets(Image.new("CMYK", (500, 700)), "JPEG")
    assert _relire(assainir_page(cmjn)).mode == "RGB"


def test_un_png_transparent_se_lit_sur_fond_blanc():
    page = assainir_page(_octets(Image.new("RGBA", (500, 700), (0, 0, 0, 0)), "PNG"))
    assert _relire(page).getpixel((250, 350)) == (255, 255, 255)


def test_une_archive_renommee_en_photo_est_refusee():
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as archive:
        archive.writestr("photo.jpg", b"rien")
    assert "JPEG ou PNG" in _refus(sortie.getvalue())


def test_un_fichier_vide_est_refuse():
    assert "vide" in _refus(b"")


def test_une_photo_de_50_mo_est_refusee_avec_sa_taille():
    assert "50 Mo" in _refus(b"\xff\xd8\xff" + bytes(50 * 1024 * 1024))


def test_une_photo_heic_est_refusee_avec_le_reglage_a_changer():
    assert "HEIC" in _refus(b"\x00\x00\x00\x24ftypheic" + bytes(40))


@pytest.mark.parametrize(
    ("largeur", "hauteur"), [(60_000, 60_000), (11_000, 9_000), (6_000, 6_000)]
)
def test_une_image_qui_gonfle_est_refusee_sans_etre_ouverte(largeur, hauteur):
    assert "trop de points" in _refus(_png_declarant(largeur, hauteur))


def test_une_photo_coupee_est_refusee():
    assert "abîmé" in _refus(_photo()[:4000])


@pytest.mark.parametrize("debut", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_un_faux_debut_d_image_est_refuse(debut):
    assert "abîmé" in _refus(debut + b"<script>alert(1)</script>" * 40)


def test_un_png_de_texte_qui_gonfle_est_refuse():
    texte = b"zTXt" + b"Comment\0\0" + zlib.compress(bytes(80_000_000))
    morceau = struct.pack(">I", len(texte) - 4) + texte + struct.pack(">I", zlib.crc32(texte))
    entier = _octets(Image.new("L", (500, 700)), "PNG")
    assert "abîmé" in _refus(entier[:33] + morceau + entier[33:])


def test_une_vignette_est_refusee():
    assert "trop petite" in _refus(_photo((120, 160)))


def test_un_refus_ne_montre_pas_ce_qui_est_dans_le_fichier():
    assert repr(Page("image/jpeg", b"secret")) == "Page(image/jpeg, 6 octets)"


# --- The drawing ---


def _dessin(trace, taille=(1200, 400), fond="white", mode="RGB") -> str:
    image = Image.new(mode, taille, fond)
    if trace:
        ImageDraw.Draw(image).line(trace, fill="#10222b", width=5)
    return "data:image/png;base64," + base64.b64encode(_octets(image, "PNG")).decode()


def _refus_trait(data_url: str) -> str:
    with pytest.raises(FichierRefuse) as refus:
        lire_trait(data_url)
    return refus.value.phrase


def test_la_signature_dessinee_devient_une_image_grise_coupee_a_l_encre():
    page = Page("image/png", lire_trait(_dessin([(300, 100), (500, 300), (700, 120)])))
    assert dimensions(page)[0] < 440
    assert dimensions(page)[1] < 240
    image = _relire(page)
    assert image.mode == "L"
    assert image.getextrema()[0] < 60
    assert image.info == {}


def test_la_signature_sur_fond_transparent_est_lue():
    transparent = _dessin([(300, 100), (500, 300)], fond=(0, 0, 0, 0), mode="RGBA")
    assert lire_trait(transparent).startswith(b"\x89PNG")


def test_un_cadre_vide_n_est_pas_une_signature():
    assert "vide" in _refus_trait(_dessin(None))


def test_un_doigt_pose_n_est_pas_une_signature():
    assert "vide" in _refus_trait(_dessin([(300, 100), (303, 101)]))


@pytest.mark.parametrize(
    "data_url",
    [
        "",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,pas du base 64 !",
        "data:image/png;base64,AAAA",
        "data:image/png;base64," + "A" * 1_000_001,
        "data:image/png;base64," + base64.b64encode(_photo()).decode(),
    ],
)
def test_ce_qui_n_est_pas_un_dessin_est_refuse(data_url):
    assert "Effacez-la" in _refus_trait(data_url)


def test_un_dessin_demesure_est_refuse():
    gonfle = "data:image/png;base64," + base64.b64encode(_png_declarant(5_000, 5_000)).decode()
    assert "trop de points" in _refus_trait(gonfle)
