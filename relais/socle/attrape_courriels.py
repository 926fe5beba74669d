"""The mail server of the demonstration: takes every mail, sends none, keeps them to be read.

    python -m relais.socle.attrape_courriels DOSSIER PORT

On 127.0.0.1 only, without TLS: never for service. aiosmtpd comes with development and
demonstration alone: imported when the server starts.
"""

import asyncio
import os
import signal
import sys
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from relais.socle.horloge import maintenant

SOUS_DOSSIER = "courriels"
HORODATAGE = "%Y%m%dT%H%M%S%f"


@dataclass(frozen=True)
class Courriel:
    """A mail that was taken. `recu_le`: aware, UTC."""

    recu_le: datetime
    de: str
    a: str
    objet: str
    corps: str
    message_id: str


def lire(dossier: Path) -> list[Courriel]:
    """The mails taken under `dossier`, the latest first; empty where there is none."""
    fichiers = sorted((dossier / SOUS_DOSSIER).glob("*.eml"), reverse=True)
    return [_courriel(fichier) for fichier in fichiers]


def garder(dossier: Path, contenu: bytes) -> Path:
    """Write a mail down; a reader sees it whole or not at all."""
    boite = dossier / SOUS_DOSSIER
    boite.mkdir(mode=0o700, parents=True, exist_ok=True)
    nom = f"{maintenant().strftime(HORODATAGE)}-{uuid.uuid4().hex[:8]}"
    provisoire = boite / f"{nom}.partiel"
    provisoire.touch(mode=0o600)
    provisoire.write_bytes(contenu)
    return provisoire.rename(boite / f"{nom}.eml")


def _courriel(fichier: Path) -> Courriel:
    message = message_from_bytes(fichier.read_bytes(), _class=EmailMessage, policy=default)
    corps = message.get_body(("plain",))
    return Courriel(
        recu_le=datetime.strptime(fichier.stem.split("-")[0], HORODATAGE).replace(tzinfo=UTC),
        de=str(message["From"] or ""),
        a=str(message["To"] or ""),
        objet=str(message["Subject"] or ""),
        corps=corps.get_content().replace("\r\n", "\n") if corps else "",
        message_id=str(message["Message-ID"] or ""),
    )


class _Boite:
    """What aiosmtpd calls for each mail."""

    def __init__(self, dossier: Path) -> None:
        self.dossier = dossier

    async def handle_DATA(self, serveur: Any, session: Any, enveloppe: Any) -> str:  # noqa: N802
        garder(self.dossier, enveloppe.content)
        return "250 Message pris"


async def attraper(dossier: Path, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C; OSError when the port is taken."""
    from aiosmtpd.smtp import SMTP

    boucle = asyncio.get_running_loop()
    fin = asyncio.Event()
    for signal_recu in (signal.SIGTERM, signal.SIGINT):
        boucle.add_signal_handler(signal_recu, fin.set)
    serveur = await boucle.create_server(
        lambda: SMTP(_Boite(dossier), hostname="localhost", enable_SMTPUTF8=True),
        "127.0.0.1",
        port,
    )
    try:
        await fin.wait()
    finally:
        serveur.close()


def main() -> int:
    """Command line: DOSSIER PORT. Returns the exit status."""
    dossier, port = Path(sys.argv[1]), int(sys.argv[2])
    os.umask(0o077)
    try:
        asyncio.run(attraper(dossier, port))
    except OSError:
        print(f"Le port {port} est déjà pris : les courriels n’y seront pas lus.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
