"""The token of a single-use link: made again from the row's id when it is given, never kept.

Without SECRET_KEY, which the base does not hold, a row gives no token. What is kept is a digest:
the key may change without breaking the links already sent.
"""

import base64
import hashlib
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

SEL = "relais.annuaire.lien"


def jeton_de(lien: UUID) -> str:
    """43 characters that are good for a URL: 256 bits."""
    secret = salted_hmac(SEL, str(lien), algorithm="sha256").digest()
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def empreinte_de(jeton: str) -> str:
    """SHA-256 of the token, in hexadecimal."""
    return hashlib.sha256(jeton.encode()).hexdigest()


def est_le_bon(empreinte_donnee: str, empreinte_gardee: str) -> bool:
    """Compare two digests in a time that says nothing of where they differ."""
    return constant_time_compare(empreinte_donnee, empreinte_gardee)
