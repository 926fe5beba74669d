"""The sentences shown again while an answer is written: a request of the page, not of its agent."""

from tests.fiches import gestes
from tests.personas import Personas, connecter

PAYEE = {"nature": "paiement_debloque", "versement_le": "2030-12-01"}


def test_un_apercu_en_retard_ne_prend_pas_le_message_de_l_envoi(personas: Personas) -> None:
    """The last field written asks for it as « Envoyer » is pressed: it may well come second."""
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.agent_caisse)
    adresse = f"/fiches/{fiche.reference}/repondre/"
    envoi = navigateur.post(adresse, PAYEE | {"geste": "envoyer"})
    navigateur.post(adresse, PAYEE | {"geste": "apercu"}, headers={"HX-Request": "true"})
    assert "La réponse est envoyée." in navigateur.get(envoi["Location"]).content.decode()
