"""Roles: two persons for what opens content, never one's own, the database as last word."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from relais.annuaire import droits
from relais.annuaire.actions import roles
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation, CourrierDeCompte
from relais.annuaire.views import roles as vues
from relais.regles.comptes import ROLES_A_DEUX, demande_un_accord
from relais.regles.convention import ROLES_DE_TERRAIN, Role
from relais.socle import horloge
from tests.annuaire.comptes import inviter, objets_envoyes, proposition
from tests.annuaire.gestes import journal
from tests.personas import CREES_LE, connecter

A_APPROUVER = "/comptes/a-approuver/"
# role proposed → personas who may approve it, the administrateur of the Département proposing
QUI = {
    Role.TRAVAILLEUR_SOCIAL: {"encadrante_rennes"},
    Role.CHARGE_ACCUEIL: {"encadrante_rennes"},
    Role.ENCADRANT: {"encadrante_rennes"},
    Role.CHARGE_REPERAGE: set(),
    Role.DPO: set(),
    Role.ADMINISTRATEUR: set(),
}


def proposer(personas, role=Role.TRAVAILLEUR_SOCIAL, a="ts_redon", par="admin_departement"):
    une = getattr(personas, par)
    terrain = role in ROLES_DE_TERRAIN
    return roles.proposer(
        getattr(personas, a).agent,
        role,
        organisation=une.organisation,
        equipe=personas.ts_rennes.equipe if terrain else None,
        par=une,
        maintenant=horloge.maintenant(),
    )


def second_administrateur(personas):
    une = personas.referent_departement
    return roles.affecter(une.agent, une.organisation, Role.ADMINISTRATEUR, maintenant=CREES_LE)


@pytest.mark.parametrize("role", QUI)
def test_la_table_des_approbateurs(personas, role):
    une = proposer(personas, role)
    peuvent = {nom for nom, qui in personas.par_nom.items() if droits.peut_approuver(qui, une)}
    assert peuvent == QUI[role]
    assert droits.peut_approuver(second_administrateur(personas), une)


@pytest.mark.parametrize("role", [Role.AGENT_CAISSE, Role.RESPONSABLE_CAISSE])
def test_a_la_caisse_le_responsable_approuve(personas, role):
    une = proposer(personas, role, a="referent_caisse", par="admin_caisse")
    peuvent = {nom for nom, qui in personas.par_nom.items() if droits.peut_approuver(qui, une)}
    assert peuvent == {"responsable_caisse"}


def test_seuls_referent_et_administrateur_technique_commencent_seuls(personas):
    assert set(Role) - ROLES_A_DEUX == {Role.REFERENT, Role.ADMINISTRATEUR_TECHNIQUE}
    assert not demande_un_accord(Role.REFERENT)
    assert proposer(personas, Role.REFERENT).active
    assert not proposer(personas, Role.ADMINISTRATEUR).active


def test_nul_ne_se_propose_un_role_ni_ne_s_approuve(personas):
    with pytest.raises(PermissionDenied):
        proposer(personas, a="admin_departement")
    une = proposer(personas, a="encadrante_rennes")
    with pytest.raises(PermissionDenied):
        roles.approuver([une], par=personas.encadrante_rennes, maintenant=CREES_LE)


def test_qui_propose_n_approuve_pas(personas):
    une = proposer(personas)
    with pytest.raises(PermissionDenied):
        roles.approuver([une], par=personas.admin_departement, maintenant=CREES_LE)


def test_approuver_ouvre_le_role_et_previent(personas):
    une = proposer(personas)
    page = connecter(personas.encadrante_rennes).get(A_APPROUVER).content.decode()
    assert "Cléo Essai" in page
    connecter(personas.encadrante_rennes).post(A_APPROUVER, {"role": une.pk})
    une.refresh_from_db()
    assert une.active
    assert une.approuvee_par == personas.encadrante_rennes.agent
    assert une.a_revoir_le is not None
    assert "role_donne" in objets_envoyes(personas.ts_redon.agent)
    assert objets_envoyes(personas.dpo_departement.agent) == ["role_donne_dpo"]
    qui = personas.encadrante_rennes.agent.pseudonyme
    assert ("role_donne", "fait", str(une.agent.pseudonyme), qui) in journal("cd35")


@pytest.mark.parametrize(
    ("par_page", "suite"), [(1, "2 autres ensuite"), (2, "1 autre ensuite"), (3, "")]
)
def test_ce_qui_attend_apres_la_page_est_dit(personas, monkeypatch, par_page, suite):
    for a in ("ts_redon", "ts_rennes", "charge_accueil_rennes"):
        proposer(personas, Role.ENCADRANT, a=a)
    monkeypatch.setattr(vues, "PAR_PAGE", par_page)
    page = connecter(personas.encadrante_rennes).get(A_APPROUVER).content.decode()
    _, _, dite = page.partition("<caption>")[2].partition("</caption>")[0].partition("; ")
    assert dite == suite


def test_sans_dpo_la_boite_de_la_convention_est_prevenue(personas):
    from relais.annuaire import courriers

    Affectation.objects.filter(role=Role.DPO).update(active=False)
    roles.approuver([proposer(personas)], par=personas.encadrante_rennes, maintenant=CREES_LE)
    courrier = CourrierDeCompte.objects.get(objet="role_donne_dpo")
    assert courrier.agent is None
    assert courriers._adresse(courrier) == "dpo@ille-et-vilaine.fr"


def test_plusieurs_accords_font_un_seul_courriel_au_dpo(personas):
    deux = [proposer(personas), proposer(personas, a="charge_accueil_rennes")]
    roles.approuver(deux, par=personas.encadrante_rennes, maintenant=CREES_LE)
    courrier = CourrierDeCompte.objects.get(objet="role_donne_dpo")
    assert courrier.nombre == 2


def test_refuser_donne_une_raison_et_laisse_le_role_ferme(personas):
    une = proposer(personas)
    navigateur = connecter(personas.encadrante_rennes)
    assert navigateur.post(f"/comptes/roles/{une.pk}/ecarter/", {}).status_code == 422
    navigateur.post(f"/comptes/roles/{une.pk}/ecarter/", {"motif": "autre_equipe"})
    une.refresh_from_db()
    assert (une.active, une.refus) == (False, "autre_equipe")
    assert "role_refuse" in [j[0] for j in journal("cd35")]
    fiche = connecter(personas.admin_departement).get(f"/comptes/{une.agent_id}/")
    assert "Ce n’est pas son équipe" in fiche.content.decode()


def test_une_proposition_ne_se_tranche_qu_une_fois(personas):
    une = proposer(personas)
    roles.approuver([une], par=personas.encadrante_rennes, maintenant=CREES_LE)
    with pytest.raises(CompteRefuse, match="n’attend plus"):
        roles.approuver([une], par=personas.encadrante_rennes, maintenant=CREES_LE)


def test_le_meme_role_ne_se_propose_pas_deux_fois(personas):
    proposer(personas)
    with pytest.raises(CompteRefuse, match="déjà ce rôle"):
        proposer(personas)


def test_retirer_un_role_ferme_ses_pages_a_la_requete_suivante(personas):
    navigateur = connecter(personas.ts_redon)
    assert navigateur.get("/fiches/").status_code == 200
    admin = connecter(personas.admin_departement)
    assert (
        "Retirer ce rôle"
        in admin.get(f"/comptes/roles/{personas.ts_redon.pk}/retirer/").content.decode()
    )
    admin.post(f"/comptes/roles/{personas.ts_redon.pk}/retirer/")
    assert navigateur.get("/fiches/").url.startswith("/compte/connexion/")
    assert "role_retire" in [j[0] for j in journal("cd35")]


def test_nul_ne_se_retire_son_role_d_administrateur(personas):
    admin = connecter(personas.admin_departement)
    chemin = f"/comptes/roles/{personas.admin_departement.pk}/retirer/"
    assert admin.post(chemin).status_code == 403


def retenir_sauf_le_dpo(affectation):
    return "Trois choses sont encore entre ses mains." if affectation.role != Role.DPO else ""


def test_un_role_retenu_par_une_autre_application_ne_se_retire_pas(personas, settings):
    settings.AVANT_DE_RETIRER = [f"{__name__}.retenir_sauf_le_dpo"]
    admin = connecter(personas.admin_departement)
    chemin = f"/comptes/roles/{personas.ts_redon.pk}/retirer/"
    assert "Trois choses" in admin.get(chemin).content.decode()
    assert "Trois choses" in admin.post(chemin, follow=True).content.decode()
    compte = f"/comptes/{personas.ts_redon.agent_id}/desactiver/"
    assert "Trois choses" in admin.post(compte, follow=True).content.decode()
    assert Affectation.objects.de(personas.ts_redon.agent).exists()
    admin.post(f"/comptes/roles/{personas.dpo_departement.pk}/retirer/")
    assert not Affectation.objects.de(personas.dpo_departement.agent).exists()


@pytest.mark.parametrize(
    ("qui_approuve", "nom"),
    [
        (None, "affectation_approuvee_par_une_autre_personne"),
        ("admin_departement", "affectation_approuvee_par_une_autre_personne"),
        ("ts_redon", "affectation_approuvee_par_un_autre"),
    ],
)
def test_la_base_refuse_un_role_ouvert_par_une_seule_personne(personas, qui_approuve, nom):
    une = proposer(personas)
    agent = getattr(personas, qui_approuve).agent if qui_approuve else None
    with pytest.raises(IntegrityError, match=nom), transaction.atomic():
        Affectation.objects.filter(pk=une.pk).update(active=True, approuvee_par=agent)


def test_la_base_refuse_qui_se_propose_un_role(personas):
    with pytest.raises(IntegrityError, match="proposee_par_un_autre"), transaction.atomic():
        Affectation.objects.filter(pk=personas.ts_redon.pk).update(
            proposee_par=personas.ts_redon.agent
        )


def test_la_base_refuse_un_role_ouvert_et_clos(personas):
    with pytest.raises(IntegrityError, match="active_non_close"), transaction.atomic():
        Affectation.objects.filter(pk=personas.ts_redon.pk).update(close_le=CREES_LE)


def test_un_role_donne_depuis_le_serveur_dit_son_origine(personas):
    une = personas.ts_redon
    assert (une.origine, une.proposee_par, une.approuvee_par) == ("commande", None, None)


def test_un_invite_approuve_avant_d_accepter_ouvre_des_son_arrivee(personas):
    from django.test import Client

    from tests.annuaire.comptes import chemin_du_lien, choisir

    zoe = inviter(personas)
    roles.approuver([proposition(zoe)], par=personas.encadrante_rennes, maintenant=CREES_LE)
    choisir(Client(), chemin_du_lien(zoe))
    assert Affectation.objects.de(zoe).get().role == Role.TRAVAILLEUR_SOCIAL
