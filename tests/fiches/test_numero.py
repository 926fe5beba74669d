"""The whole NIR: one act for who took charge, a reason for everybody else, all of it journaled."""

from dataclasses import replace
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches.actions import numero
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Fiche
from relais.journal.models import Evenement
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.fiches.lire_pdf import images, texte
from tests.personas import Personas, connecter

NUMERO = "1 85 05 78 006 084 91"
MASQUE = "1 •• •• •• ••• ••• 91"


def objets(organisation: str) -> list[str]:
    with gestes.vu_de(organisation):
        traces = Evenement.objects.filter(action="copie_nir").order_by("pk")
        return list(traces.values_list("objet", flat=True))


def test_qui_a_pris_en_charge_copie_d_un_geste(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    reponse = connecter(personas.agent_caisse).post(
        f"/fiches/{fiche.reference}/numero/", headers={"accept": "text/plain"}
    )
    assert reponse.content.decode() == NUMERO
    assert objets(CAISSE) == [fiche.reference]


def test_une_fiche_attribuee_et_pas_encore_prise_demande_une_raison(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with contexte(personas.responsable_caisse):
        Fiche.objects.filter(pk=fiche.pk).update(chargee_a=personas.agent_caisse.agent)
    navigateur = connecter(personas.agent_caisse)
    assert navigateur.post(f"/fiches/{fiche.reference}/numero/").status_code == 422


@pytest.mark.parametrize(
    ("qui", "organisation"),
    [
        ("agent_caisse_collegue", CAISSE),
        ("responsable_caisse", CAISSE),
        ("ts_rennes", DEPARTEMENT),
        ("encadrante_rennes", DEPARTEMENT),
    ],
)
def test_toute_autre_personne_dit_pourquoi(personas: Personas, qui: str, organisation: str) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    navigateur = connecter(getattr(personas, qui))
    adresse = f"/fiches/{fiche.reference}/numero/"
    assert NUMERO not in navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    demande = navigateur.get(adresse).content.decode()
    assert "Pourquoi avez-vous besoin du numéro" in demande
    for motif in ("", "curiosite"):
        refusee = navigateur.post(adresse, {"motif": motif})
        assert refusee.status_code == 422
        assert "Choisissez une raison." in refusee.content.decode() or motif
        assert NUMERO not in refusee.content.decode()
    assert objets(organisation) == []
    assert NUMERO in navigateur.post(adresse, {"motif": "demarche"}).content.decode()
    assert objets(organisation) == [f"{fiche.reference}:demarche"]


def test_passee_a_un_collegue_c_est_lui_qui_copie_d_un_geste(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    with contexte(personas.agent_caisse):
        Fiche.objects.filter(pk=fiche.pk).update(chargee_a=personas.agent_caisse_collegue.agent)
    adresse = f"/fiches/{fiche.reference}/numero/"
    assert connecter(personas.agent_caisse).post(adresse).status_code == 422
    assert NUMERO in connecter(personas.agent_caisse_collegue).post(adresse).content.decode()


def papier(qui: Affectation, fiche: Fiche, nom: str) -> str:
    reponse = connecter(qui).get(f"/fiches/{fiche.reference}/{nom}")
    assert reponse.headers["Content-Type"] == "application/pdf"
    return texte(reponse.content).replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize("nom", ["demande.pdf", "reponse.pdf"])
def test_un_papier_de_la_caisse_porte_le_numero_entier_pour_qui_a_pris_en_charge(
    personas: Personas, nom: str
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    for qui in (personas.agent_caisse_collegue, personas.responsable_caisse):
        lu = papier(qui, fiche, nom)
        assert NUMERO not in lu
        assert MASQUE in lu
    assert objets(CAISSE) == []
    assert NUMERO in papier(personas.agent_caisse, fiche, nom)
    assert objets(CAISSE) == [fiche.reference]
    assert NUMERO in papier(personas.ts_rennes, fiche, nom)
    assert objets(DEPARTEMENT) == []


def test_la_page_de_la_caisse_dit_que_ses_papiers_sont_masques(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur, dit = connecter(personas.agent_caisse), "Dans les PDF, le numéro"
    assert dit in navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    gestes.prendre(personas.agent_caisse, fiche)
    assert dit not in navigateur.get(f"/fiches/{fiche.reference}/").content.decode()


def test_la_page_signee_porte_le_numero_et_suit_la_meme_regle(personas: Personas) -> None:
    """Photographed, it is annex 1 as it was printed, with the number in full."""
    posee = replace(gestes.SIGNEE, mode="page")
    with mock.patch.object(gestes, "SIGNEE", posee):
        fiche = gestes.transmettre(personas.ts_rennes)
    adresse = f"/fiches/{fiche.reference}/page-signee/"
    collegue = connecter(personas.agent_caisse_collegue)
    refusee = collegue.get(adresse, follow=True)
    assert "La page signée porte le numéro" in refusee.content.decode()
    masquee = collegue.get(f"/fiches/{fiche.reference}/demande.pdf").content
    assert not images(masquee)[-1].startswith("Page signée")
    assert "jointe à part" in texte(masquee)
    gestes.prendre(personas.agent_caisse, fiche)
    assert objets(CAISSE) == []
    agent = connecter(personas.agent_caisse)
    assert agent.get(adresse).headers["Content-Disposition"].startswith("attachment")
    entiere = agent.get(f"/fiches/{fiche.reference}/demande.pdf").content
    assert images(entiere)[-1].startswith("Page signée")
    assert objets(CAISSE) == [fiche.reference] * 2


def test_un_trait_ne_montre_aucun_numero(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    vue = connecter(personas.agent_caisse_collegue).get(f"/fiches/{fiche.reference}/page-signee/")
    assert vue.status_code == 200
    assert objets(CAISSE) == []


def test_sans_droit_sur_la_fiche_aucune_raison_ne_suffit(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    for qui in (personas.ts_redon, personas.agent_autre_caisse, personas.referent_caisse):
        with contexte(qui), pytest.raises(PermissionDenied):
            numero.copier(fiche, motif="demarche", par=qui)


def test_une_fiche_sans_numero_n_a_rien_a_montrer(personas: Personas) -> None:
    sans = replace(gestes.DEMANDE.personne, nir=None, nir_cle=None, sans_nir="ne_connait_pas")
    fiche = gestes.transmettre(personas.ts_rennes, replace(gestes.DEMANDE, personne=sans))
    navigateur = connecter(personas.ts_rennes)
    assert navigateur.get(f"/fiches/{fiche.reference}/numero/").status_code == 404
    with contexte(personas.ts_rennes), pytest.raises(ActeRefuse):
        numero.copier(fiche, motif="demarche", par=personas.ts_rennes)
