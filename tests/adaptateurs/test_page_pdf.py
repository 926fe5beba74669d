"""A signed page that comes as a PDF: what draws is kept, what acts or tells goes."""

import base64
import io
import re
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from relais.adaptateurs.image import FichierRefuse, assainir_page

TRAIT = b"0 0 1 RG 5 w 100 100 m 400 300 l S"
ACTIFS = {
    *("JavaScript", "JS", "Launch", "OpenAction", "AA", "URI", "SubmitForm", "RichMedia"),
    *("EmbeddedFile", "EmbeddedFiles", "Filespec", "AF", "Names", "AcroForm", "XFA", "Annots"),
    *("Metadata", "Author", "PieceInfo", "Thumb"),
}


def _page(pdf: Pdf) -> None:
    pdf.add_blank_page(page_size=(595, 842))
    pdf.pages[-1].Contents = pdf.make_stream(TRAIT)


def _octets(pdf: Pdf, **options) -> bytes:
    sortie = io.BytesIO()
    pdf.save(sortie, **options)
    return sortie.getvalue()


def _simple(pages: int = 1) -> Pdf:
    pdf = pikepdf.new()
    for _ in range(pages):
        _page(pdf)
    return pdf


def _refus(octets: bytes) -> str:
    with pytest.raises(FichierRefuse) as refus:
        assainir_page(octets)
    return refus.value.phrase


def _cles(octets: bytes) -> set[str]:
    """Every name of the file, keys and values, those of the streams' dictionaries included."""
    return {nom.decode() for nom in re.findall(rb"/([A-Za-z]+)", _en_clair(octets))}


def _en_clair(octets: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        return _octets(
            pdf,
            qdf=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
        )


def _pdf_arme() -> bytes:
    pdf = _simple()
    script = Dictionary(S=Name.JavaScript, JS=String("app.alert('Camille Fictif')"))
    lancer = Dictionary(S=Name.Launch, F=String("cmd.exe"))
    pdf.Root.OpenAction = pdf.make_indirect(script)
    pdf.Root.AA = Dictionary(WC=script)
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script])))
    pdf.attachments["virus.exe"] = b"MZ" + bytes(100)
    pdf.docinfo["/Author"] = "Camille Fictif"
    with pdf.open_metadata() as xmp:
        xmp["dc:creator"] = ["Camille Fictif"]
    page = pdf.pages[0]
    page.AA = Dictionary(O=lancer)
    page.PieceInfo = Dictionary(Outil=Dictionary(Private=String("Camille Fictif")))
    page.Thumb = pdf.make_stream(b"Camille Fictif")
    page.Annots = Array(
        [
            Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=lancer),
            Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9])),
            Dictionary(
                Type=Name.Annot,
                Subtype=Name.Link,
                Rect=Array([0, 0, 9, 9]),
                A=Dictionary(S=Name.URI, URI=String("https://exemple.invalid")),
            ),
        ]
    )
    return _octets(pdf)


def test_une_page_simple_garde_son_dessin():
    page = assainir_page(_octets(_simple()))
    assert page.type_mime == "application/pdf"
    with pikepdf.open(io.BytesIO(page.octets)) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.pages[0].Contents.read_bytes() == TRAIT
        assert [float(cote) for cote in pdf.pages[0].mediabox] == [0, 0, 595, 842]


def test_scripts_lancements_et_pieces_jointes_disparaissent():
    arme = _pdf_arme()
    assert {"JavaScript", "Launch", "EmbeddedFiles", "RichMedia", "PieceInfo"} <= _cles(arme)
    propre = assainir_page(arme).octets
    assert not _cles(propre) & ACTIFS


def test_aucune_trace_de_l_auteur_ne_reste():
    propre = assainir_page(_pdf_arme()).octets
    assert b"Fictif" in _en_clair(_pdf_arme())
    assert b"Fictif" not in _en_clair(propre)
    assert "Info" not in _cles(propre)


def test_un_champ_rempli_devient_un_dessin():
    pdf = _simple()
    apparence = pdf.make_stream(
        b"BT /F1 12 Tf (Camille) Tj ET",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 100, 20]),
    )
    champ = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("nom"),
            V=String("Camille"),
            Rect=Array([50, 50, 150, 70]),
            F=4,
            AP=Dictionary(N=apparence),
        )
    )
    pdf.pages[0].Annots = Array([champ])
    pdf.Root.AcroForm = Dictionary(Fields=Array([champ]))
    propre = assainir_page(_octets(pdf)).octets
    assert not _cles(propre) & {"AcroForm", "Annots", "Widget"}
    assert b"(Camille) Tj" in _en_clair(propre)


def _photo(nature: str = "JPEG") -> bytes:
    """A picture with what a device writes beside it."""
    exif = Image.Exif()
    exif[0x010F] = "MarqueFictive"
    sortie = io.BytesIO()
    Image.effect_noise((600, 800), 90).save(sortie, nature, exif=exif, comment=b"chez moi")
    return sortie.getvalue()


def _pdf_de_la_photo(photo: bytes, filtre: object, parametres: object = None) -> bytes:
    pdf = _simple()
    image = pdf.make_stream(
        b"",
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=600,
        Height=800,
        ColorSpace=Name.DeviceGray,
        BitsPerComponent=8,
        Metadata=pdf.make_stream(b"<xmp>MarqueFictive</xmp>"),
    )
    image.write(photo, filter=filtre, decode_parms=parametres)
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im=image))
    pdf.pages[0].Contents = pdf.make_stream(b"595 0 0 842 0 0 cm /Im Do")
    return _octets(pdf)


def _photo_gardee(octets: bytes) -> bytes:
    """What the cleaned file keeps of its picture; nothing laid around it."""
    propre = assainir_page(octets).octets
    assert b"MarqueFictive" not in propre
    with pikepdf.open(io.BytesIO(propre)) as relu:
        image = relu.pages[0].Resources.XObject.Im
        assert image.Filter in (Name.DCTDecode, Name.JPXDecode)
        return image.read_raw_bytes()


def _points(photo: bytes) -> bytes:
    return Image.open(io.BytesIO(photo)).tobytes()


ENROBAGES = {
    "seule": (lambda octets: octets, [Name.DCTDecode]),
    "comprimee": (zlib.compress, [Name.FlateDecode, Name.DCTDecode]),
    "en_texte": (
        lambda octets: base64.a85encode(octets) + b"~>",
        [Name.ASCII85Decode, Name.DCTDecode],
    ),
    "en_hexadecimal": (
        lambda octets: octets.hex().encode() + b">",
        [Name.ASCIIHexDecode, Name.DCTDecode],
    ),
    "deux_fois": (
        lambda octets: base64.a85encode(zlib.compress(octets)) + b"~>",
        [Name.ASCII85Decode, Name.FlateDecode, Name.DCTDecode],
    ),
    "noms_courts": (zlib.compress, [Name.Fl, Name.DCT]),
}


def test_la_photo_dans_le_pdf_perd_sa_position():
    photo = _photo()
    assert b"MarqueFictive" in photo
    gardee = _photo_gardee(_pdf_de_la_photo(photo, Name.DCTDecode))
    assert b"chez moi" not in gardee
    assert _points(gardee) == _points(photo)


@pytest.mark.parametrize("enrobage", ENROBAGES)
def test_ce_qui_enrobe_la_photo_ne_cache_pas_sa_position(enrobage):
    enrober, filtres = ENROBAGES[enrobage]
    photo = _photo()
    gardee = _photo_gardee(_pdf_de_la_photo(enrober(photo), Array(filtres)))
    assert b"MarqueFictive" not in gardee
    assert b"chez moi" not in gardee
    assert _points(gardee) == _points(photo)


def test_le_reglage_de_la_photo_reste_avec_elle():
    parametres = Array([None, Dictionary(ColorTransform=0)])
    pdf = _pdf_de_la_photo(
        zlib.compress(_photo()), Array([Name.FlateDecode, Name.DCTDecode]), parametres
    )
    with pikepdf.open(io.BytesIO(assainir_page(pdf).octets)) as relu:
        assert relu.pages[0].Resources.XObject.Im.DecodeParms.ColorTransform == 0


def test_une_photo_jpeg_2000_perd_ses_boites_et_garde_ses_points():
    sortie = io.BytesIO()
    Image.effect_noise((600, 800), 90).save(sortie, "JPEG2000", comment="MarqueFictive ici")
    nue = sortie.getvalue()
    boites = b"".join(
        (8 + len(dite)).to_bytes(4, "big") + nature + dite
        for nature, dite in ((b"uuid", bytes(16) + b"MarqueFictive"), (b"xml ", b"<x>Fictif</x>"))
    )
    photo = nue + boites
    assert b"MarqueFictive ici" in nue
    gardee = _photo_gardee(_pdf_de_la_photo(photo, Name.JPXDecode))
    assert b"Fictif" not in gardee
    assert _points(gardee) == _points(nue)


def test_une_photo_jpeg_2000_sans_boites_perd_son_commentaire():
    sortie = io.BytesIO()
    image = Image.effect_noise((600, 800), 90)
    image.save(sortie, "JPEG2000", no_jp2=True, comment="MarqueFictive ici")
    gardee = _photo_gardee(_pdf_de_la_photo(sortie.getvalue(), Name.JPXDecode))
    assert b"MarqueFictive" not in gardee
    assert _points(gardee) == _points(sortie.getvalue())


@pytest.mark.parametrize(
    ("octets", "filtres"),
    [
        (b"pas une photo", [Name.DCTDecode]),
        (b"pas une photo", [Name.JPXDecode]),
        (b"\0\0\0\x0cjP  \r\n\x87\n\0\0\0\x99uuid", [Name.JPXDecode]),
        (_photo(), [Name.RunLengthDecode, Name.DCTDecode]),
        (zlib.compress(_photo()), [Name.DCTDecode, Name.FlateDecode]),
    ],
)
def test_une_photo_qui_ne_se_lit_pas_est_refusee(octets, filtres):
    assert "abîmé" in _refus(_pdf_de_la_photo(octets, Array(filtres)))


def test_une_photo_qui_gonfle_est_refusee():
    bombe = zlib.compress(b"\xff\xd8" + bytes(64 * 1024 * 1024))
    phrase = _refus(_pdf_de_la_photo(bombe, Array([Name.FlateDecode, Name.DCTDecode])))
    assert "trop lourde" in phrase


def test_ce_que_la_page_herite_est_garde():
    pdf = _simple()
    pdf.Root.Pages.Resources = Dictionary(ExtGState=Dictionary(Gs=Dictionary(CA=1)))
    pdf.Root.Pages.Rotate = 90
    del pdf.pages[0].obj[Name.Resources]
    with pikepdf.open(io.BytesIO(assainir_page(_octets(pdf)).octets)) as relu:
        assert "/ExtGState" in relu.pages[0].resources
        assert relu.pages[0].obj.get(Name.Rotate) == 90


def test_plusieurs_pages_sont_refusees_avec_leur_nombre():
    assert "3 pages" in _refus(_octets(_simple(3)))


def test_un_pdf_sans_page_est_refuse():
    assert "ne contient pas de page" in _refus(_octets(pikepdf.new()))


@pytest.mark.parametrize("mot_de_passe", ["secret", ""])
def test_un_pdf_protege_est_refuse(mot_de_passe):
    protection = pikepdf.Encryption(owner="proprietaire", user=mot_de_passe)
    assert "mot de passe" in _refus(_octets(_simple(), encryption=protection))


@pytest.mark.parametrize(
    "octets",
    [b"%PDF-1.7\n" + b"n'importe quoi " * 50, b"%PDF-1.7", _octets(_simple())[:120]],
)
def test_un_pdf_casse_est_refuse(octets):
    assert "abîmé" in _refus(octets)


def test_un_arbre_de_pages_qui_tourne_en_rond_est_refuse():
    pdf = _simple()
    pdf.Root.Pages.Kids = Array([pdf.Root.Pages, pdf.Root.Pages])
    assert "." in _refus(_octets(pdf))


def test_le_meme_pdf_donne_le_meme_fichier():
    arme = _pdf_arme()
    assert assainir_page(arme).octets == assainir_page(arme).octets
