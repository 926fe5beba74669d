"""Annex 1, circuit 1: the desk begins, a social worker completes, either sends."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches.actions import brouillons, envois, passages
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.contenu import Contenu, Personne, Professionnel
from relais.fiches.models import Brouillon, Fiche
from tests.fiches import gestes
from tests.fiches.gestes import DEMANDE, DEPARTEMENT, LUNDI, SIGNEE, TRAIT, apres
from tests.fiches.saisie import SAISIE
from tests.personas import Personas, connecter

IDENTITE = Contenu(
    cree_le=LUNDI.date(),
    personne=Personne(nom_naissance="Fictif", prenom="Camille", telephone="0261913577"),
)
SANS_ACCORD = replace(DEMANDE, informe=False, non_opposition=False)


def confier(fiche: Fiche, *, de: Affectation, a: Affectation, complete: bool = False) -> None:
    with contexte(de):
        actuelle = Fiche.objects.get(pk=fiche.pk)
        passages.confier(actuelle, a=a, par=de, maintenant=apres(hours=1), complete=complete)


def ecrire(par: Affectation, fiche: Fiche, contenu: Contenu) -> Brouillon:
    with contexte(par):
        actuel = Brouillon.objects.get(fiche=fiche)
        nomme = replace(contenu, professionnel=brouillons.lire(actuel).professionnel)
        return brouillons.enregistrer(
            Fiche.objects.get(pk=fiche.pk),
            nomme,
            version=actuel.version,
            par=par,
            maintenant=apres(hours=1),
        )


def signer(par: Affectation, fiche: Fiche) -> None:
    with contexte(par):
        brouillons.signer(
            Fiche.objects.get(pk=fiche.pk),
            TRAIT,
            SIGNEE,
            version=gestes.version(fiche),
            par=par,
            maintenant=apres(hours=2),
        )


def brouillon(fiche: Fiche) -> Brouillon:
    with gestes.vu_de(DEPARTEMENT):
        return Brouillon.objects.get(fiche=fiche)


def contenu(fiche: Fiche) -> Contenu:
    with gestes.vu_de(DEPARTEMENT):
        return brouillons.lire(Brouillon.objects.get(fiche=fiche))


@pytest.fixture
def commencee(personas: Personas) -> Fiche:
    """Begun at the desk: identity and contact."""
    return gestes.ecrire(personas.charge_accueil_rennes, IDENTITE, signer=False)


@pytest.fixture
def a_envoyer(personas: Personas, commencee: Fiche) -> Fiche:
    """Completed by a social worker and handed back to the desk, where the person signs."""
    desk, ts = personas.charge_accueil_rennes, personas.ts_rennes
    confier(commencee, de=desk, a=ts)
    ecrire(ts, commencee, SANS_ACCORD)
    confier(commencee, de=ts, a=desk, complete=True)
    return commencee


def test_l_accueil_commence_sans_mettre_son_nom_sur_la_fiche(commencee: Fiche) -> None:
    """Annex 1: the professional named on the fiche is the social worker."""
    assert contenu(commencee).professionnel == Professionnel()
    assert commencee.equipe is not None


def test_l_accueil_n_envoie_pas_ce_que_personne_n_a_complete(personas: Personas) -> None:
    desk = personas.charge_accueil_rennes
    fiche = gestes.ecrire(desk, DEMANDE)
    with contexte(desk), pytest.raises(ActeRefuse) as refus:
        envois.transmettre(fiche, version=gestes.version(fiche), par=desk, maintenant=LUNDI)
    assert refus.value.phrase == envois.A_COMPLETER
    page = connecter(desk).get(f"/fiches/{fiche.reference}/envoyer/", follow=True)
    assert page.redirect_chain[-1][0] == f"/fiches/{fiche.reference}/confier/"
    assert "Un travailleur social complète cette fiche" in page.content.decode()


def test_le_travailleur_social_recoit_la_fiche_a_son_nom(
    personas: Personas, commencee: Fiche
) -> None:
    confier(commencee, de=personas.charge_accueil_rennes, a=personas.ts_rennes)
    assert contenu(commencee).professionnel == brouillons.professionnel(personas.ts_rennes.agent)
    assert contenu(commencee).personne == IDENTITE.personne
    page = connecter(personas.ts_rennes).get(f"/fiches/{commencee.reference}/").content.decode()
    assert "Commencée par Dan Essai." in page
    assert "Confiée par Dan Essai" in page


def test_le_travailleur_social_l_envoie_lui_meme(personas: Personas, commencee: Fiche) -> None:
    ts = personas.ts_rennes
    confier(commencee, de=personas.charge_accueil_rennes, a=ts)
    ecrire(ts, commencee, DEMANDE)
    signer(ts, commencee)
    gestes.envoyer(ts, gestes.relire(commencee, DEPARTEMENT), le=apres(hours=3))
    envoyee = gestes.relire(commencee, DEPARTEMENT)
    assert (envoyee.auteur, envoyee.proprietaire) == (
        personas.charge_accueil_rennes.agent,
        ts.agent,
    )


def test_ou_la_rend_complete_a_l_accueil_qui_la_fait_signer_et_l_envoie(
    personas: Personas, a_envoyer: Fiche
) -> None:
    desk = personas.charge_accueil_rennes
    mark = brouillon(a_envoyer)
    assert (mark.completee_par, mark.completee_le) == (personas.ts_rennes.agent, apres(hours=1))
    page = connecter(desk).get(f"/fiches/{a_envoyer.reference}/ecrire/").content.decode()
    assert "par Ada Essai. Faites-la signer, puis envoyez-la." in page
    assert "Relire avec la personne" in page
    ecrire(desk, a_envoyer, DEMANDE)  # the person ticks both boxes at the desk
    signer(desk, a_envoyer)
    gestes.envoyer(desk, gestes.relire(a_envoyer, DEPARTEMENT), le=apres(hours=3))
    assert gestes.relire(a_envoyer, DEPARTEMENT).proprietaire == desk.agent
    assert gestes.evenements(a_envoyer, DEPARTEMENT) == [
        *("brouillon_cree", "transmission_de_main", "fiche_completee", "transmission_de_main"),
        *("lecture", "transmettre"),  # the desk has read it
    ]


def test_ce_que_la_personne_dit_ne_defait_pas_la_fiche_complete(
    personas: Personas, a_envoyer: Fiche
) -> None:
    ecrire(personas.charge_accueil_rennes, a_envoyer, DEMANDE)
    assert brouillon(a_envoyer).completee_le is not None


def test_ce_que_l_accueil_corrige_est_a_completer_a_nouveau(
    personas: Personas, a_envoyer: Fiche
) -> None:
    desk = personas.charge_accueil_rennes
    ecrire(desk, a_envoyer, replace(DEMANDE, commentaire="Autre chose."))
    assert brouillon(a_envoyer).completee_le is None
    with contexte(desk), pytest.raises(ActeRefuse, match="Un travailleur social complète"):
        envois.transmettre(
            Fiche.objects.get(pk=a_envoyer.pk),
            version=gestes.version(a_envoyer),
            par=desk,
            maintenant=apres(hours=2),
        )


def test_l_accueil_apprend_a_l_ecran_que_sa_correction_est_a_completer(
    personas: Personas, a_envoyer: Fiche
) -> None:
    saisie = SAISIE | {"version": str(brouillon(a_envoyer).version), "commentaire": "Autre."}
    reponse = connecter(personas.charge_accueil_rennes).post(
        f"/fiches/{a_envoyer.reference}/brouillon/", saisie
    )
    assert "Un travailleur social doit la compléter à nouveau" in reponse.content.decode()


def test_une_fiche_incomplete_ne_se_rend_pas_comme_complete(
    personas: Personas, commencee: Fiche
) -> None:
    desk, ts = personas.charge_accueil_rennes, personas.ts_rennes
    confier(commencee, de=desk, a=ts)
    with pytest.raises(ActeRefuse) as refus:
        confier(commencee, de=ts, a=desk, complete=True)
    assert {"nir", "motifs", "perimetre_ressources"} <= set(refus.value.manques)
    assert not {"signature", "non_opposition"} & set(refus.value.manques)
    reponse = connecter(ts).post(
        f"/fiches/{commencee.reference}/confier/",
        {"a": str(desk.agent.pseudonyme), "complete": "on"},
    )
    assert reponse.status_code == 422
    assert "Indiquez le numéro de sécurité sociale" in reponse.content.decode()
    assert gestes.relire(commencee, DEPARTEMENT).proprietaire == ts.agent
    confier(commencee, de=ts, a=desk)  # not as complete: it goes back all the same
    assert brouillon(commencee).completee_le is None


def test_l_accueil_ne_dit_pas_lui_meme_la_fiche_complete(personas: Personas) -> None:
    desk = personas.charge_accueil_rennes
    fiche = gestes.ecrire(desk, DEMANDE)
    with contexte(desk), pytest.raises(PermissionDenied):
        brouillons.declarer_complete(fiche, par=desk, maintenant=LUNDI)
    page = connecter(desk).get(f"/fiches/{fiche.reference}/confier/").content.decode()
    assert "La fiche est complète" not in page


def test_les_pages_de_l_accueil_disent_a_qui_le_tour(personas: Personas, commencee: Fiche) -> None:
    navigateur = connecter(personas.charge_accueil_rennes)
    assert "Nouvelle fiche" in navigateur.get("/fiches/").content.decode()
    for adresse in ("", "ecrire/"):
        page = navigateur.get(f"/fiches/{commencee.reference}/{adresse}").content.decode()
        assert "confiez la fiche à un travailleur social" in page.replace("\N{NO-BREAK SPACE}", " ")
        assert "Relire avec la personne" not in page


def test_l_accueil_enregistre_et_confie_d_un_geste(personas: Personas, commencee: Fiche) -> None:
    saisie = SAISIE | {"version": str(brouillon(commencee).version), "geste": "confier"}
    navigateur = connecter(personas.charge_accueil_rennes)
    reponse = navigateur.post(f"/fiches/{commencee.reference}/ecrire/", saisie)
    assert reponse.url == f"/fiches/{commencee.reference}/confier/"
    reponse = navigateur.post(
        reponse.url, {"a": str(personas.ts_rennes.agent.pseudonyme)}, follow=True
    )
    assert f"La fiche {commencee.reference} est confiée à Ada Essai." in reponse.content.decode()
    assert gestes.relire(commencee, DEPARTEMENT).proprietaire == personas.ts_rennes.agent
