"""A social security number typed into a free text: said at once, in words that help."""

from dataclasses import replace

import pytest

from tests.fiches import gestes
from tests.fiches.etapes import demandee
from tests.fiches.gestes import DEMANDE, apres
from tests.fiches.saisie import SAISIE
from tests.personas import Personas, connecter

NUMERO = "Son numéro : 1 85 05 78 006 084 91."


@pytest.mark.parametrize("chemin", ["", "brouillon/", "envoyer/"])
def test_un_numero_dans_le_commentaire_se_dit(chemin: str, personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes, replace(DEMANDE, commentaire=NUMERO))
    navigateur, ici = connecter(personas.ts_rennes), f"/fiches/{fiche.reference}/"
    if chemin == "brouillon/":
        saisie = SAISIE | {"version": "3", "commentaire": NUMERO}
        page = navigateur.post(f"{ici}{chemin}", saisie)
    else:
        page = navigateur.get(f"{ici}{chemin or 'ecrire/'}")
    assert "semble écrit dans le commentaire" in page.content.decode()


@pytest.mark.parametrize("chemin", ["ecrire/", "envoyer/"])
def test_un_numero_dans_le_commentaire_deja_envoye_ne_se_reproche_plus(
    chemin: str, personas: Personas
) -> None:
    """A complement does not change the comment: nobody could take the number off."""
    fiche = demandee(personas, replace(DEMANDE, commentaire=NUMERO))
    gestes.preparer(personas.ts_rennes, fiche, "Déposée en mars.", le=apres(hours=4))
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/{chemin}")
    assert page.status_code == 200
    assert "semble écrit" not in page.content.decode()


@pytest.mark.parametrize("chemin", ["ecrire/", "envoyer/"])
def test_un_numero_dans_la_reponse_a_la_caisse_se_dit(chemin: str, personas: Personas) -> None:
    fiche = demandee(personas)
    gestes.preparer(personas.ts_rennes, fiche, NUMERO, le=apres(hours=4))
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/{chemin}")
    assert "semble écrit dans la réponse" in page.content.decode()


@pytest.mark.parametrize(("reponse", "dit"), [(NUMERO, True), ("Déposée en mars.", False)])
def test_un_numero_dans_la_reponse_se_dit_pendant_qu_on_l_ecrit(
    reponse: str, dit: bool, personas: Personas
) -> None:
    fiche = demandee(personas, replace(DEMANDE, commentaire=NUMERO))
    brouillon = gestes.preparer(personas.ts_rennes, fiche, "", le=apres(hours=4))
    ligne = connecter(personas.ts_rennes).post(
        f"/fiches/{fiche.reference}/brouillon/",
        {"version": brouillon.version, "complement": reponse, "commentaire": NUMERO},
    )
    lu = ligne.content.decode().replace("&nbsp;", " ")
    assert "Brouillon enregistré" in lu
    assert ("dans la réponse : effacez-le, il a sa place plus bas" in lu) == dit
