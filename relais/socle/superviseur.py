"""Start programs, watch them, stop them all: nothing that was started outlives its supervisor.

Each program leads a session of its own (Ctrl-C is for the supervisor alone) and is told to stop by
the kernel when the supervisor ends, kill -9 included. What a killed supervisor could leave all the
same is found at the next start, by the register of `dossier` (pid and start time: a pid is reused).
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from relais.socle.arret import SIGNAUX

BATTEMENT = 0.2  # seconds between two looks at the programs
DELAI_ARRET = 15  # seconds left to finish, before SIGKILL
PAUSES = (1.0, 2.0, 4.0)  # seconds before each restart; after the last one, give up
BONNE_SANTE = 60  # seconds of life after which earlier falls are forgotten
EXTRAIT = 8  # lines of a log shown in an error
REGISTRE = "processus.json"


class ProgrammeTombe(Exception):
    """A program cannot be kept alive; the text says which and its last words, in French."""


class Surveille(Protocol):
    """What can be kept alive: a `Programme`, or a server with its own launcher."""

    nom: str

    def demarrer(self) -> None: ...
    def vivant(self) -> bool: ...
    def arreter(self) -> None: ...


@dataclass
class Programme:
    """A command kept alive, its output in `dossier/<nom>.log`."""

    nom: str
    commande: Sequence[str]
    environnement: dict[str, str]
    dossier: Path
    _processus: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def journal(self) -> Path:
        return self.dossier / f"{self.nom}.log"

    def demarrer(self) -> None:
        self.dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.journal.open("ab") as sortie:
            self._processus = subprocess.Popen(
                [*avec_son_pere(signal.SIGTERM), *self.commande],
                env=self.environnement,
                stdin=subprocess.DEVNULL,
                stdout=sortie,
                stderr=sortie,
                start_new_session=True,
            )
        _inscrire(self.dossier, self.nom, self._processus.pid)

    def vivant(self) -> bool:
        return self._processus is not None and code_de_sortie(self._processus) is None

    def arreter(self) -> None:
        """Ask, wait, then insist: the whole session goes, workers included."""
        if self._processus is None:
            return
        arreter_la_session(self._processus.pid, recueillir=partial(code_de_sortie, self._processus))
        attendre_la_fin(self._processus)
        self._processus = None
        _rayer(self.dossier, self.nom)

    def code(self) -> int | None:
        """Exit status; None while it runs or when it never started."""
        return code_de_sortie(self._processus) if self._processus else None

    def derniers_mots(self) -> str:
        return extrait(self.journal)


@dataclass
class Superviseur:
    """Start in order, watch, restart after a growing pause, stop in the reverse order."""

    dire: Callable[[str], None]
    _suivis: list[Surveille] = field(default_factory=list)
    _chutes: dict[str, list[float]] = field(default_factory=dict)

    def __enter__(self) -> "Superviseur":
        return self

    def __exit__(self, *_: object) -> None:
        self.arreter()

    def lancer(self, programme: Surveille) -> None:
        self._suivis.append(programme)
        programme.demarrer()

    def surveiller(self, *, jusqu_a: Callable[[], bool] = lambda: False) -> None:
        """Keep everything alive until `jusqu_a` says so; ProgrammeTombe when one keeps falling."""
        while not jusqu_a():
            for programme in self._suivis:
                if not programme.vivant():
                    self._relever(programme)
            time.sleep(BATTEMENT)

    def arreter(self) -> None:
        for programme in reversed(self._suivis):
            programme.arreter()
        self._suivis.clear()

    def _relever(self, programme: Surveille) -> None:
        maintenant = time.monotonic()
        chutes = self._chutes.setdefault(programme.nom, [])
        chutes[:] = [chute for chute in chutes if maintenant - chute < BONNE_SANTE]
        if len(chutes) >= len(PAUSES):
            mots = getattr(programme, "derniers_mots", str)()
            raise ProgrammeTombe(
                f"« {programme.nom} » s’arrête à chaque fois qu’on le relance."
                + (f" Ses derniers mots :\n{mots}" if mots else "")
            )
        pause = PAUSES[len(chutes)]
        chutes.append(maintenant)
        self.dire(f"« {programme.nom} » s’est arrêté. Il repart dans {pause:.0f} s.")
        programme.arreter()
        time.sleep(pause)
        programme.demarrer()


@contextmanager
def a_l_abri() -> Iterator[None]:
    """Hold back what asks to stop. `Popen` takes a lock in `poll` and `wait`: an exception raised
    there by a signal would leave it taken, and whoever waits for the program would do so for ever.
    """
    masque = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNAUX)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masque)


def code_de_sortie(processus: subprocess.Popen[bytes]) -> int | None:
    """Its exit status, None while it runs."""
    with a_l_abri():
        return processus.poll()


def attendre_la_fin(processus: subprocess.Popen[bytes]) -> None:
    """Collect a program that was told to stop."""
    with a_l_abri():
        processus.wait()


def avec_son_pere(fin: signal.Signals) -> list[str]:
    """Prefix of a command that gets `fin` when the process that started it ends (Linux)."""
    nom = fin.name.removeprefix("SIG")
    return ["setpriv", "--pdeathsig", nom] if shutil.which("setpriv") else []


def arreter_les_restes(dossier: Path) -> list[str]:
    """Stop what a killed supervisor left running, and nothing else; the names of what was found."""
    trouves = []
    for nom, (pid, debut) in _lire(dossier).items():
        vivants = session(pid)
        # The number may belong to somebody else now: another boot, or another start.
        if not debut.startswith(_amorce()) or (pid in vivants and _debut(pid) != debut):
            continue
        if vivants:
            trouves.append(nom)
            arreter_la_session(pid)
    (dossier / REGISTRE).unlink(missing_ok=True)
    return trouves


def arreter_la_session(pid: int, *, recueillir: Callable[[], object] = lambda: None) -> None:
    """SIGTERM to all the processes of a session, SIGKILL to those that stay."""
    for un, delai in ((signal.SIGTERM, DELAI_ARRET), (signal.SIGKILL, 5)):
        fin = time.monotonic() + delai
        for membre in session(pid):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(membre, un)
        while time.monotonic() < fin:
            recueillir()
            if not session(pid):
                return
            time.sleep(0.05)


def session(pid: int) -> set[int]:
    """The living processes of the session that `pid` leads or led (zombies left out)."""
    membres = set()
    for dossier in Path("/proc").glob("[0-9]*"):
        etat = _etat(dossier)
        if etat and etat[3] == str(pid) and etat[0] != "Z":
            membres.add(int(dossier.name))
    return membres


def _debut(pid: int) -> str:
    """When a process started, with the boot it belongs to; empty when it is gone."""
    etat = _etat(Path(f"/proc/{pid}"))
    return f"{_amorce()}/{etat[19]}" if etat else ""


def _amorce() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _etat(dossier: Path) -> list[str]:
    """Fields of /proc/<pid>/stat after the name: state, ppid, group, session, …, start time."""
    try:
        return (dossier / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def extrait(journal: Path) -> str:
    """The last lines of a log."""
    try:
        lignes = journal.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join([ligne for ligne in lignes if ligne.strip()][-EXTRAIT:])


def _lire(dossier: Path) -> dict[str, tuple[int, str]]:
    try:
        lu = json.loads((dossier / REGISTRE).read_text())
        return {str(nom): (int(pid), str(debut)) for nom, (pid, debut) in lu.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}  # none yet, or cut by a kill: the kernel's own signal has stopped them


def _ecrire(dossier: Path, registre: dict[str, tuple[int, str]]) -> None:
    brouillon = dossier / f"{REGISTRE}.part"
    brouillon.write_text(json.dumps(registre))
    brouillon.replace(dossier / REGISTRE)


def _inscrire(dossier: Path, nom: str, pid: int) -> None:
    _ecrire(dossier, _lire(dossier) | {nom: (pid, _debut(pid))})


def _rayer(dossier: Path, nom: str) -> None:
    _ecrire(dossier, {un: lui for un, lui in _lire(dossier).items() if un != nom})
