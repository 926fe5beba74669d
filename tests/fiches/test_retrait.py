"""Withdrawal and recall: the motive stays with the Département, the caisse has nothing left."""

import pytest

from relais.annuaire.contexte import contexte
from relais.fiches import effacement
from relais.fiches.actions import envois, reprises
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Envoi, Exemplaire, Fiche, Tour, Transition
from relais.regles.retrait import LIBELLES_RETRAIT, MotifRetrait
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT, DISCRETE, PRECISION, apres
from tests.personas import Personas, connecter


@pytest.mark.parametrize("motif", MotifRetrait)
def test_le_motif_reste_au_departement(motif: MotifRetrait, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    gestes.retirer(personas.ts_rennes, fiche, motif)
    retiree = gestes.relire(fiche, DEPARTEMENT)
    assert (retiree.retiree_le, retiree.motif_retrait) == (apres(hours=4), motif)
    assert gestes.compteurs()["geste:retirer"] == 1
    assert not [code for code in gestes.compteurs() if motif in code]
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
    assert f"Retirée\u00a0: {LIBELLES_RETRAIT[motif]}" in page
    assert "Retirée le 23\u00a0novembre 2026" in page
    caisse = connecter(personas.agent_caisse)
    assert caisse.get(f"/fiches/{fiche.reference}/").status_code == 404
    for adresse in ("/corbeille/", "/corbeille/?vue=traitees"):
        assert fiche.reference not in caisse.get(adresse).content.decode()
    with gestes.vu_de(CAISSE):
        assert not Fiche.objects.exists()
        assert not Tour.objects.exists()
        assert not Transition.objects.filter(geste="retirer").exists()
        assert not Exemplaire.objects.filter(destruction_engagee_le=None).exists()


def test_retirer_dit_pourquoi(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.lire(personas.agent_caisse, fiche)
    navigateur = connecter(personas.ts_rennes)
    adresse = f"/fiches/{fiche.reference}/retirer/"
    for donnees in ({}, {"motif": ""}, {"motif": "ennui"}):
        reponse = navigateur.post(adresse, donnees)
        assert reponse.status_code == 422
        assert 'aria-invalid="true"' in reponse.content.decode()
    with pytest.raises(ActeRefuse) as refus, contexte(personas.ts_rennes):
        envois.retirer(fiche, None, par=personas.ts_rennes, maintenant=apres(hours=4))
    assert set(refus.value.manques) == {"motif"}
    assert gestes.relire(fiche, CAISSE).statut == "transmise"


@pytest.mark.parametrize("contenu", [DEMANDE, DISCRETE], ids=["informe", "discrete"])
def test_retirer_detruit_aussi_ce_que_la_caisse_a_ecrit(
    contenu: object, personas: Personas
) -> None:
    """Étapes and questions of the caisse: its own copies are about the person too."""
    fiche = gestes.transmettre(personas.ts_rennes, contenu)
    question = PRECISION if contenu is DEMANDE else gestes.IDENTITE
    gestes.repondre(personas.agent_caisse, fiche, question)
    gestes.completer(personas.ts_rennes, fiche, le=apres(hours=4))
    gestes.repondre(personas.agent_caisse, fiche, gestes.ETAPE, le=apres(hours=5))
    cles = gestes.copies(fiche, CAISSE)
    assert len(cles) == 4
    gestes.retirer(personas.ts_rennes, fiche, le=apres(hours=6))
    effacement.achever(CAISSE)
    assert not any(gestes.a_une_cle("exemplaire", cle) for cle in cles)
    assert gestes.copies(fiche, CAISSE) == []
    assert len(gestes.copies(fiche, DEPARTEMENT)) == (4 if contenu is DEMANDE else 3)


def test_une_fiche_rappelee_puis_renvoyee_ne_dit_rien_du_premier_envoi(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    with contexte(par):
        envois.rappeler(fiche, par=par, maintenant=apres(hours=1))
    gestes.reprendre(par, fiche, le=apres(hours=2))
    gestes.envoyer(par, fiche, le=apres(hours=3))
    page = connecter(personas.agent_caisse).get(f"/fiches/{fiche.reference}/").content.decode()
    assert page.count("Fiche envoyée") == 1
    assert "appelée" not in page
    with gestes.vu_de(CAISSE):
        assert [t.rang for t in Tour.objects.all()] == [2]
        assert Envoi.objects.get(tour__rang=2).envoye_le == apres(hours=3)


def test_rappeler_une_nouvelle_demande_garde_la_premiere_reponse(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.reprendre(par, fiche, le=apres(days=1))
    gestes.envoyer(par, fiche, le=apres(days=1))
    with contexte(par):
        envois.rappeler(fiche, par=par, maintenant=apres(days=1, hours=1))
    navigateur = connecter(par)
    page = navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Le paiement est débloqué" in page
    avertie = navigateur.get(f"/fiches/{fiche.reference}/supprimer/").content.decode()
    assert "La réponse déjà reçue de la caisse sera effacée aussi" in avertie
    with contexte(par):
        reprises.reprendre(fiche, par=par, maintenant=apres(days=2))
    assert gestes.relire(fiche, DEPARTEMENT).statut == "brouillon"
