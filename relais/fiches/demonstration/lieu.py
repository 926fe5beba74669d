"""The folder of the demonstration and what its programs find in their environment."""

import fcntl
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from relais.socle.attrape_courriels import SOUS_DOSSIER

PORT = 8000
PORTS_CHOISIS = range(20_000, 32_000)  # Linux gives those from 32 768 on (ip_local_port_range)
VERROU = "verrou"
CHARGEE = "donnees-chargees"


class DemonstrationImpossible(Exception):
    """It cannot start; the text says why and what to do, in French."""


@dataclass(frozen=True)
class Lieu:
    """Everything is under `dossier`; the page is served on `port` of 127.0.0.1."""

    dossier: Path
    port: int = PORT

    @property
    def adresse(self) -> str:
        """By its name: passkeys refuse 127.0.0.1."""
        return f"http://localhost:{self.port}"

    @property
    def base(self) -> Path:
        return self.dossier / "postgresql"

    @property
    def courriels(self) -> Path:
        return self.dossier / SOUS_DOSSIER

    @property
    def programmes(self) -> Path:
        """Where each program leaves its log and its number."""
        return self.dossier / "programmes"

    @property
    def coffre(self) -> tuple[Path, Path, Path]:
        """The key store, its copies, the root key."""
        return self.dossier / "coffre", self.dossier / "coffre-copies", self.dossier / "racine"

    @property
    def temoin(self) -> Path:
        """There once the data is whole: a load that was cut starts again."""
        return self.dossier / CHARGEE

    def preparer(self) -> None:
        """Make the folder; DemonstrationImpossible when it belongs to another account."""
        try:
            self.dossier.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.dossier / VERROU).touch(mode=0o600)
            permis = os.access(self.dossier, os.W_OK | os.X_OK)
        except OSError:
            permis = False
        if not permis or self.dossier.stat().st_uid != os.geteuid():
            raise DemonstrationImpossible(
                f"Le dossier {self.dossier} appartient à un autre compte. Lancez la démonstration"
                " avec ce compte, ou donnez-lui un autre dossier :"
                " RELAIS_DOSSIER=/un/dossier make run"
            )

    @contextmanager
    def seul(self) -> Iterator[None]:
        """One demonstration at a time in this folder; the kernel lets go after a kill -9."""
        with (self.dossier / VERROU).open("r+") as verrou:
            try:
                fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DemonstrationImpossible(
                    f"Une démonstration tourne déjà dans {self.dossier}, sur {verrou.read()}."
                    " Arrêtez-la par Ctrl-C dans sa fenêtre, puis recommencez."
                ) from None
            verrou.truncate(0)
            verrou.write(self.adresse)
            verrou.flush()
            yield

    def verifier_port(self) -> None:
        """DemonstrationImpossible when somebody else answers on the port, by IPv4 or IPv6."""
        for famille, hote in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            if not _libre(famille, hote, self.port):
                raise DemonstrationImpossible(
                    f"Le port {self.port} est déjà pris par un autre programme."
                    f" Choisissez-en un autre : make run PORT={self.port + 1}"
                )

    def environnement(self, base: dict[str, str], *, smtp: int) -> dict[str, str]:
        """For the programs: no RELAIS_ setting of the caller's shell, all of ours."""
        coffre, copies, racine = self.coffre
        herite = {cle: un for cle, un in os.environ.items() if not cle.startswith("RELAIS_")}
        return (
            herite
            | base
            | {
                "PYTHONUNBUFFERED": "1",
                "RELAIS_DEMONSTRATION": "1",
                "RELAIS_DOSSIER": str(self.dossier),
                "RELAIS_COFFRE": str(coffre / "coffre.sqlite3"),
                "RELAIS_COFFRE_COPIES": str(copies),
                "RELAIS_CLE_RACINE": str(racine / "racine.cle"),
                "RELAIS_CLE_DJANGO": self._cle_django(),
                "RELAIS_ADRESSE_PUBLIQUE": self.adresse,
                "RELAIS_ECOUTE": f"127.0.0.1:{self.port}",
                "RELAIS_SMTP_HOTE": "127.0.0.1",
                "RELAIS_SMTP_PORT": str(smtp),
                "RELAIS_SMTP_STARTTLS": "0",
                "RELAIS_SMTP_EXPEDITEUR": "relais@exemple.invalid",
            }
        )

    def _cle_django(self) -> str:
        fichier = self.dossier / "cle-django"
        if not fichier.exists() or not fichier.read_text().strip():
            fichier.touch(mode=0o600)
            fichier.write_text(secrets.token_urlsafe(48))
        return fichier.read_text().strip()


def port_libre() -> int:
    """A free port of 127.0.0.1, which the kernel gives to nobody before it is used."""
    while not _libre(socket.AF_INET, "127.0.0.1", port := secrets.choice(PORTS_CHOISIS)):
        pass
    return port


def _libre(famille: socket.AddressFamily, hote: str, port: int) -> bool:
    try:
        with socket.socket(famille) as essai:
            essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            essai.bind((hote, port))
    except PermissionError:
        raise DemonstrationImpossible(
            f"Le port {port} est réservé à l’administrateur : choisissez-en un au-dessus de 1024."
        ) from None
    except OSError as erreur:
        # A machine without IPv6 has no such address: nobody can answer there.
        return famille == socket.AF_INET6 and erreur.errno not in {98, 48}
    return True
