"""Answer and close in one act: two transitions, and the owner still has an answer to read."""

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.fiches.actions import envois, reponses
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.contenu import ContenuReponse
from relais.fiches.models import Avis, Envoi, Fiche
from tests.fiches import gestes
from tests.fiches.gestes import (
    AILLEURS,
    CAISSE,
    DEMANDE,
    DEPARTEMENT,
    DISCRETE,
    ETAPE,
    PAIEMENT,
    PRECISION,
    apres,
)
from tests.personas import Personas, connecter

PAYEE = {"nature": "paiement_debloque", "versement_le": "2030-12-01", "clore": "on"}


def clore_avec(
    personas: Personas, fiche: Fiche, reponse: ContenuReponse = PAIEMENT, qui: str = "agent_caisse"
) -> Envoi:
    par = getattr(personas, qui)
    with contexte(par):
        return reponses.clore_avec_reponse(fiche, reponse, par=par, maintenant=apres(hours=3))


@pytest.mark.parametrize("reponse", [PAIEMENT, AILLEURS], ids=lambda r: r.nature)
def test_clore_avec_sa_reponse_fait_deux_passages(
    reponse: ContenuReponse, personas: Personas
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    clore_avec(personas, fiche, reponse)
    close = gestes.relire(fiche, DEPARTEMENT)
    assert (close.statut, close.issue, close.close_le) == ("close", "avec_reponse", apres(hours=3))
    assert close.cloture_office_le is None
    passages = [(g, de, vers) for g, de, vers in gestes.transitions(fiche, CAISSE)][2:]
    traitee = "repondue" if reponse is PAIEMENT else "hors_perimetre"
    geste = "repondre" if reponse is PAIEMENT else "dire_hors_perimetre"
    assert passages == [
        (geste, "prise_en_charge", traitee),
        ("clore_avec_reponse", traitee, "close"),
    ]
    assert gestes.evenements(fiche, CAISSE)[-2:] == [geste, "clore_avec_reponse"]
    assert gestes.compteurs()["issue:avec_reponse"] == 1
    assert Avis.objects.filter(objet="reponse_a_demande_urgente").count() == 1


@pytest.mark.parametrize("contenu", [DEMANDE, DISCRETE], ids=["informe", "discrete"])
def test_la_fiche_reste_dans_la_liste_jusqu_a_la_lecture(
    contenu: object, personas: Personas
) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par, contenu)
    clore_avec(personas, fiche)
    navigateur = connecter(par)
    for adresse in ("/fiches/", "/fiches/?vue=reponses"):
        assert gestes.dans_la_liste(navigateur, adresse, fiche)
    page = navigateur.get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Terminée : close par la caisse avec sa réponse" in page.replace("\u00a0", " ")
    assert ("Le paiement est débloqué" in page) == (contenu is DEMANDE)
    for adresse in ("/fiches/", "/fiches/?vue=reponses"):
        assert not gestes.dans_la_liste(navigateur, adresse, fiche)
    assert gestes.dans_la_liste(navigateur, "/fiches/?vue=terminees", fiche)


@pytest.mark.parametrize("reponse", [ETAPE, PRECISION], ids=lambda r: r.nature)
def test_ce_qui_laisse_la_fiche_ouverte_ne_la_clot_pas(
    reponse: ContenuReponse, personas: Personas
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with pytest.raises(ActeRefuse, match="laisse la fiche ouverte"):
        clore_avec(personas, fiche, reponse)
    assert gestes.relire(fiche, CAISSE).statut == "transmise"


def test_une_reponse_incomplete_ne_clot_rien(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with pytest.raises(ActeRefuse) as refus:
        clore_avec(personas, fiche, ContenuReponse(nature="paiement_debloque"))
    assert set(refus.value.manques) == {"versement_le"}
    assert gestes.relire(fiche, CAISSE).statut == "transmise"


@pytest.mark.parametrize("qui", ["ts_rennes", "encadrante_rennes", "referent_caisse"])
def test_seule_la_caisse_clot_avec_sa_reponse(qui: str, personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with pytest.raises(PermissionDenied):
        clore_avec(personas, fiche, qui=qui)


def test_une_fiche_close_par_la_caisse_ne_se_clot_pas_une_seconde_fois(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    clore_avec(personas, fiche)
    with pytest.raises(ActeRefuse), contexte(par):
        envois.clore(fiche, gestes.Issue.DEMANDE_ENGAGEE, par=par, maintenant=apres(hours=4))
    with pytest.raises(ActeRefuse):
        clore_avec(personas, fiche)


def test_le_choix_est_dans_la_page_de_reponse(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.agent_caisse)
    adresse = f"/fiches/{fiche.reference}/repondre/"
    assert "Terminer la fiche avec cette réponse" in navigateur.get(adresse).content.decode()
    navigateur.post(adresse, PAYEE | {"geste": "apercu"})
    assert gestes.relire(fiche, CAISSE).statut == "transmise"
    navigateur.post(adresse, PAYEE | {"geste": "envoyer"})
    assert gestes.relire(fiche, CAISSE).statut == "close"


def test_sur_bluefiles_rien_ne_se_clot_ici(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.update(canal="bluefiles")
    fiche.canal = "bluefiles"
    with pytest.raises(ActeRefuse, match="partie par BlueFiles"):
        clore_avec(personas, fiche)
