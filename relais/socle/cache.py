"""What the cache holds, in the base: under which names, and until when."""

from datetime import datetime

from django.db import connection
from django.utils.crypto import salted_hmac


def nommer(cle: str, prefixe: str, version: int) -> str:
    """The name of a row (KEY_FUNCTION): a digest keyed by SECRET_KEY.

    Ours and those of libraries are made of accounts, addresses and codes: none of it is kept.
    """
    return salted_hmac(
        "relais.socle.cache", f"{prefixe}:{version}:{cle}", algorithm="sha256"
    ).hexdigest()


def oublier_l_expire(maintenant: datetime) -> int:
    """Delete the rows that hold no more, which Django leaves there; how many."""
    with connection.cursor() as curseur:
        curseur.execute("DELETE FROM socle_cache WHERE expires <= %s", [maintenant])
        return int(curseur.rowcount)
