"""One affectation at a time, changed by its agent alone."""

import pytest

from relais.annuaire.actions.roles import affecter, changer_d_affectation
from relais.annuaire.actions.visites import terminer
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation
from relais.regles.convention import Role
from tests.annuaire.gestes import journal
from tests.personas import CREES_LE, connecter

ADRESSE = "/compte/affectation/"


@pytest.fixture
def referente(personas):
    """ts_rennes is a référente as well."""
    une = personas.ts_rennes
    donnee = affecter(une.agent, une.organisation, Role.REFERENT, maintenant=CREES_LE)
    terminer(donnee, maintenant=CREES_LE)
    return donnee


def test_le_changement_ne_se_propose_qu_a_qui_a_plusieurs_affectations(personas, referente):
    assert "Changer" in connecter(personas.ts_rennes).get("/fiches/").content.decode()
    assert ADRESSE not in connecter(personas.ts_redon).get("/fiches/").content.decode()


def test_changer_d_affectation_change_les_droits_sans_les_ajouter(personas, referente):
    navigateur = connecter(personas.ts_rennes)
    assert navigateur.get("/suivi/").status_code == 403
    assert navigateur.post(ADRESSE, {"affectation": referente.pk}).url == "/"
    assert navigateur.get("/").url == "/suivi/"
    assert navigateur.get("/fiches/").status_code == 403
    trace = journal("cd35")
    assert (
        "changement_d_affectation",
        "fait",
        "referent",
        personas.ts_rennes.agent.pseudonyme,
    ) in trace


@pytest.mark.parametrize("voulue", ["", "0", "abc", "é\x00"])
def test_une_affectation_impossible_est_introuvable(personas, voulue):
    navigateur = connecter(personas.ts_rennes)
    assert navigateur.post(ADRESSE, {"affectation": voulue}).status_code == 404


def test_l_affectation_d_un_autre_est_introuvable(personas):
    navigateur = connecter(personas.ts_rennes)
    reponse = navigateur.post(ADRESSE, {"affectation": personas.encadrante_rennes.pk})
    assert reponse.status_code == 404
    with pytest.raises(CompteRefuse):
        changer_d_affectation(personas.encadrante_rennes, de=personas.ts_rennes)


def test_une_affectation_fermee_rend_la_main_a_une_autre(personas, referente):
    navigateur = connecter(personas.ts_rennes)
    navigateur.post(ADRESSE, {"affectation": referente.pk})
    Affectation.objects.filter(pk=referente.pk).update(active=False)
    assert navigateur.get("/suivi/").status_code == 403
    assert navigateur.get("/fiches/").status_code == 200


@pytest.mark.parametrize(
    ("nom", "accueil"),
    [
        *((nom, "/fiches/") for nom in ("ts_rennes", "charge_accueil_rennes", "encadrante_rennes")),
        *((nom, "/corbeille/") for nom in ("agent_caisse", "responsable_caisse")),
        *((nom, "/suivi/") for nom in ("referent_departement", "referent_caisse")),
        *((nom, "/journal/") for nom in ("dpo_departement", "dpo_caisse")),
        *((nom, "/comptes/") for nom in ("admin_departement", "admin_caisse")),
    ],
)
def test_chaque_role_arrive_sur_sa_page_et_son_menu_s_ouvre(personas, nom, accueil):
    navigateur = connecter(getattr(personas, nom))
    assert navigateur.get("/").url == accueil
    page = navigateur.get(accueil)
    assert page.status_code == 200
    for entree in page.context["menu"]:
        assert navigateur.get(entree["url"]).status_code == 200, entree


@pytest.mark.parametrize(
    "nom",
    ["admin_technique"],
)
def test_un_role_sans_fiche_a_une_page_qui_le_dit(personas, nom):
    navigateur = connecter(getattr(personas, nom))
    page = navigateur.get("/")
    assert page.status_code == 200
    assert "n’ouvre pas les fiches" in page.content.decode()
    for fermee in ("/fiches/", "/corbeille/", "/suivi/", "/signaler/"):
        assert navigateur.get(fermee).status_code == 403, fermee


def test_un_refus_est_consigne_sans_le_chemin_tape(personas):
    navigateur = connecter(personas.dpo_departement)
    navigateur.get("/fiches/184123523800442/")
    assert journal("cd35")[-1] == (
        "acces_refuse",
        "refuse",
        "fiches:voir",
        personas.dpo_departement.agent.pseudonyme,
    )


@pytest.mark.parametrize("adresse", ["/", "/compte/", "/compte/affectation/", "/fiches/"])
def test_anonyme_est_renvoye_a_la_connexion(client, db, adresse):
    assert client.get(adresse).url.startswith("/compte/connexion/")
