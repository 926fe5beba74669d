"""The administrateur's pages: the list, one account, close it, open it again, reset its factors."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.test import Client

from relais.annuaire.actions import comptes, invitations, roles
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.facteurs import poser_application
from relais.annuaire.models import Affectation, Agent
from relais.annuaire.views import comptes as vues
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
    requetes,
)
from tests.annuaire.gestes import CONNEXION, donner_mot_de_passe, est_connecte, journal
from tests.fiches import gestes
from tests.personas import CREES_LE, connecter

LISTE = "/comptes/"


def noms(page) -> set[str]:
    return {un.agent.prenom for un in page.context["portraits"]}


def test_la_liste_ne_montre_que_son_organisation(personas):
    departement = noms(connecter(personas.admin_departement).get(LISTE))
    caisse = noms(connecter(personas.admin_caisse).get(LISTE))
    assert {"Ada", "Eve", "Ina"} <= departement
    assert {"Kim", "Mia", "Pia"} <= caisse
    assert departement & caisse == set()
    assert "Quy" not in departement | caisse


@pytest.mark.parametrize(
    ("filtre", "attendus"),
    [
        ("role=encadrant", {"Eve"}),
        ("role=rien", None),
        ("etat=invites", {"Zoé"}),
        ("etat=attente", {"Zoé"}),
        ("etat=desactives", {"Bo"}),
        ("etat=invites&role=encadrant", set()),
    ],
)
def test_les_filtres_de_la_liste(personas, filtre, attendus):
    inviter(personas)
    bo = personas.ts_rennes_collegue.agent
    comptes.desactiver_compte(bo, par=personas.admin_departement, maintenant=CREES_LE)
    trouves = noms(connecter(personas.admin_departement).get(f"{LISTE}?{filtre}"))
    assert trouves == attendus if attendus is not None else len(trouves) > 5


def test_chercher_un_nom_sans_accent_et_sans_qu_il_soit_dans_l_adresse(personas):
    inviter(personas)
    navigateur = connecter(personas.admin_departement)
    assert noms(navigateur.post(LISTE, {"texte": "neuve zoe"})) == {"Zoé"}
    assert noms(navigateur.post(LISTE, {"texte": "CLEO"})) == {"Cléo"}
    assert noms(navigateur.post(LISTE, {"texte": "kim"})) == set()
    assert navigateur.post(LISTE, {"texte": ""}).status_code == 422


def test_une_recherche_qui_trouve_trop_le_dit_sans_page_suivante(personas, monkeypatch):
    """The link of a next page would lose the name, which is in no address."""
    monkeypatch.setattr(vues, "TROUVES", 3)
    navigateur = connecter(personas.admin_departement)
    trop = navigateur.post(LISTE, {"texte": "essai"}).content.decode()
    assert "Les 3 premiers comptes trouvés sont montrés." in trop
    assert 'rel="next"' not in trop
    peu = navigateur.post(LISTE, {"texte": "cléo"}).content.decode()
    assert "premiers comptes trouvés" not in peu
    monkeypatch.setattr(vues, "PAR_PAGE", 3)
    for page in (navigateur.get(LISTE), navigateur.post(LISTE, {"texte": ""})):
        assert 'rel="next"' in page.content.decode()
        assert "premiers comptes trouvés" not in page.content.decode()


def test_un_compte_inutilise_depuis_90_jours_est_montre(personas):
    maintenant = horloge.maintenant()
    Agent.objects.update(last_login=maintenant - timedelta(days=89))
    Agent.objects.filter(prenom="Ada").update(last_login=maintenant - timedelta(days=91))
    navigateur = connecter(personas.admin_departement)
    assert "1 compte inutilisé" in navigateur.get(LISTE).content.decode()
    assert noms(navigateur.get(f"{LISTE}?etat=inutilises")) == {"Ada"}


def test_un_compte_jamais_ouvert_compte_depuis_sa_creation(personas):
    Agent.objects.update(last_login=None, cree_le=horloge.maintenant() - timedelta(days=91))
    Agent.objects.exclude(prenom="Ada").update(last_login=horloge.maintenant())
    page = connecter(personas.admin_departement).get(f"{LISTE}?etat=inutilises")
    assert noms(page) == {"Ada"}


@pytest.mark.parametrize("geste", ["", "corriger/", "role/", "facteurs/", "desactiver/"])
def test_le_compte_d_une_autre_organisation_est_introuvable(personas, geste):
    chemin = f"{LISTE}{personas.agent_caisse.agent_id}/{geste}"
    absent = f"{LISTE}999999999999999999999/{geste}"
    navigateur = connecter(personas.admin_departement)
    assert navigateur.get(chemin).status_code == navigateur.get(absent).status_code == 404


def test_la_page_d_un_compte_coute_autant_pour_un_role_que_pour_trois(personas):
    """Neither who approved a role nor what keeps it is asked again for each of them."""
    par, eve = personas.admin_departement, personas.encadrante_rennes
    zoe, navigateur = inviter(personas), connecter(par)
    page = f"{LISTE}{zoe.pk}/"
    pour_un = requetes(navigateur, page)
    roles.approuver([proposition(zoe)], par=eve, maintenant=CREES_LE)
    for role in (Role.CHARGE_ACCUEIL, Role.ENCADRANT):
        une = roles.proposer(
            zoe,
            role,
            organisation=par.organisation,
            equipe=eve.equipe,
            par=par,
            maintenant=CREES_LE,
        )
        roles.approuver([une], par=eve, maintenant=CREES_LE)
    pour_trois = requetes(navigateur, page)
    assert navigateur.get(page).content.decode().count("approuvé par Eve Essai") == 3
    assert len(pour_trois) == len(pour_un), pour_trois


def test_un_compte_de_deux_organisations_ne_se_ferme_pas_d_une_seule(personas):
    agent = personas.ts_redon.agent
    caisse = personas.agent_caisse.organisation
    roles.affecter(agent, caisse, Role.REFERENT, maintenant=CREES_LE)
    page = connecter(personas.admin_departement).get(f"{LISTE}{agent.pk}/").content.decode()
    assert "sert aussi à une autre organisation" in page
    assert "Référent de la convention" not in page
    with pytest.raises(PermissionDenied):
        comptes.desactiver_compte(agent, par=personas.admin_departement, maintenant=CREES_LE)


def test_l_administrateur_ne_voit_aucun_contenu(personas):
    fiche = gestes.transmettre(personas.ts_rennes)
    navigateur = connecter(personas.admin_departement)
    for chemin in (f"/fiches/{fiche.reference}/", "/fiches/", "/suivi/", "/corbeille/"):
        assert navigateur.get(chemin).status_code == 403
    compte = navigateur.get(f"{LISTE}{personas.ts_rennes.agent_id}/").content.decode()
    pages = compte + navigateur.get(LISTE).content.decode()
    assert [mot for mot in (fiche.reference, "Camille", "Fictif") if mot in pages] == []


def test_corriger_les_coordonnees_sans_changer_l_adresse(personas):
    agent = personas.ts_redon.agent
    saisie = {"prenom": "Cléo", "nom": "Nouvelle", "telephone": "02 61 91 35 09"}
    navigateur = connecter(personas.admin_departement)
    navigateur.post(f"{LISTE}{agent.pk}/corriger/", saisie | {"email": "pirate@exemple.test"})
    agent.refresh_from_db()
    assert (agent.nom, agent.telephone) == ("Nouvelle", "+33261913509")
    assert agent.email == "ts.redon@exemple.test"
    faute = navigateur.post(f"{LISTE}{agent.pk}/corriger/", saisie | {"telephone": "1"})
    assert faute.status_code == 422


def test_desactiver_ferme_roles_sessions_et_liens(personas):
    agent = personas.ts_redon.agent
    sien = connecter(personas.ts_redon)
    sien.get("/fiches/")
    admin = connecter(personas.admin_departement)
    admin.post(f"{LISTE}{agent.pk}/desactiver/")
    agent.refresh_from_db()
    assert not agent.is_active
    assert agent.desactive_le is not None
    assert not Affectation.objects.ouvertes().filter(agent=agent).exists()
    assert not agent.seances.exists()
    assert sien.get("/fiches/").url.startswith("/compte/connexion/")
    actes = [j[0] for j in journal("cd35")]
    assert {"compte_desactive", "role_retire"} <= set(actes)


def test_rouvrir_rend_le_compte_sans_role(personas):
    agent = personas.ts_redon.agent
    par = personas.admin_departement
    comptes.desactiver_compte(agent, par=par, maintenant=CREES_LE)
    with pytest.raises(CompteRefuse, match="rouvrez-le"):
        roles.proposer(
            Agent.objects.get(pk=agent.pk),
            Role.REFERENT,
            organisation=par.organisation,
            par=par,
            maintenant=CREES_LE,
        )
    connecter(par).post(f"{LISTE}{agent.pk}/reactiver/")
    assert Agent.objects.get(pk=agent.pk).is_active
    assert not Affectation.objects.de(agent).exists()
    page = connecter(par).get(f"{LISTE}{agent.pk}/").content.decode()
    assert "Sans rôle" in page


@pytest.mark.parametrize("geste", ["desactiver", "facteurs", "corriger", "role", "lien"])
def test_nul_n_agit_sur_son_propre_compte(personas, geste):
    soi = personas.admin_departement
    assert connecter(soi).post(f"{LISTE}{soi.agent_id}/{geste}/").status_code == 403


def test_reinitialiser_retire_les_facteurs_et_previent(personas):
    agent = personas.ts_redon.agent
    poser_application(agent)
    scelle = Authenticator.objects.get(user=agent).data["secret"]
    connecter(personas.admin_departement).post(f"{LISTE}{agent.pk}/facteurs/")
    assert not Authenticator.objects.filter(user=agent).exists()
    assert objets_envoyes(agent) == ["facteurs"]
    assert objets_envoyes(personas.dpo_departement.agent) == ["facteurs_dpo"]
    qui = personas.admin_departement.agent.pseudonyme
    trace = ("facteurs_reinitialises", "fait", str(agent.pseudonyme), qui)
    assert trace in journal("cd35")
    assert scelle


def test_apres_une_reinitialisation_le_mot_de_passe_seul_n_ouvre_rien(personas):
    """Whoever comes back is proved as at first: the administrateur, then the mailbox."""
    agent = personas.ts_redon.agent
    poser_application(agent)
    connecter(personas.admin_departement).post(f"{LISTE}{agent.pk}/facteurs/")
    navigateur = Client()
    assert donner_mot_de_passe(navigateur, agent.email).status_code == 422
    chemin = chemin_du_lien(agent, "facteurs")
    navigateur.get(chemin)
    assert "Vous choisirez ensuite un second facteur" in navigateur.get(CHOISIR).content.decode()
    assert choisir(navigateur, chemin).url == CONNEXION
    assert donner_mot_de_passe(navigateur, agent.email, MOT).status_code == 302
    assert est_connecte(navigateur)
    assert navigateur.get("/fiches/").url == "/compte/", "a second factor comes first"


def test_un_compte_ferme_ne_se_reinitialise_pas(personas):
    agent = personas.ts_redon.agent
    Agent.objects.filter(pk=agent.pk).update(is_active=False, desactive_le=CREES_LE)
    agent.refresh_from_db()
    with pytest.raises(CompteRefuse, match="n’est pas ouvert"):
        invitations.reinitialiser_les_facteurs(agent, par=None, maintenant=CREES_LE)


def test_la_cle_des_facteurs_retires_est_detruite(base):
    from relais.annuaire.facteurs import ouvrir_secret
    from relais.coffre.actions import Illisible
    from tests.personas import creer_personas

    personas = creer_personas()
    agent = personas.ts_redon.agent
    poser_application(agent)
    scelle = Authenticator.objects.get(user=agent).data["secret"]
    par = personas.admin_departement
    invitations.reinitialiser_les_facteurs(agent, par=par, maintenant=CREES_LE)
    with pytest.raises(Illisible):
        ouvrir_secret(agent, scelle)
