"""The signed page that is given: a photo, a PDF or a drawing, or what is none of them."""

import io
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from relais.fiches.actions import brouillons
from relais.fiches.models import Brouillon
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT
from tests.fiches.saisie import adresse, au_brouillon, erreur_de, lisible, saisir, social
from tests.personas import Personas

__all__ = ["adresse", "social"]  # fixtures


def jpeg(cote: int = 900) -> bytes:
    tampon = io.BytesIO()
    Image.effect_noise((cote, cote), 60).convert("RGB").save(tampon, "JPEG")
    return tampon.getvalue()


def pdf(*, pages: int = 1, script: bool = False) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    if script:
        document.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert('lu')")
        )
    tampon = io.BytesIO()
    document.save(tampon)
    return tampon.getvalue()


def joindre(social: Client, adresse: str, octets: bytes, nom: str, **autres: Any) -> Any:
    piece = SimpleUploadedFile(nom, octets, content_type="image/jpeg")
    return saisir(social, adresse, page_signee=piece, **autres)


PIECES = {
    "vide": (b"", "photo.jpg"),
    "pas_une_photo": (b"<script>alert(1)</script>" * 50, "photo.jpg"),
    "debut_de_photo": (jpeg()[:300], "photo.jpg"),
    "deux_pages": (pdf(pages=2), "page.pdf"),
    "pdf_casse": (b"%PDF-1.7 rien", "page.pdf"),
    "programme": (b"MZ" + b"\0" * 4000, "photo.png"),
}


@pytest.mark.parametrize("cas", PIECES)
def test_une_piece_impossible_se_dit_a_cote_et_le_reste_est_garde(
    cas: str, social: Client, adresse: str
) -> None:
    reponse = joindre(social, adresse, *PIECES[cas], commentaire="Gardez-moi.")
    assert reponse.status_code == 422
    assert erreur_de(lisible(reponse), "page_signee")
    assert au_brouillon().commentaire == "Gardez-moi."
    assert au_brouillon().signature is None


@pytest.mark.parametrize("mega", [11, 50])
def test_une_photo_trop_lourde_se_dit_a_cote_et_le_reste_est_garde(
    mega: int, social: Client, adresse: str
) -> None:
    lourde = jpeg() + b"\0" * (mega * 1024 * 1024)
    for geste in ("enregistrer", "relire"):
        reponse = joindre(social, adresse, lourde, "photo.jpg", commentaire=geste, geste=geste)
        assert reponse.status_code == 422
        page = lisible(reponse)
        assert "10 Mo" in erreur_de(page, "page_signee")
        assert "est à signer" not in page  # one reason, the right one
        assert au_brouillon().commentaire == geste
        assert au_brouillon().signature is None


def test_un_pdf_avec_un_script_est_garde_sans_son_script(
    social: Client, adresse: str, personas: Personas
) -> None:
    joindre(social, adresse, pdf(script=True), "page.pdf")
    with gestes.vu_de(DEPARTEMENT):
        page = brouillons.lire_signature(Brouillon.objects.get())
    if page is not None:
        assert b"JavaScript" not in page.octets
        assert b"app.alert" not in page.octets


def test_une_photo_ordinaire_signe_la_fiche(social: Client, adresse: str) -> None:
    assert joindre(social, adresse, jpeg(), "photo.jpg").status_code == 302
    assert au_brouillon().signature.mode == "page"


@pytest.mark.parametrize(
    "dessin", ["data:image/png;base64,AAAA", "data:text/html,<b>", "x", "data:image/png;base64,é"]
)
def test_un_dessin_qui_n_en_est_pas_un_est_refuse(
    dessin: str, social: Client, adresse: str
) -> None:
    reponse = saisir(social, adresse, signature=dessin)
    assert reponse.status_code == 422
    assert au_brouillon().signature is None
    assert au_brouillon().personne.prenom == "Camille"
