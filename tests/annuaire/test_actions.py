"""Creating équipes and accounts: what fits together, and what is refused in which words."""

import pytest
from django.db import IntegrityError, transaction

from relais.annuaire.actions.comptes import creer_agent
from relais.annuaire.actions.equipes import creer_equipe
from relais.annuaire.actions.roles import affecter
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation, Agent, Equipe, Organisation, Territoire
from relais.regles.convention import Role
from tests.annuaire.gestes import journal
from tests.personas import CREES_LE, MOT_DE_PASSE

DEPARTEMENT, CAISSE = "cd35", "carsat-bretagne"
DE_TERRAIN = {Role.TRAVAILLEUR_SOCIAL, Role.CHARGE_ACCUEIL, Role.ENCADRANT}
DE_LA_CAISSE = {Role.AGENT_CAISSE, Role.RESPONSABLE_CAISSE}
DES_DEUX = set(Role) - DE_TERRAIN - DE_LA_CAISSE - {Role.CHARGE_REPERAGE}


def creer(organisation=DEPARTEMENT, role=Role.REFERENT, **autres):
    options = {
        "email": "neuf@exemple.test",
        "prenom": "Zoé",
        "nom": "Neuve-Exemple",
        "mot_de_passe": MOT_DE_PASSE,
        "maintenant": CREES_LE,
    } | autres
    return creer_agent(
        organisation=Organisation.objects.get(code=organisation), role=role, **options
    )


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("organisation", [DEPARTEMENT, CAISSE])
def test_chaque_partie_a_ses_roles(personas, organisation, role):
    equipe = Equipe.objects.filter(organisation=organisation).first()
    permis = DES_DEUX | (
        DE_LA_CAISSE if organisation == CAISSE else DE_TERRAIN | {Role.CHARGE_REPERAGE}
    )
    if role in permis:
        creer(organisation, role, equipe=equipe)
    else:
        with pytest.raises(CompteRefuse, match="n’existe pas dans l’organisation"):
            creer(organisation, role, equipe=equipe)


@pytest.mark.parametrize("role", sorted(DE_TERRAIN))
def test_un_role_de_terrain_demande_une_equipe(personas, role):
    with pytest.raises(CompteRefuse, match="demande une équipe"):
        creer(role=role)


def test_une_equipe_d_une_autre_organisation_est_refusee(personas):
    with pytest.raises(CompteRefuse, match="autre organisation"):
        creer(CAISSE, Role.AGENT_CAISSE, equipe=Equipe.objects.filter(organisation="cd35").first())


@pytest.mark.parametrize(
    ("saisie", "phrase"),
    [
        ({"email": "pas une adresse"}, "adresse mail n’est pas complète"),
        ({"email": "TS.Rennes@exemple.test"}, "existe déjà pour cette adresse"),
        ({"telephone": "12"}, "numéro n’est pas complet"),
        ({"prenom": "  "}, "Indiquez le prénom"),
        ({"nom": "a\x00b"}, "Indiquez le nom"),
        ({"nom": "x" * 81}, "80 caractères"),
        ({"mot_de_passe": "onze caract"}, "12"),
        ({"mot_de_passe": "Neuve-Exemple-35"}, "trop proche de votre nom"),
        ({"mot_de_passe": "relais-retraite"}, "trop proche"),
        ({"mot_de_passe": "PasswordPassword"}, "trop courant"),
        ({"mot_de_passe": "azertyuiop2026!"}, "trop courant"),
        ({"mot_de_passe": "motdepasse123456"}, "trop courant"),
        ({"mot_de_passe": "a" * 20}, "trop courant"),
        ({"mot_de_passe": "123456789012"}, "trop courant"),
        ({"mot_de_passe": "quinze-lettres!", "role": Role.ADMINISTRATEUR}, "16"),
        ({"mot_de_passe": "quinze-lettres!", "role": Role.ADMINISTRATEUR_TECHNIQUE}, "16"),
    ],
)
def test_un_compte_mal_demande_n_est_pas_cree(personas, saisie, phrase):
    avant = Agent.objects.count()
    with pytest.raises(CompteRefuse, match=phrase):
        creer(**saisie)
    assert Agent.objects.count() == avant


@pytest.mark.parametrize(
    "phrase",
    ["lettres seulement", "un, deux, trois, Exemple !", "éàü ☂ œuf et 🥚", "777777x3k9pz"],
)
def test_aucune_regle_de_composition_sur_le_mot_de_passe(personas, phrase):
    assert creer(mot_de_passe=phrase).check_password(phrase)


def test_le_compte_est_cree_propre_et_consigne(personas):
    agent = creer(email=" Neuf@Exemple.TEST ", prenom=" Zoé  Anne ", telephone="02 61 91 35 35")
    assert (agent.email, agent.prenom, agent.telephone) == (
        "neuf@exemple.test",
        "Zoé Anne",
        "+33261913535",
    )
    assert agent.check_password(MOT_DE_PASSE)
    assert journal("cd35")[-1] == ("compte_cree", "fait", str(agent.pseudonyme), None)


def test_l_adresse_est_unique_sans_casse_dans_la_base(personas):
    with pytest.raises(IntegrityError), transaction.atomic():
        Agent.objects.create(email="TS.RENNES@exemple.test", prenom="A", nom="B", cree_le=CREES_LE)


def test_une_equipe_de_departement_a_son_territoire(personas):
    cd35, caisse = (Organisation.objects.get(code=code) for code in (DEPARTEMENT, CAISSE))
    territoire = Territoire.objects.get(code="T2")
    with pytest.raises(CompteRefuse, match="appartient à un territoire"):
        creer_equipe(cd35, "CDAS Exemple Est")
    with pytest.raises(CompteRefuse, match="autre organisation"):
        creer_equipe(caisse, "Agence Exemple", territoire=territoire)
    with pytest.raises(CompteRefuse, match="Indiquez"):
        creer_equipe(caisse, " ")
    creer_equipe(cd35, "CDAS Exemple Est", territoire=territoire)
    with pytest.raises(CompteRefuse, match="existe déjà"):
        creer_equipe(cd35, " CDAS  Exemple Est ", territoire=territoire)


def test_la_base_refuse_un_terrain_sans_equipe_et_un_role_en_double(personas):
    agent = personas.ts_rennes.agent
    with pytest.raises(IntegrityError), transaction.atomic():
        Affectation.objects.create(
            agent=agent,
            organisation_id="cd35",
            role=Role.ENCADRANT,
            depuis=CREES_LE,
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        affecter(
            agent,
            personas.ts_rennes.organisation,
            Role.TRAVAILLEUR_SOCIAL,
            equipe=personas.ts_rennes.equipe,
            maintenant=CREES_LE,
        )
