"""Second factors: their secrets are sealed by the key store, bound to their agent.

One key for each secret, bound to its agent: copied into the row of somebody else it does not open
there, and destroying its key forgets it in every copy of the base. A passkey has no secret here,
printed codes leave a digest (codes_imprimes.py).
"""

import base64
import binascii
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from relais.annuaire.affectations import agent_de
from relais.annuaire.models import Agent
from relais.coffre.actions import Genre, Illisible, detruire, ouvrir, sceller_neuf

ORGANISATION = "relais"  # an account belongs to a person, not to a party of a convention
PRINCIPAUX = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
EN_ATTENTE = totp.SECRET_SESSION_KEY


class Facteurs(DefaultMFAAdapter):
    """What allauth asks of the product about second factors."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": (
            "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant et saisissez-le."
        ),
        "cannot_delete_authenticator": (
            "C’est votre seul second facteur. Ajoutez-en un autre avant de le retirer."
        ),
    }

    def encrypt(self, text: str) -> str:
        return sceller_secret(_agent_de(context.request), text)

    def decrypt(self, encrypted_text: str) -> str:
        return ouvrir_secret(_agent_de(context.request), encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        return _principaux(authenticator.user).exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: Agent, type: Authenticator.Type) -> str:  # noqa: A002
        return f"Clé {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def _get_site_name(self) -> str:
        return "Relais Retraite"


def sceller_secret(agent: Agent, secret: str, *, cle: UUID | None = None) -> str:
    """The secret as it may be stored: readable by the key store alone, for this agent alone.

    `cle`: the id of its key, a new one by default; it stands before the dot.
    """
    cle = cle or uuid4()
    scelle = sceller_neuf(
        Genre.SECOND_FACTEUR,
        cle,
        secret.encode(),
        organisation=ORGANISATION,
        partie=str(agent.pseudonyme),
    )
    return f"{cle}.{base64.b64encode(scelle).decode()}"


def ouvrir_secret(agent: Agent, scelle: str) -> str:
    """Raises Illisible for what was not sealed for this very agent."""
    cle, octets = _lire(scelle)
    return ouvrir(
        Genre.SECOND_FACTEUR,
        cle,
        octets,
        organisation=ORGANISATION,
        partie=str(agent.pseudonyme),
    ).decode()


def _lire(scelle: str) -> tuple[UUID, bytes]:
    cle, _, contenu = scelle.partition(".")
    try:
        return UUID(cle), base64.b64decode(contenu, validate=True)
    except (binascii.Error, ValueError):
        raise Illisible from None


def oublier(retires: Iterable[dict[str, Any]]) -> None:
    """Destroy the keys of second factors, given their `data`, once their removal is committed."""
    scelles = [data["secret"] for data in retires if "secret" in data]
    if scelles:
        transaction.on_commit(
            lambda: detruire(Genre.SECOND_FACTEUR, [_lire(s)[0] for s in scelles])
        )


def cles_en_usage(objets: Iterable[UUID]) -> set[UUID]:
    """Those of these keys that seal a second factor, or may seal one being set up."""
    data = Authenticator.objects.values_list("data", flat=True)
    scelles = {un["secret"] for un in data if "secret" in un}
    en_attente = Agent.objects.filter(pseudonyme__in=list(objets))
    return {_lire(un)[0] for un in scelles} | set(en_attente.values_list("pseudonyme", flat=True))


def secret_en_attente(requete: HttpRequest, *, nouveau: bool) -> str:
    """The secret shown by the activation page, kept sealed in the session until it is confirmed.

    Its key is the one of the agent: `oublier_l_attente` destroys it with all of them.
    """
    agent = agent_de(requete)
    if not nouveau:
        with suppress(Illisible):
            return ouvrir_secret(agent, requete.session.get(EN_ATTENTE, ""))
    secret = totp.generate_totp_secret()
    requete.session[EN_ATTENTE] = sceller_secret(agent, secret, cle=agent.pseudonyme)
    return secret


def oublier_l_attente(agent: Agent) -> None:
    """An application is set up: what activation pages have shown opens no more."""
    transaction.on_commit(lambda: detruire(Genre.SECOND_FACTEUR, [agent.pseudonyme]))


def poser_application(agent: Agent, secret: str | None = None) -> None:
    """Give an agent a TOTP application, as if set up by its owner (demonstration, tests)."""
    scelle = sceller_secret(agent, secret or totp.generate_totp_secret())
    Authenticator.objects.update_or_create(
        user=agent, type=Authenticator.Type.TOTP, defaults={"data": {"secret": scelle}}
    )


def code_de(agent: Agent, scelle: str) -> str:
    """The six digits that a sealed secret gives now."""
    secret = ouvrir_secret(agent, scelle)
    compteur = list(totp.yield_hotp_counters_from_time())
    return totp.format_hotp_value(totp.hotp_value(secret, compteur[len(compteur) // 2]))


def a_un_second_facteur(agent: Agent, *, avant: datetime | None = None) -> bool:
    """An application or a passkey (made before `avant`); printed codes alone are none."""
    siens = _principaux(agent)
    return (siens.filter(created_at__lt=avant) if avant else siens).exists()


def en_a_plusieurs(agent: Agent) -> bool:
    """One may be taken away: another one is left."""
    return _principaux(agent).count() > 1


def _principaux(agent: Agent) -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(user=agent, type__in=PRINCIPAUX)


def _agent_de(requete: HttpRequest) -> Agent:
    """Whose secret is at stake: who is logged in, or who is logging in."""
    return requete.user if requete.user.is_authenticated else requete._login_stage.login.user
