"""The three documents of a fiche, composed: the request, the answer, the sheet of the person."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import page as validateur
import pytest
from PIL import Image, ImageDraw

from relais.adaptateurs.image import Page, assainir_page
from relais.fiches import documents
from relais.regles.lecture import charger
from tests.fiches.exemples import COMPLETE, REFERENCE

PHRASE = "Le dernier courrier de la caisse dit que le relevé de carrière est en vérification. "
TRANSMISE_LE = datetime(2026, 11, 23, 14, 4, tzinfo=UTC)
HOSTILE = replace(
    COMPLETE,
    personne=replace(
        COMPLETE.personne,
        nom_naissance="שלום 🙂 \u202eevas",
        prenom="Z" + "\u0301" * 50,
        adresse="x" * 2000,
        mail="y" * 300 + "@exemple.test",
    ),
    professionnel=replace(COMPLETE.professionnel, nom_prenom="#panic()\x00\n" * 9),
    motif_autre='#read("/etc/passwd") ' * 20,
    commentaire="A" * 1500,
    demande_anterieure="漢字\r\n*gras* $x$",
    complement="مرحبا",
)


@pytest.fixture(scope="module")
def convention():
    return charger("conventions/demonstration.toml")


@pytest.fixture(scope="module")
def trait():
    image = Image.new("L", (800, 300), 255)
    ImageDraw.Draw(image).line([(50, 200), (400, 60), (750, 240)], fill=0, width=6)
    sortie = io.BytesIO()
    image.save(sortie, "PNG")
    return Page("image/png", sortie.getvalue())


@pytest.fixture(scope="module")
def photo():
    sortie = io.BytesIO()
    Image.new("RGB", (1500, 2100), "beige").save(sortie, "JPEG")
    return assainir_page(sortie.getvalue())


@pytest.fixture
def demander(convention):
    def demander(contenu, page=None):
        return documents.demande(contenu, reference=REFERENCE, convention=convention, page=page)

    return demander


@pytest.fixture
def repondre(convention):
    def repondre(contenu, reponse, **options):
        return documents.reponse(
            contenu,
            reponse,
            reference=REFERENCE,
            convention=convention,
            traitee_le=date(2026, 11, 25),
            **options,
        )

    return repondre


@pytest.fixture
def remettre(convention):
    def remettre(contenu):
        return documents.feuille(
            contenu,
            reference=REFERENCE,
            convention=convention,
            transmise_le=TRANSMISE_LE,
            reponse_due_le=TRANSMISE_LE + timedelta(hours=72),
        )

    return remettre


def valide(octets: bytes) -> None:
    for norme in ("2a", "ua1"):
        rapport = validateur.validate_pdf_bytes(octets, profile=norme)
        assert [faute.message for faute in rapport.failures] == []
        assert rapport.is_compliant
