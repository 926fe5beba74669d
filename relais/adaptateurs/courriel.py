"""Mail over SMTP: one plain French text to one address, over TLS, or a clear reason why not.

No address and nothing of the message is ever in an exception: they end in logs.
"""

import re
import smtplib
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate

DELAI = 10.0  # seconds for each exchange with the server
DELAI_TOTAL = 60.0  # seconds for the whole, however slowly the server talks
DEFINITIF = 500  # SMTP replies from there on: trying again would change nothing (RFC 5321, 4.2.1)
CE_POSTE = ("127.0.0.1", "::1", "localhost")
ADRESSE = re.compile(r'[^\s<>()\[\]\\,;:@"\x00-\x1f\x7f]+@[^\s<>()\[\]\\,;:@"\x00-\x1f\x7f]+')
MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


class EchecCourriel(Exception):
    """The mail did not leave. `motif`: an SMTP code or one word, without any address."""

    def __init__(self, motif: str) -> None:
        super().__init__(motif)
        self.motif = motif


class RefusDefinitif(EchecCourriel):
    """The server refuses this recipient or this message for good: give up, tell somebody."""


class EchecPassager(EchecCourriel):
    """Server away, slow, badly set or busy: try again later, under the same Message-ID.

    A server that refuses us all (password, sender, certificate) is of this kind: an operator can
    set it right before the mail is given up.
    """


@dataclass(frozen=True)
class Reglages:
    """Where and how to send (settings.SMTP). `expediteur`: the address mails come from.

    `autorites`: file of the certificate authorities to trust, empty for the system's.
    ValueError without STARTTLS towards another machine: a mail never leaves in clear.
    """

    hote: str
    port: int = 587
    utilisateur: str = ""
    mot_de_passe: str = ""
    starttls: bool = True
    expediteur: str = ""
    autorites: str = ""
    delai: float = DELAI
    delai_total: float = DELAI_TOTAL

    def __post_init__(self) -> None:
        if not self.starttls and self.hote not in CE_POSTE:
            raise ValueError("RELAIS_SMTP_STARTTLS=0 n’est permis que vers ce poste (127.0.0.1).")

    def __repr__(self) -> str:
        return f"Reglages({self.hote}:{self.port})"


def expedier(
    *,
    destinataire: str,
    objet: str,
    corps: str,
    message_id: str,
    expediteur: str,
    reglages: Reglages,
) -> None:
    """Send `corps` (plain text) and return once the server has taken it.

    `message_id`: `<…@…>`, the same at each attempt, so that a mail sent twice is shown once.
    Raises RefusDefinitif, EchecPassager, or ValueError for a header that is not one line.
    """
    if not ADRESSE.fullmatch(destinataire):
        raise RefusDefinitif("adresse")
    message = _composer(destinataire, objet, corps, message_id, expediteur)
    session = _Session(reglages, domaine=expediteur.rpartition("@")[2])
    try:
        session.entrer()
        _remettre(session, message)
        session.saluer()
    finally:
        session.fermer()


def _composer(
    destinataire: str, objet: str, corps: str, message_id: str, expediteur: str
) -> EmailMessage:
    if not ADRESSE.fullmatch(expediteur):
        raise ValueError("L’adresse d’expédition (RELAIS_SMTP_EXPEDITEUR) n’est pas une adresse.")
    if not MESSAGE_ID.fullmatch(message_id):
        raise ValueError("Un identifiant de message s’écrit <…@…>, sans espace.")
    message = EmailMessage(policy=SMTP)
    message["Message-ID"] = message_id
    message["Date"] = formatdate(usegmt=True)
    message["From"] = expediteur
    message["To"] = destinataire
    message["Subject"] = objet  # the policy refuses a line break here: ValueError
    # No Reply-To, and no robot answers: nothing leads out of the secure channel.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = "fr"
    message.set_content(corps, charset="utf-8", cte="quoted-printable")
    return message


def _remettre(session: "_Session", message: EmailMessage) -> None:
    try:
        session.send_message(message)
    except smtplib.SMTPRecipientsRefused as refus:
        code = next(iter(refus.recipients.values()))[0]
        raise _selon(code) from None
    except smtplib.SMTPDataError as refus:
        raise _selon(refus.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise RefusDefinitif("adresse") from None  # accents in it, and a server without SMTPUTF8
    except smtplib.SMTPResponseException as refus:
        raise EchecPassager(str(refus.smtp_code)) from None
    except (smtplib.SMTPException, OSError) as panne:
        raise EchecPassager(_motif(panne)) from None


def _selon(code: int) -> EchecCourriel:
    return (RefusDefinitif if code >= DEFINITIF else EchecPassager)(str(code))


def _motif(panne: Exception) -> str:
    if isinstance(panne, ssl.SSLCertVerificationError):
        return "certificat"
    if isinstance(panne, smtplib.SMTPAuthenticationError):
        return "authentification"
    if isinstance(panne, smtplib.SMTPResponseException):
        return str(panne.smtp_code)
    if isinstance(panne, smtplib.SMTPNotSupportedError):
        return "starttls"
    # smtplib tells of a silence as of a connection lost.
    silence = isinstance(panne, TimeoutError) or isinstance(panne.__context__, TimeoutError)
    return "delai" if silence else "connexion"


class _Session(smtplib.SMTP):
    """A connection that cannot outlive its total time: smtplib limits each exchange alone."""

    def __init__(self, reglages: Reglages, *, domaine: str) -> None:
        self.reglages = reglages
        self.minuteur = threading.Timer(reglages.delai_total, self.couper)
        self.minuteur.daemon = True
        self.minuteur.start()
        try:
            super().__init__(
                reglages.hote, reglages.port, local_hostname=domaine, timeout=reglages.delai
            )
        except (smtplib.SMTPException, OSError) as panne:
            self.minuteur.cancel()
            raise EchecPassager(_motif(panne)) from None

    def entrer(self) -> None:
        """TLS then login; EchecPassager when either is not possible."""
        try:
            if self.reglages.starttls:
                autorites = self.reglages.autorites or None
                self.starttls(context=ssl.create_default_context(cafile=autorites))
            if self.reglages.utilisateur:
                self.login(self.reglages.utilisateur, self.reglages.mot_de_passe)
        except (smtplib.SMTPException, OSError) as panne:
            raise EchecPassager(_motif(panne)) from None

    def couper(self) -> None:
        prise = self.sock
        if prise is not None:
            with suppress(OSError):
                socket.socket.shutdown(prise, socket.SHUT_RDWR)

    def saluer(self) -> None:
        """Say goodbye; whatever happens now, what the server has taken is taken."""
        with suppress(smtplib.SMTPException, OSError):
            self.quit()

    def fermer(self) -> None:
        self.minuteur.cancel()
        self.close()
