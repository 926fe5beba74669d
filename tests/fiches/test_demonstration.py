"""`make run`: the real processes, and the fictitious people it shows."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from relais.fiches.demonstration import population
from relais.fiches.demonstration.lieu import port_libre
from relais.fiches.demonstration.scenarios import SCENARIOS, histoires
from relais.regles import nir
from relais.regles.circuit import Statut
from relais.regles.convention import Role
from relais.socle.postgres import Serveur
from tests import banc

RACINE = Path(__file__).resolve().parents[2]
PATIENCE = 100  # seconds: two cores shared with other tests
FICHES = 6


class Demonstration:
    """`relais demonstration` in a folder of its own, as `make run` starts it."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier
        self.port = port_libre()
        self.dit = ""

    def lancer(self, *mots: str) -> "subprocess.Popen[str]":
        herite = {cle: un for cle, un in os.environ.items() if not cle.startswith("RELAIS_")}
        # A shell may hold the address of a real base: it must not be used.
        ailleurs = "postgresql://execution@127.0.0.1:1/vraie"
        return subprocess.Popen(
            [sys.executable, "-m", "relais", "demonstration", "--fiches", str(FICHES), *mots],
            cwd=RACINE,
            env=herite
            | {
                "RELAIS_DOSSIER": str(self.dossier),
                "PORT": str(self.port),
                "RELAIS_BASE_URL": ailleurs,
                "RELAIS_BASE_URL_PROPRIETAIRE": ailleurs,
                "PYTHONWARNINGS": "ignore",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def demarrer(self) -> "subprocess.Popen[str]":
        """Until its last line."""
        processus = self.lancer()
        assert processus.stdout is not None
        self.dit = ""
        for ligne in processus.stdout:
            self.dit += ligne
            if ligne.startswith("Relais Retraite est prêt"):
                return processus
        raise AssertionError(self.dit)

    def refus(self, *mots: str) -> str:
        processus = self.lancer(*mots)
        dit, _ = processus.communicate(timeout=PATIENCE)
        assert processus.returncode == 1, dit
        return dit

    def page(self, chemin: str) -> str:
        ouvreur = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with ouvreur.open(f"http://localhost:{self.port}{chemin}", timeout=20) as reponse:
            return str(reponse.read().decode())

    def vivants(self) -> set[int]:
        """The processes that work for this folder, whoever started them."""
        marque = f"RELAIS_DOSSIER={self.dossier}\0".encode()
        trouves = set()
        for dossier in Path("/proc").glob("[0-9]*"):
            try:
                ici = marque in (dossier / "environ").read_bytes()
                ici |= (dossier / "cwd").readlink().is_relative_to(self.dossier)
            except OSError:
                continue
            if ici:
                trouves.add(int(dossier.name))
        return trouves


def attendre(quoi: Callable[[], object]) -> None:
    fin = time.monotonic() + PATIENCE
    while not quoi():
        assert time.monotonic() < fin, "rien n'est venu"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    lieu = Demonstration(tmp_path_factory.mktemp("demo") / "var")
    yield lieu
    for pid in lieu.vivants():
        os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(600)
def test_make_run_sert_la_page_s_arrete_et_repart_apres_un_kill(
    demonstration: Demonstration,
) -> None:
    premiere = demonstration.demarrer()
    _sert_la_page_et_les_courriels(demonstration)
    _n_ecoute_que_sur_cette_machine(demonstration.port)
    _refuse_de_tourner_deux_fois(demonstration)
    agents = _nombre_d_agents(demonstration)

    premiere.kill()
    premiere.communicate()
    attendre(lambda: not demonstration.vivants())

    seconde = demonstration.demarrer()
    assert "Chargement" not in demonstration.dit
    assert _nombre_d_agents(demonstration) == agents
    os.killpg(seconde.pid, signal.SIGINT)
    dit, _ = seconde.communicate(timeout=PATIENCE)
    assert dit.strip() == "Tout est arrêté."
    assert seconde.returncode == 0
    assert not demonstration.vivants()


@pytest.mark.timeout(200)
def test_une_base_qui_n_est_pas_une_demonstration_n_est_pas_touchee(tmp_path: Path) -> None:
    lieu = Demonstration(tmp_path / "var")
    with (
        Serveur(lieu.dossier / "postgresql") as serveur,
        psycopg.connect(serveur.url("proprietaire"), autocommit=True) as connexion,
    ):
        connexion.execute("CREATE TABLE dossiers AS SELECT 'vrai' AS contenu")
    for mots in ((), ("--neuve",)):
        assert "contient autre chose qu’une démonstration" in lieu.refus(*mots)
        assert not lieu.vivants()
    with (
        Serveur(lieu.dossier / "postgresql") as serveur,
        psycopg.connect(serveur.url("proprietaire")) as connexion,
    ):
        assert connexion.execute("SELECT contenu FROM dossiers").fetchall() == [("vrai",)]
        assert not connexion.execute("SELECT to_regclass('annuaire_agent')").fetchone()[0]
    assert not (lieu.dossier / "coffre").exists()


@pytest.mark.parametrize("hote", ["127.0.0.1", "::1"])
def test_un_port_pris_est_dit_et_un_autre_propose(tmp_path: Path, hote: str) -> None:
    lieu = Demonstration(tmp_path / "var")
    famille = socket.AF_INET6 if ":" in hote else socket.AF_INET
    try:
        occupant = socket.create_server((hote, lieu.port), family=famille)
    except OSError:
        pytest.skip("pas d'IPv6 ici")
    with occupant:
        dit = lieu.refus()
    assert f"Le port {lieu.port} est déjà pris" in dit
    assert f"make run PORT={lieu.port + 1}" in dit
    assert "Traceback" not in dit


@pytest.mark.parametrize("port", ["0", "65535", "x"])
def test_un_port_impossible_est_refuse(tmp_path: Path, port: str) -> None:
    lieu = Demonstration(tmp_path / "var")
    processus = lieu.lancer("--port", port)
    dit, _ = processus.communicate(timeout=PATIENCE)
    assert processus.returncode in (1, 2)
    assert "Traceback" not in dit


def _sert_la_page_et_les_courriels(lieu: Demonstration) -> None:
    dernieres = lieu.dit.strip().splitlines()
    assert dernieres[-1] == f"Relais Retraite est prêt : http://localhost:{lieu.port}"
    assert population.MOT_DE_PASSE in lieu.dit
    assert "ts.rennes@exemple.test" in lieu.dit
    assert "<h1" in lieu.page("/")
    assert lieu.page("/sante/vivant") == "vivant\n"
    attendre(lambda: "Demande urgente" in lieu.page("/demonstration/courriels/"))


def _n_ecoute_que_sur_cette_machine(port: int) -> None:
    ouverts = re.findall(
        r"^\s*\d+: (\w+):(\w{4}) \w+:0000 0A", Path("/proc/net/tcp").read_text(), re.MULTILINE
    )
    assert [adresse for adresse, un in ouverts if int(un, 16) == port] == ["0100007F"]


def _refuse_de_tourner_deux_fois(lieu: Demonstration) -> None:
    dit = lieu.refus()
    assert "Une démonstration tourne déjà" in dit
    assert f"http://localhost:{lieu.port}" in dit


def _nombre_d_agents(lieu: Demonstration) -> int:
    serveur = Serveur(lieu.dossier / "postgresql")
    with psycopg.connect(serveur.url("execution")) as connexion:
        return int(connexion.execute("SELECT count(*) FROM annuaire_agent").fetchone()[0])


@pytest.fixture
def chargee(base: banc.Base) -> datetime:
    """A base with one fiche of each story; when it was loaded."""
    from relais.fiches.demonstration.chargement import charger

    maintenant = datetime.now(UTC)
    charger(maintenant=maintenant, nombre=len(SCENARIOS))
    return maintenant


def test_chaque_etat_est_montre_a_des_dates_proches_d_aujourd_hui(chargee: datetime) -> None:
    from relais.annuaire.contexte import contexte_systeme
    from relais.annuaire.models import Affectation, Equipe, Organisation
    from relais.fiches.exemplaires import derniere_demande
    from relais.fiches.models import Avis, Fiche, Rappel

    with contexte_systeme("cd35"):
        statuts = Counter(Fiche.objects.values_list("statut", flat=True))
        assert set(statuts) == set(Statut)
        transmises = list(Fiche.objects.exclude(transmise_le=None))
        retards = [f for f in transmises if f in Fiche.objects.en_retard(chargee)]
        assert retards
        assert all(f.transmise_le > chargee - timedelta(days=200) for f in transmises)
        assert {f.reponse_au_professionnel for f in transmises} == {True, False}
        assert any(f.archivee for f in transmises)
        contenus = [derniere_demande(f, "cd35") for f in transmises]
    _que_des_personnes_fictives([trouve[1].personne for trouve in contenus if trouve])
    equipes = Equipe.objects.exclude(territoire=None)
    par_tis = Counter(equipes.values_list("territoire__code", flat=True))
    assert len(par_tis) == 6
    assert set(par_tis.values()) <= {2, 3}
    roles = set(Affectation.objects.values_list("role", flat=True))
    assert roles == set(Role)
    assert Organisation.objects.count() == 2
    # What is old has long been mailed: the worker has but the last hours to send.
    a_envoyer = Avis.objects.filter(etat=Avis.Etat.A_ENVOYER)
    assert all(un.cree_le > chargee - timedelta(hours=24) for un in a_envoyer)
    for organisation in ("cd35", "carsat-bretagne"):
        with contexte_systeme(organisation):
            assert Rappel.objects.dus_avant(organisation, chargee + timedelta(days=9)).exists()
            assert not Rappel.objects.dus_avant(organisation, chargee - timedelta(days=1)).exists()


def _que_des_personnes_fictives(personnes: list) -> None:
    assert len(personnes) > 10
    for personne in personnes:
        assert personne.telephone[:7] in {"", "+332619", "+336399"}
        assert not personne.mail or personne.mail.endswith("@exemple.test")
        if personne.nir:
            assert personne.nir[5:10] == "99999"
            assert nir.lire(personne.nir + (personne.nir_cle or ""), sans_cle=True)


def test_les_copies_de_la_caisse_de_plus_de_vingt_jours_sont_effacees(chargee: datetime) -> None:
    from relais.annuaire.contexte import contexte_systeme
    from relais.fiches.models import Exemplaire

    with contexte_systeme("carsat-bretagne"):
        copies = Exemplaire.objects.filter(organisation="carsat-bretagne")
        assert copies.exists()
        assert not copies.a_purger("carsat-bretagne", chargee).exists()


def test_deux_cents_fiches_dans_leurs_proportions() -> None:
    assert sum(scenario.fois for scenario in SCENARIOS) == 200
    assert Counter(s.nom for s in histoires(200)) == {s.nom: s.fois for s in SCENARIOS}
    assert len(list(histoires(60))) == 60
    assert 20 <= len(population.DEPARTEMENT) + len(population.CAISSE) <= 30
