"""The pictures of the help show the screens as they are: `make captures` takes them again."""

import os
import random

import pytest

from relais.fiches import modes_operatoires, reference
from relais.socle import horloge
from tests.parcours import captures, captures_du_reperage
from tests.personas import creer_personas


@pytest.fixture
def plateau(base, visiteur, monkeypatch):
    """The clock stands still and references are drawn in the same order each time."""
    monkeypatch.setattr(horloge, "maintenant", lambda: captures.MAINTENANT)
    monkeypatch.setattr(reference, "secrets", random.Random(35))
    return captures.planter(creer_personas(), visiteur)


@pytest.mark.timeout(400)
def test_les_captures_de_l_aide_montrent_les_ecrans_d_aujourd_hui(plateau):
    prises = {}
    for nom, faire in captures.SCENES.items():
        page = faire(plateau)
        prises[nom] = captures.prendre(page)
        page.context.close()
    if os.environ.get("RELAIS_CAPTURES"):
        captures.ecrire_captures(prises)
    connues = captures.lire_empreintes()
    perimees = [
        nom
        for nom, prise in prises.items()
        if connues.get(nom) != prise.empreinte
        or captures.ecart(prise, captures.DOSSIER / f"{nom}.webp") > captures.TOLERANCE
    ]
    assert perimees == [], "ces écrans ont changé : make captures"


def test_chaque_image_de_l_aide_a_sa_scene_et_chaque_scene_sert():
    assert captures_du_reperage.SCENES is captures.SCENES
    assert modes_operatoires.images() == set(captures.SCENES)
    sur_le_disque = {fichier.stem for fichier in captures.DOSSIER.glob("*.webp")}
    assert sur_le_disque == set(captures.SCENES)
