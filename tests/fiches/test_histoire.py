"""The story by HTTP, two people, no browser: write, sign, send, take charge, answer, close."""

import re

from relais.annuaire.contexte import contexte
from relais.fiches.models import Avis, Fiche
from tests.fiches.saisie import SAISIE, trait, version
from tests.personas import Personas, connecter


def test_une_fiche_part_et_revient(personas: Personas) -> None:
    social = connecter(personas.ts_rennes)
    adresse = social.post("/fiches/nouvelle/").headers["Location"]
    page = social.get(adresse)
    assert page.status_code == 200
    envoi = SAISIE | {"version": version(page.content), "signature": trait(), "geste": "relire"}
    reponse = social.post(adresse, envoi)
    assert reponse.status_code == 302, re.findall(
        r"erreurs.*?</ul>", reponse.content.decode(), re.S
    )
    confirmation = social.get(reponse.headers["Location"])
    assert "Envoyer cette fiche à la Carsat Bretagne".encode() in confirmation.content
    assert b"1 \xe2\x80\xa2\xe2\x80\xa2" in confirmation.content
    partie = social.post(
        reponse.headers["Location"], {"version": version(confirmation.content)}, follow=True
    )
    assert "La fiche est envoyée" in partie.content.decode()

    caisse = connecter(personas.agent_caisse)
    liste = caisse.get("/corbeille/")
    assert "Camille FICTIF" in liste.content.decode()
    prise = caisse.post("/corbeille/suivante/", follow=True)
    assert "pris cette fiche en charge" in prise.content.decode()
    with contexte(personas.agent_caisse):
        fiche = Fiche.objects.get()
    donnee = caisse.post(
        f"/fiches/{fiche.reference}/repondre/",
        {"nature": "paiement_debloque", "versement_le": "2026-12-01", "geste": "envoyer"},
        follow=True,
    )
    assert "La réponse est envoyée" in donnee.content.decode()

    lue = social.get(f"/fiches/{fiche.reference}/")
    assert "Le paiement est débloqué" in lue.content.decode()
    close = social.post(
        f"/fiches/{fiche.reference}/clore/", {"issue": "ressources_retablies"}, follow=True
    )
    assert "Terminée\u00a0: ressources rétablies" in close.content.decode()
    assert set(Avis.objects.values_list("objet", flat=True)) == {
        "demande_urgente",
        "reponse_a_demande_urgente",
    }
    for document in ("demande.pdf", "reponse.pdf", "feuille.pdf"):
        assert social.get(f"/fiches/{fiche.reference}/{document}").content.startswith(b"%PDF")
