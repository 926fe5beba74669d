"""Erase accounts: of who left long ago, of who was invited and never came (regles.durees).

Whole where nothing holds the row; else what their acts hold stays under no name, so that the pages
that show a former author are still read.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.db.models import CASCADE, ProtectedError, QuerySet

from relais.annuaire import echus, facteurs
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import Absence, Agent, AgentQuerySet
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.durees import COMPTE, INVITATION

SANS_NOM = "Compte supprimé"
DOMAINE = "compte-supprime.invalid"  # leads nowhere (RFC 2606)
LOT = 100


def effacer_les_fermes(organisation: str, *, maintenant: datetime, lot: int = LOT) -> int:
    """Those closed for as long as the convention keeps them; how many, at most `lot`."""
    dus = echus.fermes(organisation, maintenant).verrouilles()[:lot]
    return _effacer(COMPTE, organisation, dus, maintenant)


def effacer_les_invites(organisation: str, *, maintenant: datetime, lot: int = LOT) -> int:
    """Those who never accepted their invitation; how many, at most `lot`."""
    dus = echus.invites(organisation, maintenant).verrouilles()[:lot]
    return _effacer(INVITATION, organisation, dus, maintenant)


def _effacer(regle: str, organisation: str, dus: AgentQuerySet, maintenant: datetime) -> int:
    """A batch, locked as it is read; one event."""
    with contexte_systeme(organisation):
        for agent in (tenus := list(dus)):
            _oublier(agent, maintenant)
        if tenus:
            consigner(
                Action.DESTRUCTION,
                organisation=organisation,
                agent=None,
                objet=regle,
                nombre=len(tenus),
            )
    return len(tenus)


def _oublier(agent: Agent, maintenant: datetime) -> None:
    facteurs.oublier(Authenticator.objects.filter(user=agent).values_list("data", flat=True))
    if Absence.objects.d_un_autre(agent).exists() or not _supprimer(agent):
        _garder_sans_nom(agent, maintenant)


def _supprimer(agent: Agent) -> bool:
    """Whether nothing held the row. The base is asked: walls hide what the other party holds."""
    try:
        with transaction.atomic(), connection.cursor() as curseur:
            Agent.objects.filter(pk=agent.pk).delete()
            curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
            curseur.execute("SET CONSTRAINTS ALL DEFERRED")
    except (ProtectedError, IntegrityError):
        return False
    return True


def _garder_sans_nom(agent: Agent, maintenant: datetime) -> None:
    for siens in _choses_de(agent):
        siens.delete()
    agent.prenom, agent.nom, agent.telephone = "", SANS_NOM, ""
    agent.email = f"{agent.pseudonyme}@{DOMAINE}"
    agent.set_unusable_password()
    agent.last_login, agent.raccourcis, agent.efface_le = None, False, maintenant
    agent.save()


def _choses_de(agent: Agent) -> Iterator["QuerySet[Any]"]:
    """Roles, sessions, links, mails, second factors, preferences: what goes with an account, of
    every app. An absence of somebody else stays theirs."""
    for relation in Agent._meta.related_objects:
        champ = relation.field.name
        if relation.on_delete is CASCADE and champ in ("agent", "user", "sujet"):
            yield relation.related_model._default_manager.filter(**{champ: agent})
