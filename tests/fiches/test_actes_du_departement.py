"""The Département's acts: send, take back, ask again, close. Each with what refuses it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.actions import roles
from relais.annuaire.contexte import contexte
from relais.fiches.actions import brouillons, envois, reprises
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.contenu import Personne
from relais.fiches.exemplaires import derniere_demande, lire_page
from relais.fiches.models import Avis, Brouillon, Envoi, Exemplaire, Fiche, Tour
from relais.regles.convention import Role
from relais.regles.issues import Issue
from relais.regles.perimetre import Reponses
from relais.regles.retrait import MotifRetrait
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEMANDE, DEPARTEMENT, DISCRETE, LUNDI, TRAIT, apres
from tests.personas import Personas

AUTRES_DU_DEPARTEMENT = (
    "ts_rennes_collegue",
    "ts_redon",
    "charge_accueil_rennes",
    "encadrante_rennes",
    "referent_departement",
    "charge_reperage",
    "dpo_departement",
    "admin_departement",
    "admin_technique",
)
DE_LA_CAISSE = ("agent_caisse", "responsable_caisse", "referent_caisse", "agent_autre_caisse")
INCOMPLETS = {
    "nom_naissance": replace(DEMANDE, personne=replace(DEMANDE.personne, nom_naissance=" ")),
    "prenom": replace(DEMANDE, personne=replace(DEMANDE.personne, prenom="")),
    "nir": replace(DEMANDE, personne=replace(DEMANDE.personne, nir=None, nir_cle=None)),
    "situations": replace(DEMANDE, situations=()),
    "dossiers": replace(DEMANDE, dossiers=()),
    "motifs": replace(DEMANDE, motifs=()),
    "motif_autre": replace(DEMANDE, motif_autre=""),
    "perimetre_ressources": replace(DEMANDE, perimetre=Reponses()),
    "commentaire": replace(DEMANDE, commentaire="a" * 1501),
    "non_opposition": replace(DEMANDE, non_opposition=False),
    "telephone": replace(
        DISCRETE,
        personne=Personne(nom_naissance="Fictif", prenom="Camille", sans_nir="pas_sur_elle"),
    ),
    "professionnel_telephone": replace(
        DEMANDE, professionnel=replace(DEMANDE.professionnel, telephone="")
    ),
    "mail": replace(DEMANDE, saisies=(("mail", "pas une adresse"),)),
}


def test_envoyer_ouvre_un_tour_de_72_heures(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    assert fiche.statut == "transmise"
    assert fiche.reponse_due_le == apres(hours=72)
    assert fiche.territoire_id == personas.ts_rennes.territoire_id
    assert fiche.equipe_id == personas.ts_rennes.equipe_id
    assert fiche.motifs == ["rupture", "autre"]
    assert fiche.notice_empreinte
    with gestes.vu_de(CAISSE):
        tour = Tour.objects.get()
        assert (tour.rang, tour.reponse_due_le) == (1, apres(hours=72))
        assert tour.derniere_heure_utile <= tour.reponse_due_le
        envoi = Envoi.objects.get()
        assert (envoi.nature, envoi.sens) == ("demande", "vers_caisse")
        assert (envoi.envoye_le, envoi.recu_le, envoi.lu_le) == (LUNDI, LUNDI, None)


def test_chaque_partie_a_son_exemplaire_complet_et_signe(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    for organisation, purge in ((DEPARTEMENT, None), (CAISSE, apres(days=20))):
        with gestes.vu_de(organisation):
            trouve = derniere_demande(fiche, organisation)
            assert trouve
            copie, contenu = trouve
            assert contenu.personne == DEMANDE.personne
            assert contenu.commentaire == DEMANDE.commentaire
            assert contenu.notice_version
            assert lire_page(copie) == TRAIT
            assert copie.a_purger_le == purge


def test_envoyer_laisse_un_evenement_une_transition_et_un_compte_de_chaque(
    personas: Personas,
) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    assert gestes.evenements(fiche, DEPARTEMENT) == ["brouillon_cree", "transmettre"]
    assert gestes.evenements(fiche, CAISSE) == ["depot_recu"]
    assert gestes.transitions(fiche, DEPARTEMENT) == [("transmettre", "brouillon", "transmise")]
    assert gestes.compteurs() == {
        "demandes": 1,
        "situation:rsa": 1,
        "situation:france_travail": 1,
        "dossier:retraite": 1,
        "dossier:asi_aspa": 1,
        "motif:rupture": 1,
        "motif:autre": 1,
        "perimetre:urgente": 1,
        "perimetre:bloquee": 1,
        "perimetre:complexe": 1,
    }
    assert Avis.objects.get().agent is None  # the functional mailbox: nobody is in charge yet


@pytest.mark.parametrize("champ", INCOMPLETS)
def test_une_fiche_incomplete_ne_part_pas(champ: str, personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes, INCOMPLETS[champ])
    with pytest.raises(ActeRefuse) as refus:
        gestes.envoyer(personas.ts_rennes, fiche)
    assert champ in refus.value.manques
    assert gestes.relire(fiche, DEPARTEMENT).statut == "brouillon"
    assert gestes.evenements(fiche, DEPARTEMENT) == ["brouillon_cree"]
    assert not Avis.objects.exists()
    assert not gestes.compteurs()


def test_une_fiche_non_signee_ne_part_pas(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes, signer=False)
    with pytest.raises(ActeRefuse) as refus:
        gestes.envoyer(personas.ts_rennes, fiche)
    assert set(refus.value.manques) == {"signature"}


@pytest.mark.parametrize("qui", AUTRES_DU_DEPARTEMENT + DE_LA_CAISSE)
def test_personne_d_autre_ne_fait_les_gestes_de_l_auteur(qui: str, personas: Personas) -> None:
    autre = getattr(personas, qui)
    brouillon = gestes.ecrire(personas.ts_rennes)
    partie = gestes.transmettre(personas.ts_rennes)
    gestes_refuses: list[Any] = [
        lambda: envois.transmettre(brouillon, version=3, par=autre, maintenant=LUNDI),
        lambda: brouillons.enregistrer(brouillon, DEMANDE, version=3, par=autre, maintenant=LUNDI),
        lambda: brouillons.retirer_signature(brouillon, version=3, par=autre, maintenant=LUNDI),
        lambda: brouillons.supprimer(brouillon, par=autre, maintenant=LUNDI),
        lambda: reprises.reprendre(partie, par=autre, maintenant=LUNDI),
        lambda: envois.rappeler(partie, par=autre, maintenant=LUNDI),
        lambda: envois.retirer(partie, MotifRetrait.DECES, par=autre, maintenant=LUNDI),
        lambda: envois.clore(partie, Issue.DEMANDE_ENGAGEE, par=autre, maintenant=LUNDI),
    ]
    for geste in gestes_refuses:
        with pytest.raises(PermissionDenied), contexte(autre):
            geste()
    assert gestes.relire(brouillon, DEPARTEMENT).statut == "brouillon"
    assert gestes.relire(partie, DEPARTEMENT).statut == "transmise"


def test_redemander_a_qui_n_est_plus_a_la_caisse_rend_la_fiche_a_tous(personas: Personas) -> None:
    """The account stays open, for another role: it is the role that treats fiches."""
    kim, pia = personas.agent_caisse, personas.admin_caisse
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(kim, fiche)
    roles.affecter(kim.agent, kim.organisation, Role.REFERENT, maintenant=LUNDI)
    with contexte(pia):
        roles.retirer(kim, par=pia, maintenant=LUNDI)
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=1))
    gestes.envoyer(personas.ts_rennes, gestes.relire(fiche, DEPARTEMENT), le=apres(days=1))
    assert gestes.relire(fiche, CAISSE).chargee_a is None


def test_une_fiche_partie_ne_repart_pas(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    with contexte(personas.ts_rennes):
        lue = gestes.version(fiche)
    gestes.envoyer(personas.ts_rennes, fiche)
    with pytest.raises(ActeRefuse), contexte(personas.ts_rennes):
        envois.transmettre(fiche, version=lue, par=personas.ts_rennes, maintenant=LUNDI)
    with gestes.vu_de(DEPARTEMENT):
        assert Envoi.objects.count() == Tour.objects.count() == 1


def test_on_n_envoie_que_la_version_qu_on_a_relue(personas: Personas) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    with pytest.raises(ActeRefuse, match="relue"), contexte(personas.ts_rennes):
        envois.transmettre(fiche, version=2, par=personas.ts_rennes, maintenant=LUNDI)


def test_rappeler_avant_lecture_reprend_la_fiche(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with contexte(personas.ts_rennes):
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(hours=1))
    assert gestes.relire(fiche, DEPARTEMENT).statut == "rappelee"
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "rappeler"
    assert gestes.transitions(fiche, DEPARTEMENT)[-1] == ("rappeler", "transmise", "rappelee")
    assert gestes.compteurs()["geste:rappeler"] == 1
    with gestes.vu_de(CAISSE):
        assert not Fiche.objects.exists()
        assert not Tour.objects.exists()
        assert not Exemplaire.objects.filter(destruction_engagee_le=None).exists()


def test_une_fiche_lue_ne_se_rappelle_plus(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.lire(personas.agent_caisse, fiche)
    with pytest.raises(ActeRefuse, match="déjà ouvert"), contexte(personas.ts_rennes):
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(hours=1))
    assert gestes.relire(fiche, CAISSE).statut == "transmise"


def test_retirer_attend_la_lecture(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with pytest.raises(ActeRefuse, match="pas encore ouvert"), contexte(personas.ts_rennes):
        envois.retirer(fiche, MotifRetrait.DECES, par=personas.ts_rennes, maintenant=apres(hours=1))
    gestes.lire(personas.agent_caisse, fiche)
    with contexte(personas.ts_rennes):
        envois.retirer(fiche, MotifRetrait.DECES, par=personas.ts_rennes, maintenant=apres(hours=2))
    assert gestes.relire(fiche, DEPARTEMENT).statut == "retiree"
    with gestes.vu_de(CAISSE):
        assert not Fiche.objects.exists()


def test_une_fiche_prise_en_charge_se_retire_jusqu_a_la_reponse(personas: Personas) -> None:
    prise, repondue = (gestes.transmettre(personas.ts_rennes) for _ in range(2))
    for fiche in (prise, repondue):
        gestes.prendre(personas.agent_caisse, fiche)
    gestes.repondre(personas.agent_caisse, repondue)
    with contexte(personas.ts_rennes):
        envois.retirer(prise, MotifRetrait.DECES, par=personas.ts_rennes, maintenant=apres(hours=5))
    with pytest.raises(ActeRefuse), contexte(personas.ts_rennes):
        envois.retirer(
            repondue, MotifRetrait.DECES, par=personas.ts_rennes, maintenant=apres(hours=5)
        )
    assert gestes.relire(prise, DEPARTEMENT).statut == "retiree"


def test_une_fiche_retiree_ne_bouge_plus(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.lire(personas.agent_caisse, fiche)
    par = personas.ts_rennes
    with contexte(par):
        envois.retirer(fiche, MotifRetrait.DECES, par=par, maintenant=apres(hours=2))
    for geste in (
        lambda: envois.retirer(fiche, MotifRetrait.DECES, par=par, maintenant=apres(hours=3)),
        lambda: envois.clore(fiche, Issue.DEMANDE_ENGAGEE, par=par, maintenant=apres(hours=3)),
        lambda: reprises.reprendre(fiche, par=par, maintenant=apres(hours=3)),
        lambda: brouillons.supprimer(fiche, par=par, maintenant=apres(hours=3)),
    ):
        with pytest.raises(ActeRefuse), contexte(par):
            geste()


def test_corriger_une_fiche_rappelee_puis_la_renvoyer(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    with contexte(personas.ts_rennes):
        envois.rappeler(fiche, par=personas.ts_rennes, maintenant=apres(hours=1))
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(hours=2))
    assert gestes.relire(fiche, DEPARTEMENT).statut == "brouillon"
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(hours=3))
    assert gestes.relire(fiche, CAISSE).reponse_due_le == apres(hours=75)
    assert [g for g, _, _ in gestes.transitions(fiche, DEPARTEMENT)] == [
        "transmettre",
        "rappeler",
        "corriger",
        "transmettre",
    ]
    with gestes.vu_de(CAISSE):
        assert [t.rang for t in Tour.objects.all()] == [2]


def test_redemander_repart_pour_72_heures_avec_toute_la_demande(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=2))
    assert gestes.relire(fiche, CAISSE).statut == "repondue"  # nothing moves before it is sent
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(days=3))
    relue = gestes.relire(fiche, CAISSE)
    assert relue.statut == "transmise"
    assert relue.reponse_due_le == apres(days=3) + timedelta(hours=72)
    assert (relue.repondue_le, relue.ouverte_caisse_le, relue.premier_geste_le) == (None,) * 3
    assert gestes.transitions(fiche, DEPARTEMENT)[-1] == ("redemander", "repondue", "transmise")
    assert gestes.compteurs()["demandes"] == gestes.compteurs()["nouveaux_envois"] == 1
    with gestes.vu_de(CAISSE):
        assert [t.rang for t in Tour.objects.order_by("rang")] == [1, 2]
        copie, contenu = derniere_demande(fiche, CAISSE) or (None, None)
        assert copie
        assert contenu
        assert copie.a_purger_le == apres(days=23)
        assert contenu.personne == DEMANDE.personne
        assert contenu.commentaire == DEMANDE.commentaire


def test_redemander_previent_la_boite_et_l_agent_qui_suivait(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.reprendre(personas.ts_rennes, fiche, le=apres(days=2))
    gestes.envoyer(personas.ts_rennes, fiche, le=apres(days=3))
    derniers = Avis.objects.filter(cree_le=apres(days=3))
    assert {a.agent for a in derniers} == {None, personas.agent_caisse.agent}
    assert {a.objet for a in derniers} == {"demande_urgente"}


def test_les_cases_ne_sont_jamais_cochees_d_avance(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    gestes.repondre(personas.agent_caisse, fiche)
    with contexte(par):
        demande = derniere_demande(fiche, DEPARTEMENT)
        assert demande
        assert demande[1].informe
        repris = brouillons.lire(reprises.reprendre(fiche, par=par, maintenant=apres(hours=5)))
    assert (repris.informe, repris.non_opposition, repris.signature) == (False, False, None)
    assert repris.personne == DEMANDE.personne


def test_reprendre_deux_fois_rend_le_meme_brouillon(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    gestes.repondre(personas.agent_caisse, fiche)
    with contexte(par):
        un, deux = (reprises.reprendre(fiche, par=par, maintenant=apres(hours=5)) for _ in range(2))
    assert un.pk == deux.pk


def test_clore_dit_l_issue(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    gestes.repondre(personas.agent_caisse, fiche)
    with pytest.raises(ActeRefuse) as refus:
        gestes.clore(par, fiche, None)
    assert set(refus.value.manques) == {"issue"}
    gestes.clore(par, fiche)
    close = gestes.relire(fiche, DEPARTEMENT)
    assert (close.statut, close.issue) == ("close", "demande_engagee")
    assert close.close_le == apres(hours=4)
    assert gestes.compteurs()["issue:demande_engagee"] == 1
    assert gestes.evenements(fiche, DEPARTEMENT)[-1] == "clore"


def test_sans_la_case_informe_l_issue_est_facultative(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes, DISCRETE)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(personas.ts_rennes, fiche, None)
    assert gestes.relire(fiche, DEPARTEMENT).statut == "close"
    assert gestes.compteurs()["issue:non_dite"] == 1


def test_une_fiche_sans_reponse_ne_se_clot_pas(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.prendre(personas.agent_caisse, fiche)
    with pytest.raises(ActeRefuse):
        gestes.clore(personas.ts_rennes, fiche)


def test_clore_emporte_la_nouvelle_demande_commencee(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.reprendre(par, fiche, le=apres(hours=3))
    gestes.clore(par, fiche)
    with gestes.vu_de(DEPARTEMENT):
        assert not Brouillon.objects.filter(fiche=fiche).exists()


def test_la_lecture_de_la_reponse_est_notee_une_fois(personas: Personas) -> None:
    par = personas.ts_rennes
    fiche = gestes.transmettre(par)
    gestes.repondre(personas.agent_caisse, fiche)
    for heures in (5, 6):
        with contexte(par):
            envois.lire_reponse(
                Fiche.objects.get(pk=fiche.pk), par=par, maintenant=apres(hours=heures)
            )
    with contexte(personas.encadrante_rennes):  # reading for the team is not the owner reading
        envois.lire_reponse(fiche, par=personas.encadrante_rennes, maintenant=apres(hours=7))
    assert gestes.relire(fiche, DEPARTEMENT).reponse_lue_le == apres(hours=5)
    with gestes.vu_de(CAISSE):
        lu = Envoi.objects.get(nature="reponse")
        assert (lu.lu_le, lu.lu_par) == (apres(hours=5), par.agent)
