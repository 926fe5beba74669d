"""Printed codes: ten, each good once, when the application or the passkey is missing.

What is kept of a code is a digest: it is read once, by the answer that makes it, and never again,
not even by its owner. Its first digit says which of the ten it is, so that trying one is a single
computation.
"""

import re
import secrets

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password
from django.db import transaction
from django.db.models import QuerySet

from relais.annuaire.models import Agent

SECRETS = 15  # digits after the first one: 49 bits


class HachageDeCode(Argon2PasswordHasher):
    """OWASP's lowest Argon2id: drawn digits need less than a chosen password, and ten are made."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1


@transaction.atomic
def renouveler(agent: Agent) -> list[str]:
    """Ten codes of sixteen digits, to be shown at once; the former ones open nothing any more."""
    Agent.objects.select_for_update().get(pk=agent.pk)  # two pages at once take turns
    _ceux_de(agent).delete()
    codes = [f"{rang}{secrets.randbelow(10**SECRETS):0{SECRETS}}" for rang in range(10)]
    hachage = HachageDeCode()
    empreintes = {code[0]: hachage.encode(code, hachage.salt()) for code in codes}
    Authenticator.objects.create(
        user=agent, type=Authenticator.Type.RECOVERY_CODES, data={"empreintes": empreintes}
    )
    return codes


@transaction.atomic
def consommer(agent: Agent, saisie: str) -> Authenticator | None:
    """The agent's printed codes when `saisie` is one of them, which opens nothing afterwards."""
    code = re.sub(r"[\s-]", "", saisie)
    siens = _ceux_de(agent).select_for_update().first()
    if siens is None or len(code) != 1 + SECRETS:
        return None
    empreinte = siens.data["empreintes"].pop(code[0], None)
    if empreinte is None or not check_password(code, empreinte):
        return None
    siens.save(update_fields=["data"])
    return siens


def restants(agent: Agent) -> int:
    """How many of them still open."""
    siens = _ceux_de(agent).first()
    return len(siens.data["empreintes"]) if siens else 0


def sont_epuises(agent: Agent) -> bool:
    """Whether the agent had some and none of them opens any more."""
    return _ceux_de(agent).exists() and not restants(agent)


def _ceux_de(agent: Agent) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=agent, type=Authenticator.Type.RECOVERY_CODES)
