"""Passwords: taken as they are typed, long ones too; masked, and open to password managers."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from relais.annuaire.actions import roles
from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.regles.convention import Role
from relais.socle import horloge
from tests.annuaire.gestes import CODE, CONNEXION, code_du_moment, donner_mot_de_passe, entrer
from tests.annuaire.test_cle_d_acces import SEULE, demander, donner_une_cle
from tests.personas import MOT_DE_PASSE, connecter, poser_second_facteur

CHANGER = "/compte/mot-de-passe/"
LONG = "Cœur d’été, 42 œufs ; « pêche » 🍑 et rien d’autre que des mots bien longs " * 2


def changer(navigateur: Client, ancien: str, nouveau: str) -> int:
    champs = {"oldpassword": ancien, "password1": nouveau, "password2": nouveau}
    return navigateur.post(CHANGER, champs).status_code


@pytest.mark.parametrize("mot", [LONG, LONG.strip()[:64], "a b c d e f g h i j k l m"])
def test_un_mot_de_passe_long_s_accepte_et_se_verifie_tel_quel(personas, client, mot):
    entrer(client, personas.ts_rennes)
    assert changer(client, MOT_DE_PASSE, mot) == 302
    adresse = personas.ts_rennes.agent.email
    assert donner_mot_de_passe(Client(), adresse, mot).url == CODE
    for presque in (mot[:-1], mot.swapcase(), f"{mot}x"):
        assert donner_mot_de_passe(Client(), adresse, presque).status_code == 422


def test_changer_demande_le_mot_de_passe_actuel(personas, client):
    entrer(client, personas.ts_rennes)
    assert changer(client, "pas le bon mot de passe", "quatre autres mots bien longs") == 422
    poser_second_facteur(personas.ts_rennes.agent)
    assert donner_mot_de_passe(Client(), personas.ts_rennes.agent.email).url == CODE


def test_chaque_saisie_est_masquee_et_ouverte_aux_gestionnaires(personas):
    ici = connecter(personas.ts_rennes)
    pages = [Client().get(CONNEXION), ici.get(CHANGER), ici.get("/compte/confirmer/")]
    champs = [
        champ
        for page in pages
        for champ in re.findall(r"<input[^>]*password[^>]*>", page.content.decode())
    ]
    assert len(champs) == 5
    for champ in champs:
        assert 'type="password"' in champ
        assert re.search(r'autocomplete="(current|new)-password"', champ), champ
        assert "maxlength" not in champ
        assert "onpaste" not in champ


COURT = "trois mots bref"  # 15 characters: enough for who does not administer
ASSEZ_LONG = "quatre mots longs"


@pytest.fixture
def promu(personas):
    """A chargée du repérage, of a short password, who is given the role of administrateur."""
    agent = personas.charge_reperage.agent
    agent.set_password(COURT)
    agent.save(update_fields=["password"])
    poser_second_facteur(agent)

    def promouvoir():
        admin = personas.admin_departement
        propose = roles.proposer(
            agent,
            Role.ADMINISTRATEUR,
            organisation=admin.organisation,
            par=None,
            maintenant=horloge.maintenant(),
        )
        with contexte(admin):
            roles.approuver([propose], par=admin, maintenant=horloge.maintenant())

    agent.promouvoir = promouvoir
    return agent


def se_connecter(agent, mot=COURT):
    navigateur = Client()
    assert donner_mot_de_passe(navigateur, agent.email, mot).url == CODE
    navigateur.post(CODE, {"code": code_du_moment(agent)})
    return navigateur


def test_qui_devient_administrateur_choisit_un_mot_de_passe_plus_long(promu):
    assert se_connecter(promu).get("/reperage/").status_code == 200
    promu.promouvoir()
    cache.clear()
    navigateur = se_connecter(promu)
    for page in ("/", "/reperage/", "/comptes/", "/compte/"):
        assert navigateur.get(page).url == CHANGER, page
    page = navigateur.get(CHANGER).content.decode()
    assert "16 caractères au moins" in page
    assert "Annuler" not in page
    assert changer(navigateur, COURT, "un autre bref") == 422
    assert navigateur.get("/reperage/").url == CHANGER
    assert changer(navigateur, COURT, ASSEZ_LONG) == 302
    assert navigateur.get("/reperage/").status_code == 200


def test_un_role_donne_pendant_la_session_ne_perd_rien_de_ce_qui_s_ecrit(promu):
    navigateur = se_connecter(promu)
    promu.promouvoir()
    assert navigateur.get("/reperage/").url == CHANGER
    envoi = {"affectation": Affectation.objects.de(promu).first().pk}
    assert navigateur.post("/compte/affectation/", envoi).url == "/"


def test_qui_administre_deja_ou_n_administre_pas_ne_change_rien(personas, promu):
    assert se_connecter(promu).get("/reperage/").status_code == 200
    poser_second_facteur(personas.admin_departement.agent)
    admin = se_connecter(personas.admin_departement.agent, MOT_DE_PASSE)
    assert admin.get("/comptes/").status_code == 200


def test_qui_entre_par_sa_cle_d_acces_n_est_pas_concerne(promu):
    """No password was given: it opened nothing."""
    appareil = donner_une_cle(promu.affectations.get(), COURT)
    promu.promouvoir()
    navigateur = Client()
    reponse = appareil.repondre(demander(navigateur), promu, reconnu=True)
    navigateur.post(SEULE, {"credential": reponse})
    assert navigateur.get("/reperage/").status_code == 200
