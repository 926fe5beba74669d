"""A signed page that comes as a PDF: what draws is kept, what acts or tells goes."""

import io
import re

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String
from PIL import Image

from relais.adaptateurs.image import FichierRefuse, assainir_page
from relais.adaptateurs.page_pdf import sans_metadonnees

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


def test_la_photo_dans_le_pdf_perd_sa_position():
    exif = Image.Exif()
    exif[0x010F] = "MarqueFictive"
    sortie = io.BytesIO()
    Image.new("RGB", (600, 800), "teal").save(sortie, "JPEG", exif=exif, comment=b"chez moi")
    photo = sortie.getvalue()
    pdf = _simple()
    image = pdf.make_stream(
        photo,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=600,
        Height=800,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
        Filter=Name.DCTDecode,
        Metadata=pdf.make_stream(b"<xmp>MarqueFictive</xmp>"),
    )
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(Im=image))
    pdf.pages[0].Contents = pdf.make_stream(b"595 0 0 842 0 0 cm /Im Do")
    propre = assainir_page(_octets(pdf)).octets
    assert b"MarqueFictive" not in propre
    assert b"chez moi" not in propre
    with pikepdf.open(io.BytesIO(propre)) as relu:
        gardee = relu.pages[0].Resources.XObject.Im.read_raw_bytes()
    points = [Image.open(io.BytesIO(une)).tobytes() for une in (photo, gardee)]
    assert points[0] == points[1]


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


def test_un_jpeg_deja_nu_ne_change_pas():
    sortie = io.BytesIO()
    Image.new("L", (40, 40)).save(sortie, "JPEG")
    assert sans_metadonnees(sortie.getvalue()) == sortie.getvalue()
    assert sans_metadonnees(b"pas un jpeg") == b"pas un jpeg"
