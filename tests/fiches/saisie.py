"""The form of a fiche as it is typed and posted, and what the page answers."""

import base64
import html
import io
import re
from typing import Any

import pytest
from django.test import Client
from PIL import Image, ImageDraw

from relais.fiches.actions import brouillons
from relais.fiches.models import Brouillon
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT
from tests.personas import Personas, connecter

SAISIE = {
    "professionnel_nom": "Essai Ada",
    "professionnel_telephone": "02 61 91 35 00",
    "nom_naissance": "Fictif",
    "prenom": "Camille",
    "nir": "1 85 05 78 006 084 91",
    "telephone": "02 61 91 35 77",
    "situations": ["rsa"],
    "dossiers": ["retraite"],
    "motifs": ["rupture"],
    "perimetre_ressources": "coupees",
    "perimetre_ressources_le": "2026-10-01",
    "commentaire": "Demande déposée le 12 mars.",
    "informe": "on",
    "non_opposition": "on",
}


def trait() -> str:
    """A drawn signature as the page posts it."""
    image = Image.new("RGBA", (600, 200), (255, 255, 255, 0))
    ImageDraw.Draw(image).line([(40, 150), (200, 40), (330, 160), (560, 60)], fill="black", width=6)
    tampon = io.BytesIO()
    image.save(tampon, "PNG")
    return "data:image/png;base64," + base64.b64encode(tampon.getvalue()).decode()


def version(page: bytes) -> str:
    trouve = re.search(rb'name="version"[^>]*value="(\d+)"', page)
    assert trouve
    return trouve[1].decode()


@pytest.fixture
def social(personas: Personas) -> Client:
    return connecter(personas.ts_rennes)


@pytest.fixture
def adresse(social: Client) -> str:
    return social.post("/fiches/nouvelle/").headers["Location"]


def saisir(social: Client, adresse: str, **autres: Any) -> Any:
    """Post the whole form, with these values instead; `geste` is « enregistrer » unless told."""
    envoi = SAISIE | {"version": version(social.get(adresse).content), "geste": "enregistrer"}
    return social.post(adresse, envoi | autres)


def lisible(reponse: Any) -> str:
    return html.unescape(reponse.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def au_brouillon() -> Any:
    with gestes.vu_de(DEPARTEMENT):
        return brouillons.lire(Brouillon.objects.get())


def erreur_de(page: str, champ: str) -> str:
    """The words of the errors that the page ties to one field."""
    trouve = re.search(rf'<ul[^>]*id="id_{champ}_error".*?</ul>', page, re.S)
    return trouve[0] if trouve else ""
