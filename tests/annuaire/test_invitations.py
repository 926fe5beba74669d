"""Inviting somebody: who may, what leaves, accept, send again, cancel."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from relais.annuaire.actions import invitations
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation, Agent, CourrierDeCompte, Lien
from relais.regles.convention import Role
from relais.socle import horloge
from tests.annuaire.comptes import (
    CHOISIR,
    MOT,
    chemin_du_lien,
    choisir,
    inviter,
    objets_envoyes,
    proposition,
)
from tests.annuaire.gestes import donner_mot_de_passe, est_connecte, journal
from tests.personas import connecter

INVITER = "/comptes/inviter/"


def saisie(personas: Any, **autres: Any) -> dict[str, Any]:
    return {
        "prenom": "Zoé",
        "nom": "Neuve",
        "email": "zoe@exemple.test",
        "telephone": "02 61 91 35 01",
        "role": "travailleur_social",
        "equipe": personas.ts_rennes.equipe_id,
    } | autres


def test_inviter_puis_accepter_mene_au_second_facteur(personas):
    reponse = connecter(personas.admin_departement).post(INVITER, saisie(personas))
    zoe = Agent.objects.get(email="zoe@exemple.test")
    assert reponse.url == f"/comptes/{zoe.pk}/"
    assert not zoe.is_active
    assert not zoe.has_usable_password()
    navigateur = Client()
    recu = navigateur.get(chemin_du_lien(zoe))
    assert (recu.status_code, recu.url) == (302, CHOISIR)
    page = navigateur.get(CHOISIR)
    assert "Bienvenue Zoé" in page.content.decode()
    assert recu.headers["Referrer-Policy"] == page.headers["Referrer-Policy"] == "no-referrer"
    assert choisir(navigateur, chemin_du_lien(zoe)).status_code == 302
    assert est_connecte(navigateur)
    assert navigateur.get("/").url == "/compte/"
    zoe.refresh_from_db()
    assert zoe.is_active
    assert zoe.check_password(MOT)
    assert ("invitation_acceptee", "fait", "", zoe.pseudonyme) in journal("cd35")


def test_l_adresse_prise_a_l_instant_se_refuse_sans_rien_ecrire(personas, monkeypatch):
    monkeypatch.setattr(invitations, "verifier_adresse_libre", lambda email: None)
    avant = journal("cd35")
    with pytest.raises(CompteRefuse, match="existe déjà") as refus:
        inviter(personas, email=personas.ts_redon.agent.email)
    assert refus.value.champ == "email"
    assert journal("cd35") == avant
    assert not CourrierDeCompte.objects.exists()


def test_un_invite_ne_se_connecte_pas_avant_d_avoir_accepte(personas):
    inviter(personas)
    navigateur = Client()
    assert donner_mot_de_passe(navigateur, "zoe@exemple.test", "").status_code == 422
    assert not est_connecte(navigateur)


def test_qui_attend_son_role_entre_et_ne_voit_rien(personas):
    zoe = inviter(personas)
    navigateur = Client()
    choisir(navigateur, chemin_du_lien(zoe))
    navigateur = connecter(Affectation(agent=Agent.objects.get(pk=zoe.pk)))
    page = navigateur.get("/")
    assert "attend l’accord d’une seconde personne" in page.content.decode()
    for fermee in ("/fiches/", "/corbeille/", "/suivi/", "/comptes/", "/comptes/a-approuver/"):
        assert navigateur.get(fermee).status_code == 403, fermee


def test_un_role_qui_n_ouvre_rien_commence_des_l_acceptation(personas):
    zoe = inviter(personas, role=Role.REFERENT)
    choisir(Client(), chemin_du_lien(zoe))
    assert Affectation.objects.de(zoe).get().role == Role.REFERENT


@pytest.mark.parametrize(
    ("faute", "champ"),
    [
        ({"email": "zoe"}, "email"),
        ({"email": "TS.Rennes@exemple.test"}, "email"),
        ({"telephone": "12"}, "telephone"),
        ({"equipe": ""}, "equipe"),
        ({"role": "agent_caisse"}, "role"),
        ({"prenom": "a\x00b"}, "prenom"),
        ({"nom": ""}, "nom"),
    ],
)
def test_une_faute_se_dit_a_cote_de_son_champ_et_rien_n_est_perdu(personas, faute, champ):
    page = connecter(personas.admin_departement).post(INVITER, saisie(personas) | faute)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [champ]
    assert "zoe" in page.content.decode() or champ == "email"
    assert not Agent.objects.filter(email="zoe@exemple.test").exists()


def test_la_base_ne_garde_pas_le_jeton(personas):
    zoe = inviter(personas)
    jeton = chemin_du_lien(zoe).strip("/").rsplit("/", 1)[1]
    lien, courrier = Lien.objects.get(), CourrierDeCompte.objects.get(objet="invitation")
    tout = str([vars(lien), vars(courrier)])
    assert jeton not in tout
    assert len(jeton) >= 43


def test_le_courriel_ne_nomme_personne(personas, rf):
    from relais.annuaire import courriers

    inviter(personas)
    for courrier in CourrierDeCompte.objects.all():
        texte = courriers.corps(courrier)
        assert [mot for mot in ("Zoé", "Neuve", "zoe@", "Ina") if mot in texte] == []
        assert " :" not in texte  # the line would break there


def test_relancer_remplace_le_lien(personas):
    zoe = inviter(personas, le=horloge.maintenant() - timedelta(days=4))
    ancien = chemin_du_lien(zoe)
    assert choisir(Client(), ancien).status_code == 410
    connecter(personas.admin_departement).post(f"/comptes/{zoe.pk}/relancer/")
    assert choisir(Client(), ancien).status_code == 410
    assert choisir(Client(), chemin_du_lien(zoe)).status_code == 302


def test_une_invitation_relancee_n_envoie_plus_l_ancien_lien(personas):
    zoe = inviter(personas)
    connecter(personas.admin_departement).post(f"/comptes/{zoe.pk}/relancer/")
    etats = CourrierDeCompte.objects.filter(agent=zoe).order_by("cree_le")
    assert list(etats.values_list("etat", flat=True)) == ["abandonne", "a_envoyer"]


def test_annuler_ne_garde_rien_de_la_personne(personas):
    zoe = inviter(personas)
    chemin = chemin_du_lien(zoe)
    connecter(personas.admin_departement).post(f"/comptes/{zoe.pk}/annuler/")
    assert not Agent.objects.filter(pk=zoe.pk).exists()
    assert choisir(Client(), chemin).status_code == 410
    assert ("invitation_annulee", "fait", str(zoe.pseudonyme)) in [j[:3] for j in journal("cd35")]


@pytest.mark.parametrize("geste", ["relancer", "annuler"])
def test_une_invitation_acceptee_ne_se_reprend_pas(personas, geste):
    zoe = inviter(personas)
    choisir(Client(), chemin_du_lien(zoe))
    page = connecter(personas.admin_departement).post(f"/comptes/{zoe.pk}/{geste}/", follow=True)
    assert "a déjà accepté" in page.content.decode()
    assert Agent.objects.get(pk=zoe.pk).is_active


def test_qui_peut_approuver_est_prevenu_une_fois(personas):
    inviter(personas)
    assert objets_envoyes(personas.encadrante_rennes.agent) == ["role_a_approuver"]
    assert objets_envoyes(personas.admin_departement.agent) == []
    assert objets_envoyes(personas.admin_caisse.agent) == []


def test_la_proposition_dit_qui_l_a_faite(personas):
    une = proposition(inviter(personas))
    assert (une.origine, une.proposee_par, une.active) == (
        "page",
        personas.admin_departement.agent,
        False,
    )
