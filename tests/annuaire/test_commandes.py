"""`relais agent` and `relais equipe`, as an operator types them."""

import io
import re
import subprocess
import sys
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from relais.annuaire.models import Affectation, Agent, Equipe
from relais.journal.mur import pour
from tests import banc
from tests.annuaire.gestes import donner_mot_de_passe, est_connecte, journal

DE_ZOE = {
    "--email": "zoe@exemple.test",
    "--prenom": "Zoé",
    "--nom": "Exemple",
    "--organisation": "cd35",
    "--role": "travailleur-social",
    "--equipe": "CDAS Exemple Nord",
}
ENTREE = "relais.annuaire.management.commands.agent.sys.stdin"
SAISIE = "relais.annuaire.management.commands.agent.getpass.getpass"


def relais(*mots: str) -> str:
    sortie = io.StringIO()
    call_command(*mots, stdout=sortie)
    return sortie.getvalue()


def creer(commande: str = "agent", *suite: str, **options: str) -> str:
    arguments = (DE_ZOE if commande == "agent" else {}) | {f"--{c}": v for c, v in options.items()}
    return relais(commande, "creer", *sum(arguments.items(), ()), *suite)


def au_terminal(*saisies: str):
    """A terminal where those passwords are typed."""
    pile = mock.patch(SAISIE, side_effect=saisies)
    return mock.patch(ENTREE, **{"isatty.return_value": True}), pile


@pytest.mark.parametrize("terminal", [True, False])
def test_le_mot_de_passe_fait_s_affiche_une_fois_et_ouvre_le_compte(personas, terminal):
    entree, saisie = au_terminal()
    with entree as flux, saisie:
        flux.isatty.return_value = terminal
        dit = creer("agent", *(["--mot-de-passe-genere"] if terminal else []))
    (mot_de_passe,) = re.findall(r"une seule fois : (\S+)", dit)
    assert len(mot_de_passe) >= 20
    client = Client()
    donner_mot_de_passe(client, "zoe@exemple.test", mot_de_passe)
    assert est_connecte(client)
    assert client.get("/fiches/").url == "/compte/", "the second factor comes first"
    assert Affectation.objects.get(agent__email="zoe@exemple.test").territoire.code == "T1"


def test_au_terminal_le_mot_de_passe_se_saisit_deux_fois_et_ne_s_affiche_pas(personas):
    phrase = "une phrase tapée deux fois"
    entree, saisie = au_terminal(phrase, phrase)
    with entree, saisie:
        assert phrase not in creer()
    assert Agent.objects.get(email="zoe@exemple.test").check_password(phrase)


def test_au_terminal_deux_saisies_differentes_ne_creent_rien(personas):
    entree, saisie = au_terminal("une phrase", "une autre")
    with entree, saisie, pytest.raises(CommandError, match="Rien n’a été créé"):
        creer()
    assert not Agent.objects.filter(email="zoe@exemple.test").exists()


def test_un_mot_de_passe_trop_court_est_refuse_au_terminal(personas):
    entree, saisie = au_terminal("court", "court")
    with entree, saisie, pytest.raises(CommandError, match="trop court : pour ce rôle, il faut"):
        creer()


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
