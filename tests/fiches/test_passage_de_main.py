"""A fiche changes hands: who may, to whom, and what each may open afterwards."""

import pytest
from django.core.exceptions import PermissionDenied

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches.actions import brouillons, envois, passages
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Avis, Fiche
from tests.fiches import gestes
from tests.fiches.exemples import VIDE
from tests.fiches.gestes import DEPARTEMENT, apres, ensemble
from tests.personas import Personas, connecter


def confier(fiche: Fiche, *, de: Affectation, a: Affectation) -> None:
    with contexte(de):
        actuelle = Fiche.objects.filter(pk=fiche.pk).first() or fiche
        passages.confier(actuelle, a=a, par=de, maintenant=apres(hours=1))


def confier_a_l_ecran(fiche: Fiche, *, de: Affectation, a: Affectation) -> int:
    adresse = f"/fiches/{fiche.reference}/confier/"
    return int(connecter(de).post(adresse, {"a": str(a.agent.pseudonyme)}).status_code)


def ouvre(qui: Affectation, fiche: Fiche) -> bool:
    return bool(connecter(qui).get(f"/fiches/{fiche.reference}/").status_code == 200)


def test_un_brouillon_confie_n_est_plus_qu_au_collegue(personas: Personas) -> None:
    de, a = personas.ts_rennes, personas.ts_rennes_collegue
    fiche = gestes.ecrire(de, signer=False)
    assert (ouvre(de, fiche), ouvre(a, fiche)) == (True, False)
    confier(fiche, de=de, a=a)
    assert (ouvre(de, fiche), ouvre(a, fiche)) == (False, True)
    assert not ouvre(personas.encadrante_rennes, fiche)
    with contexte(de), pytest.raises(PermissionDenied):
        brouillons.supprimer(fiche, par=de, maintenant=apres(hours=2))
    confiee = gestes.relire(fiche, DEPARTEMENT)
    assert (confiee.auteur, confiee.proprietaire) == (de.agent, a.agent)
    assert (confiee.confiee_par, confiee.confiee_le) == (de.agent, apres(hours=1))
    assert "transmission_de_main" in gestes.evenements(fiche, DEPARTEMENT)


def test_le_brouillon_nomme_qui_le_suit_tant_que_rien_n_est_signe(personas: Personas) -> None:
    de, a = personas.ts_rennes, personas.ts_rennes_collegue
    libre, signe = gestes.ecrire(de, VIDE, signer=False), gestes.ecrire(de)
    for fiche in (libre, signe):
        confier(fiche, de=de, a=a)
    with gestes.vu_de(DEPARTEMENT):
        noms = [
            brouillons.lire(brouillons.courant(fiche)).professionnel.nom_prenom  # type: ignore[arg-type]
            for fiche in (libre, signe)
        ]
        assert brouillons.courant(signe).signature is not None  # type: ignore[union-attr]
    assert noms == ["Essai Bo", gestes.DEMANDE.professionnel.nom_prenom]


def test_le_collegue_l_apprend_sur_sa_liste_et_par_un_courriel_sans_nom(
    personas: Personas,
) -> None:
    fiche = gestes.ecrire(personas.ts_rennes)
    confier(fiche, de=personas.ts_rennes, a=personas.ts_rennes_collegue)
    navigateur = connecter(personas.ts_rennes_collegue)
    for adresse in ("/fiches/", "/fiches/?vue=confiees"):
        assert "Confiée par Ada Essai" in navigateur.get(adresse).content.decode()
    assert fiche.reference not in connecter(personas.ts_rennes).get("/fiches/").content.decode()
    avis = Avis.objects.get()
    assert (avis.agent, avis.reference) == (personas.ts_rennes_collegue.agent, fiche.reference)
    assert avis.get_objet_display() == "Réponse à demande urgente"


def test_une_fiche_envoyee_se_confie_par_qui_la_suit_ou_par_l_encadrante(
    personas: Personas,
) -> None:
    ts, bo, desk = (
        *(personas.ts_rennes, personas.ts_rennes_collegue),
        personas.charge_accueil_rennes,
    )
    fiche = gestes.transmettre(ts)
    confier(fiche, de=ts, a=bo)
    confier(fiche, de=personas.encadrante_rennes, a=desk)
    assert (ouvre(ts, fiche), ouvre(bo, fiche), ouvre(desk, fiche)) == (False, False, True)
    gestes.repondre(personas.agent_caisse, fiche)
    avis = Avis.objects.filter(agent=desk.agent, envoi__isnull=False)
    assert avis.count() == 1  # the answer is announced to who follows it now
    gestes.clore(desk, gestes.relire(fiche, DEPARTEMENT))


@pytest.mark.parametrize(
    ("qui", "etat", "statut"),
    [
        ("ts_rennes_collegue", "envoyée", 404),
        ("ts_redon", "envoyée", 404),
        ("charge_accueil_rennes", "envoyée", 404),
        ("encadrante_rennes", "envoyée", 302),
        ("encadrante_rennes", "brouillon", 404),
        ("referent_departement", "envoyée", 403),
        ("dpo_departement", "envoyée", 403),
        ("admin_departement", "envoyée", 403),
        ("agent_caisse", "envoyée", 403),
        ("responsable_caisse", "envoyée", 403),
        ("agent_autre_caisse", "envoyée", 403),
    ],
)
def test_personne_d_autre_ne_confie_une_fiche(
    personas: Personas, qui: str, etat: str, statut: int
) -> None:
    faire = gestes.ecrire if etat == "brouillon" else gestes.transmettre
    fiche = faire(personas.ts_rennes)
    par = getattr(personas, qui)
    assert confier_a_l_ecran(fiche, de=par, a=personas.ts_rennes_collegue) == statut
    if statut != 302:
        assert gestes.relire(fiche, DEPARTEMENT).proprietaire == personas.ts_rennes.agent
        with contexte(par), pytest.raises((PermissionDenied, ActeRefuse)):
            passages.confier(
                fiche, a=personas.ts_rennes_collegue, par=par, maintenant=apres(hours=1)
            )


@pytest.mark.parametrize(
    "a", ["ts_redon", "ts_rennes", "referent_departement", "admin_departement", "agent_caisse"]
)
def test_une_fiche_ne_sort_pas_de_son_equipe(personas: Personas, a: str) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    cible = getattr(personas, a)
    with contexte(personas.ts_rennes), pytest.raises(ActeRefuse, match="pas de l’équipe"):
        passages.confier(fiche, a=cible, par=personas.ts_rennes, maintenant=apres(hours=1))
    assert confier_a_l_ecran(fiche, de=personas.ts_rennes, a=cible) == 422


def test_une_fiche_terminee_ne_change_plus_de_main(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(personas.ts_rennes, fiche)
    with pytest.raises(ActeRefuse, match="terminée"):
        confier(fiche, de=personas.ts_rennes, a=personas.ts_rennes_collegue)


def test_ni_la_caisse_ni_sa_liste_ne_voient_le_passage(personas: Personas) -> None:
    fiche = gestes.transmettre(personas.ts_rennes)
    avant = connecter(personas.agent_caisse).get("/corbeille/").content.decode()
    confier(fiche, de=personas.ts_rennes, a=personas.ts_rennes_collegue)
    apres_ = connecter(personas.agent_caisse).get("/corbeille/").content.decode()
    assert "Bo Essai" not in avant + apres_
    assert gestes.transitions(fiche, gestes.CAISSE) == [("transmettre", "brouillon", "transmise")]


def test_confier_pendant_que_le_proprietaire_envoie(personnel: Personas) -> None:
    """One of both first: either it leaves and changes hands, or the sender no longer has it."""
    de, a = personnel.ts_rennes, personnel.ts_rennes_collegue
    vus = set()
    for tour in range(8):
        fiche = gestes.ecrire(de)
        with contexte(de):
            version = gestes.version(fiche)

        def envoyer(fiche: Fiche = fiche, version: int = version) -> str:
            with contexte(de):
                envois.transmettre(fiche, version=version, par=de, maintenant=apres(hours=1))
            return "envoyée"

        def passer(fiche: Fiche = fiche) -> str:
            confier(fiche, de=de, a=a)
            return "confiée"

        issues = ensemble([envoyer, passer] if tour % 2 else [passer, envoyer])
        relue = gestes.relire(fiche, DEPARTEMENT)
        assert "confiée" in issues, issues
        assert relue.proprietaire == a.agent
        assert (relue.statut == "transmise") == ("envoyée" in issues), issues
        assert all(isinstance(i, str | ActeRefuse | PermissionDenied) for i in issues), issues
        vus.add(relue.statut)
    assert vus <= {"transmise", "brouillon"}


def test_deux_passages_au_meme_instant_un_seul_compte(personnel: Personas) -> None:
    ts, encadrante = personnel.ts_rennes, personnel.encadrante_rennes
    cibles = (personnel.ts_rennes_collegue, personnel.charge_accueil_rennes)
    for _ in range(6):
        fiche = gestes.transmettre(ts)
        issues = ensemble(
            [
                lambda f=fiche: confier(f, de=ts, a=cibles[0]),
                lambda f=fiche: confier(f, de=encadrante, a=cibles[1]),
            ]
        )
        relue = gestes.relire(fiche, DEPARTEMENT)
        traces = gestes.evenements(fiche, DEPARTEMENT).count("transmission_de_main")
        assert traces == issues.count(None)
        assert relue.proprietaire in {c.agent for c in cibles}
        assert all(i is None or isinstance(i, PermissionDenied | ActeRefuse) for i in issues)
