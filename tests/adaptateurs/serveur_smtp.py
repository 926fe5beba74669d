"""Real SMTP servers for tests: aiosmtpd with TLS and passwords, and servers that misbehave."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from relais.fiches.demonstration.lieu import port_libre

UTILISATEUR, MOT_DE_PASSE = "relais", "mot-de-passe-d-essai"


@dataclass
class Boite:
    """What a server does with mails: takes them, or answers `rcpt` or `data` instead."""

    rcpt: str = ""
    data: str = ""
    recus: list[Any] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, serveur: Any, session: Any, enveloppe: Any, adresse: str, options: Any
    ) -> str:
        if not self.rcpt:
            enveloppe.rcpt_tos.append(adresse)
        return self.rcpt or "250 OK"

    async def handle_DATA(self, serveur: Any, session: Any, enveloppe: Any) -> str:  # noqa: N802
        if not self.data:
            self.recus.append((session, enveloppe))
        return self.data or "250 OK"

    def message(self) -> EmailMessage:
        """The only mail taken."""
        ((_, enveloppe),) = self.recus
        return message_from_bytes(enveloppe.content, _class=EmailMessage, policy=default)


@contextmanager
def serveur(
    boite: Boite, *, tls: ssl.SSLContext | None = None, mot_de_passe: bool = False
) -> Iterator[int]:
    """aiosmtpd on a free port of 127.0.0.1, which is given."""
    options: dict[str, Any] = {}
    if tls:
        options |= {"tls_context": tls, "require_starttls": True}
    if mot_de_passe:
        options |= {"authenticator": _authentifier, "auth_required": True}
    controleur = Controller(
        boite,
        hostname="127.0.0.1",
        port=port_libre(),
        server_hostname="essai.test",
        enable_SMTPUTF8=False,
        ready_timeout=60,
        **options,
    )
    controleur.start()
    try:
        yield controleur.port
    finally:
        controleur.stop()


def _authentifier(serveur: Any, session: Any, enveloppe: Any, mecanisme: str, donnees: Any) -> Any:
    attendu = LoginPassword(UTILISATEUR.encode(), MOT_DE_PASSE.encode())
    return AuthResult(success=donnees == attendu, handled=False)


@contextmanager
def serveur_brut(dialogue: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that plays `dialogue` with whoever comes first; its port is given."""
    with socket.create_server(("127.0.0.1", 0)) as ecoute:

        def servir() -> None:
            with suppress(OSError):
                prise, _ = ecoute.accept()
                with prise:
                    dialogue(prise)

        fil = threading.Thread(target=servir)
        fil.start()
        try:
            yield int(ecoute.getsockname()[1])
        finally:
            with suppress(OSError):
                ecoute.shutdown(socket.SHUT_RDWR)
            fil.join(10)


def dire(prise: socket.socket, ligne: str) -> None:
    prise.sendall(ligne.encode() + b"\r\n")


def dialoguer(prise: socket.socket, *, jusqu_a: str) -> None:
    """Play a willing server, and return when the command `jusqu_a` came, unanswered.

    "." stands for the end of the message.
    """
    flux = prise.makefile("rb")
    dire(prise, "220 essai.test")
    for brute in flux:
        ligne = brute.decode().strip()
        commande = ligne.split(" ")[0].upper()
        if commande == jusqu_a:
            return
        if commande == "DATA":
            dire(prise, "354 allez-y")
        elif commande in ("EHLO", "MAIL", "RCPT", "RSET", "QUIT", "."):
            dire(prise, "250 OK")


def certificat(dossier: Path, *, hote: str = "127.0.0.1", expire: bool = False) -> Path:
    """A self-signed certificate for `hote` with its key, in one PEM file."""
    cle = ec.generate_private_key(ec.SECP256R1())
    nom = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Serveur Exemple")])
    fin = datetime.now(UTC) + (timedelta(days=-1) if expire else timedelta(days=1))
    certifie = (
        x509.CertificateBuilder()
        .subject_name(nom)
        .issuer_name(nom)
        .public_key(cle.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(fin - timedelta(days=2))
        .not_valid_after(fin)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address(hote))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(cle, hashes.SHA256())
    )
    fichier = dossier / "certificat.pem"
    fichier.write_bytes(
        cle.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certifie.public_bytes(serialization.Encoding.PEM)
    )
    return fichier


def contexte_tls(pem: Path) -> ssl.SSLContext:
    contexte = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    contexte.load_cert_chain(pem)
    return contexte
