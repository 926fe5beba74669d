"""`relais agent` and `relais equipe`, as an operator types them."""

import io
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from relais.annuaire.models import Affectation, Agent, Equipe
from relais.journal.mur import pour
from tests import banc
from tests.annuaire.comptes import MOT, choisir, objets_envoyes
from tests.annuaire.gestes import CODE, CONNEXION, donner_mot_de_passe, est_connecte, journal
from tests.personas import poser_second_facteur

DE_ZOE = {
    "--email": "zoe@exemple.test",
    "--prenom": "Zoé",
    "--nom": "Exemple",
    "--organisation": "cd35",
    "--role": "travailleur-social",
    "--equipe": "CDAS Exemple Nord",
}


def relais(*mots: str) -> str:
    sortie = io.StringIO()
    call_command(*mots, stdout=sortie)
    return sortie.getvalue()


def creer(commande: str = "agent", **options: str) -> str:
    arguments = (DE_ZOE if commande == "agent" else {}) | {f"--{c}": v for c, v in options.items()}
    return relais(commande, "creer", *sum(arguments.items(), ()))


def montre(dit: str) -> str:
    """The path of the link that the command shows."""
    (chemin,) = re.findall(rf"^{settings.ADRESSE_PUBLIQUE}(/\S+)$", dit, re.MULTILINE)
    return chemin


def test_le_compte_cree_s_ouvre_par_un_lien_et_sa_personne_choisit_le_mot_de_passe(personas):
    chemin = montre(creer())
    zoe = Agent.objects.get(email="zoe@exemple.test")
    assert not zoe.is_active
    assert not zoe.has_usable_password(), "nobody but her ever knows one"
    assert "invitation" not in objets_envoyes()
    client = Client()
    choisir(client, chemin)
    assert est_connecte(client)
    assert client.get("/fiches/").url == "/compte/", "the second factor comes first"
    assert Affectation.objects.get(agent=zoe).territoire.code == "T1"
    assert choisir(Client(), chemin).status_code == 410, "once"


def test_un_administrateur_cree_au_serveur_choisit_un_long_mot_de_passe(personas):
    chemin = montre(creer(role="administrateur", equipe=""))
    assert choisir(Client(), chemin, "quinze-lettres!").status_code == 422
    assert choisir(Client(), chemin, "quinze-lettres!!").status_code == 302


def test_un_lien_perdu_se_remplace_et_le_premier_n_ouvre_plus_rien(personas):
    premier = montre(creer())
    second = montre(relais("agent", "lien", "--email", "zoe@exemple.test"))
    assert choisir(Client(), premier).status_code == 410
    assert choisir(Client(), second).status_code == 302
    assert "compte_invite" in [fait[0] for fait in journal("cd35")]


def test_un_mot_de_passe_perdu_se_remplace_du_serveur_sans_le_second_facteur(personas):
    agent = personas.admin_departement.agent
    poser_second_facteur(agent)
    chemin = montre(relais("agent", "lien", "--email", agent.email))
    client = Client()
    assert choisir(client, chemin).url == CONNEXION
    assert donner_mot_de_passe(client, agent.email, MOT).url == CODE
    assert not est_connecte(client)


def test_un_compte_ferme_ne_recoit_pas_de_lien(personas):
    agent = personas.ts_redon.agent
    relais("agent", "desactiver", "--email", agent.email)
    with pytest.raises(CommandError, match="n’est pas ouvert"):
        relais("agent", "lien", "--email", agent.email)


def test_le_compte_cree_va_au_journal_par_son_pseudonyme(personas):
    creer()
    pseudonyme = Agent.objects.get(email="zoe@exemple.test").pseudonyme
    assert journal("cd35")[-1] == ("compte_cree", "fait", str(pseudonyme), None)


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        ({"organisation": "cd99"}, "L’organisation « cd99 » n’existe pas. Il y a : .*cd35"),
        ({"role": "chef"}, "Le rôle « chef » n’existe pas. Il y a : travailleur_social"),
        ({"equipe": "CDAS inconnu"}, "Il y a : CDAS Exemple Nord"),
        ({"role": "agent_caisse"}, "Le rôle « Agent de la caisse » n’existe pas"),
        ({"email": "", "nom": ""}, "Il manque : --email, --nom."),
        ({"equipe": ""}, "demande une équipe"),
        ({"email": "zoe"}, "pas complète"),
        ({"email": "TS.Rennes@exemple.test"}, "existe déjà"),
        ({"telephone": "12"}, "pas complet"),
    ],
)
def test_une_faute_se_dit_en_une_phrase_et_ne_cree_rien(personas, options, phrase):
    avant = Agent.objects.count()
    with pytest.raises(CommandError, match=phrase):
        creer(**options)
    assert Agent.objects.count() == avant


def test_une_equipe_se_cree_sur_son_territoire(personas):
    creer("equipe", organisation="cd35", nom="CDAS Exemple Ouest", territoire="T5")
    assert Equipe.objects.get(nom="CDAS Exemple Ouest").territoire.code == "T5"


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        ({"nom": "X"}, "Il manque : --organisation"),
        ({"organisation": "cd35", "nom": "X", "territoire": "T9"}, "Il y a : T1, T2"),
        ({"organisation": "cd35", "nom": "X"}, "appartient à un territoire"),
        ({"organisation": "cd35", "nom": "CDAS Exemple Nord", "territoire": "T1"}, "existe déjà"),
    ],
)
def test_une_equipe_refusee_se_dit_en_une_phrase(personas, options, phrase):
    with pytest.raises(CommandError, match=phrase):
        creer("equipe", **options)


def test_les_listes_disent_les_comptes_et_les_equipes(personas):
    comptes = relais("agent", "lister", "--organisation", "carsat-bretagne")
    assert re.search(
        r"carsat-bretagne +agent.caisse@exemple.test +Kim Fictif +Agent de la", comptes
    )
    assert "ts.rennes@" not in comptes
    assert "ts.rennes@" in relais("agent", "lister")
    assert re.search(r"cd35 +T1 +CDAS Exemple Nord", relais("equipe", "lister"))
    assert "pas encore" in relais("equipe", "lister", "--organisation", "autre-caisse")


def test_un_compte_ferme_n_est_pas_dans_la_liste(personas):
    Agent.objects.filter(pk=personas.ts_rennes.agent_id).update(is_active=False)
    assert "ts.rennes@" not in relais("agent", "lister")


def processus(base: banc.Base, *mots: str, **environnement: str):
    return subprocess.run(
        [sys.executable, "-m", "relais", *mots],
        cwd=banc.RACINE,
        env=base.environnement() | environnement,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_la_commande_installee_cree_un_compte_sous_le_role_qui_sert(base):
    options = ["--organisation", "carsat-bretagne", "--nom", "Agence Exemple"]
    assert processus(base, "equipe", "creer", *options).returncode == 0
    fait = processus(base, "agent", "creer", *sum(_de_la_caisse().items(), ()))
    assert (fait.returncode, fait.stderr) == (0, "")
    with pour("carsat-bretagne"):
        assert Agent.objects.get().email == "lou@exemple.test"


def _de_la_caisse() -> dict[str, str]:
    suite = {"--email": "lou@exemple.test", "--organisation": "carsat-bretagne"}
    return DE_ZOE | suite | {"--role": "agent_caisse", "--equipe": "Agence Exemple"}


REFUS: list[tuple[list[str], dict[str, str], str]] = [
    (["agent", "creer"], {}, "Il manque : --email, --prenom, --nom, --organisation, --role."),
    (["agent"], {}, "Dites ce qu’il faut faire : creer, inviter, importer, "),
    (["agent", "creer", "--inconnue"], {}, "Cette commande n’est pas juste."),
    (["equipe", "effacer"], {}, "Cette commande n’est pas juste."),
    (
        ["equipe", "lister"],
        {"RELAIS_BASE_URL": "postgresql://execution@127.0.0.1:1/rien"},
        "La base ne répond pas comme attendu.",
    ),
    (["equipe", "lister"], {"RELAIS_ROLE": "proprietaire"}, "sous le rôle execution"),
]


def test_un_refus_est_une_phrase_et_le_statut_un(base):
    for mots, environnement, phrase in REFUS:
        refus = processus(base, *mots, **environnement)
        assert refus.returncode == 1, mots
        # The pool of connections may add words of its own while the process ends.
        (dite,) = [ligne for ligne in refus.stderr.splitlines() if phrase in ligne]
        assert not dite.startswith("{")
        assert "Traceback" not in refus.stderr
        assert refus.stdout == ""
