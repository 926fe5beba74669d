"""A closed fiche reopened: by its owner or their encadrant, within the retention, anew."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.fiches import effacement
from relais.fiches.actions import brouillons, envois, reprises
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.exemplaires import derniere_demande
from relais.fiches.exemplaires import reponses as dites
from relais.fiches.models import Avis, Brouillon, Exemplaire, Fiche, Tour
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT, DISCRETE, apres
from tests.personas import Personas, connecter

QUI = ("ts_rennes", "encadrante_rennes")
SANS_DROIT = (
    *("ts_rennes_collegue", "ts_redon", "charge_accueil_rennes", "referent_departement"),
    *("dpo_departement", "admin_departement", "agent_caisse", "responsable_caisse"),
)


def close(personas: Personas, *, discrete: bool = False) -> Fiche:
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE if discrete else DEMANDE)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(personas.ts_rennes, fiche, None if discrete else gestes.Issue.DEMANDE_ENGAGEE)
    return gestes.relire(fiche, DEPARTEMENT)


def purger(organisation: str) -> None:
    """The retention is over: the copies of that party go, keys and rows."""
    with gestes.vu_de(organisation):
        copies = list(Exemplaire.objects.values_list("pk", flat=True))
        gestes.engager(copies, organisation, le=apres(days=90))
    effacement.achever(organisation)


@pytest.mark.parametrize("qui", QUI)
def test_rouvrir_rend_la_demande_a_son_proprietaire(qui: str, personas: Personas) -> None:
    fiche = close(personas)
    gestes.rouvrir(getattr(personas, qui), fiche, le=apres(days=2))
    rouverte = gestes.relire(fiche, DEPARTEMENT)
    assert (rouverte.statut, rouverte.rouverte_le) == ("close", apres(days=2))
    assert gestes.relire(fiche, CAISSE).statut == "close"  # nothing moves before it is sent
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "brouillon_cree"
    with contexte(personas.ts_rennes):
        assert rouverte in Fiche.objects.visibles_par(personas.ts_rennes).en_cours()
        repris = brouillons.lire(Brouillon.objects.get())
    assert (repris.informe, repris.non_opposition, repris.signature) == (False, False, None)
    assert repris.personne == DEMANDE.personne
    assert "Demande envoyée le 23" in repris.demande_anterieure


def test_la_demande_rouverte_ouvre_un_nouveau_tour(personas: Personas) -> None:
    fiche = close(personas)
    gestes.rouvrir(personas.encadrante_rennes, fiche, le=apres(days=2))
    gestes.resigner(personas.ts_rennes, fiche, le=apres(days=2))
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(days=3))
    relue = gestes.relire(fiche, CAISSE)
    assert relue.statut == "transmise"
    assert relue.reponse_due_le == apres(days=3) + timedelta(hours=72)
    assert (relue.issue, relue.close_le, relue.rouverte_le, relue.repondue_le) == ("", *[None] * 3)
    assert gestes.transitions(fiche, DEPARTEMENT)[-1] == ("rouvrir", "close", "transmise")
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "rouvrir"
    assert {a.agent for a in Avis.objects.filter(cree_le=apres(days=3))} == {
        None,
        personas.agent_caisse.agent,
    }
    with gestes.vu_de(CAISSE):
        assert [t.rang for t in Tour.objects.order_by("rang")] == [1, 2]
    with gestes.vu_de(DEPARTEMENT):
        assert len(dites(fiche, DEPARTEMENT)) == 1  # the former answer is still read
    assert gestes.compteurs()["nouveaux_envois"] == 1


@pytest.mark.parametrize("qui", SANS_DROIT)
def test_personne_d_autre_ne_rouvre(qui: str, personas: Personas) -> None:
    fiche = close(personas)
    autre = getattr(personas, qui)
    with pytest.raises(PermissionDenied), contexte(autre):
        reprises.rouvrir(fiche, par=autre, maintenant=apres(days=2))
    assert gestes.relire(fiche, DEPARTEMENT).rouverte_le is None


def test_l_encadrante_qui_a_rouvert_n_ecrit_ni_n_envoie(personas: Personas) -> None:
    fiche, par = close(personas), personas.encadrante_rennes
    gestes.rouvrir(par, fiche, le=apres(days=2))
    for geste in (
        lambda: brouillons.enregistrer(
            fiche, DEMANDE, version=1, par=par, maintenant=apres(days=2)
        ),
        lambda: envois.transmettre(fiche, version=1, par=par, maintenant=apres(days=2)),
        lambda: reprises.abandonner(fiche, par=par, maintenant=apres(days=2)),
    ):
        with pytest.raises(PermissionDenied), contexte(par):
            geste()


def test_rouvrir_deux_fois_rend_le_meme_brouillon(personas: Personas) -> None:
    fiche = close(personas)
    gestes.rouvrir(personas.encadrante_rennes, fiche, le=apres(days=2))
    gestes.rouvrir(personas.ts_rennes, fiche, le=apres(days=3))
    assert gestes.relire(fiche, DEPARTEMENT).rouverte_le == apres(days=2)
    assert gestes.evenements(fiche, DEPARTEMENT).count("brouillon_cree") == 2  # first draft, then
    with gestes.vu_de(DEPARTEMENT):
        assert Brouillon.objects.count() == 1


def test_abandonner_la_reouverture_laisse_la_fiche_terminee(personas: Personas) -> None:
    fiche, par = close(personas), personas.ts_rennes
    gestes.rouvrir(par, fiche, le=apres(days=2))
    with contexte(par):
        reprises.abandonner(fiche, par=par, maintenant=apres(days=3))
        assert not Fiche.objects.visibles_par(par).en_cours().exists()
    relue = gestes.relire(fiche, DEPARTEMENT)
    assert (relue.statut, relue.issue, relue.rouverte_le) == ("close", "demande_engagee", None)


def test_rouvrir_attend_la_fin_de_la_retention_de_la_caisse_pas_la_sienne(
    personas: Personas,
) -> None:
    """The caisse's copies are gone: the Département's own is enough to send the whole again."""
    fiche = close(personas)
    purger(CAISSE)
    gestes.rouvrir(personas.ts_rennes, fiche, le=apres(days=90))
    gestes.resigner(personas.ts_rennes, fiche, le=apres(days=90))
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(days=90))
    with gestes.vu_de(CAISSE):
        copie, contenu = derniere_demande(fiche, CAISSE) or (None, None)
        assert copie
        assert contenu
        assert copie.a_purger_le == apres(days=110)
        assert contenu.personne == DEMANDE.personne


@pytest.mark.parametrize("engagee", [True, False], ids=["engagée", "effacée"])
def test_ce_qui_est_efface_ne_se_rouvre_pas(engagee: bool, personas: Personas) -> None:
    fiche = close(personas)
    if engagee:
        with gestes.vu_de(DEPARTEMENT):
            Exemplaire.objects.update(destruction_engagee_le=apres(days=90))
    else:
        purger(DEPARTEMENT)
    with pytest.raises(ActeRefuse, match="commencez-en une autre"):
        gestes.rouvrir(personas.ts_rennes, fiche, le=apres(days=91))
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "Rouvrir la fiche" not in page


def test_ce_qui_est_efface_ne_se_redemande_pas(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    purger(DEPARTEMENT)
    with pytest.raises(ActeRefuse, match="commencez-en une autre"), contexte(personas.ts_rennes):
        reprises.reprendre(fiche, par=personas.ts_rennes, maintenant=apres(days=91))
    page = connecter(personas.ts_rennes).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "commencez-en une autre" in page
    assert "Redemander" not in page


@pytest.mark.parametrize("etape", ["transmise", "prise", "repondue", "retiree"])
def test_seule_une_fiche_close_se_rouvre(etape: str, personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    if etape != "transmise":
        gestes.prendre(personas.agent_caisse, fiche)
    if etape == "repondue":
        gestes.repondre(personas.agent_caisse, fiche)
    if etape == "retiree":
        gestes.retirer(par, fiche)
    with pytest.raises(ActeRefuse):
        gestes.rouvrir(par, fiche, le=apres(days=1))


def test_sur_bluefiles_rien_ne_se_rouvre_ici(personas: Personas) -> None:
    fiche = close(personas)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.update(canal="bluefiles")
    with pytest.raises(ActeRefuse, match="partie par BlueFiles"):
        gestes.rouvrir(personas.ts_rennes, fiche, le=apres(days=1))


def test_la_case_informe_vaut_pour_son_tour(personas: Personas) -> None:
    """Discreet the first time, ticked once reopened: the first answer stays with the person."""
    fiche, par = close(personas, discrete=True), personas.ts_rennes
    le = apres(days=2)
    gestes.rouvrir(par, fiche, le=le)
    with contexte(par):
        b = Brouillon.objects.get()
        coche = replace(brouillons.lire(b), informe=True, non_opposition=True)
        b = brouillons.enregistrer(
            fiche, coche, version=b.version, par=par, maintenant=apres(days=2)
        )
        posee = replace(gestes.SIGNEE, signee_le=apres(days=2).date())
        brouillons.signer(
            fiche, gestes.TRAIT, posee, version=b.version, par=par, maintenant=apres(days=2)
        )
    gestes.envoyer(par, fiche, le=apres(days=3))
    gestes.repondre(personas.agent_caisse, fiche, gestes.AILLEURS, le=apres(days=3, hours=2))
    with gestes.vu_de(DEPARTEMENT):
        assert [dite.nature for _, dite in dites(fiche, DEPARTEMENT)] == ["hors_perimetre"]
    page = connecter(par).get(f"/fiches/{fiche.reference}/").content.decode()
    assert "voie ordinaire" in page
    assert "débloqué" not in page
    assert page.count("Traitée par la caisse") == 1


def test_la_page_de_l_encadrante_dit_qui_ecrit(personas: Personas) -> None:
    fiche = close(personas)
    navigateur = connecter(personas.encadrante_rennes)
    adresse = f"/fiches/{fiche.reference}/rouvrir/"
    assert "dans la liste de Ada Essai" in navigateur.get(adresse).content.decode()
    suite = navigateur.post(adresse, follow=True).content.decode()
    assert "Ada Essai la retrouve dans sa liste" in suite
    assert "C’est à Ada Essai." in suite
