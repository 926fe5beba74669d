"""Keys to destroy: decided in the act, destroyed right after its commit, retried until done."""

import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import partial

from django.db import transaction

from relais.annuaire.contexte import contexte_systeme
from relais.coffre.actions import detruire
from relais.coffre.models import Genre
from relais.fiches.models import Effacement, Exemplaire
from relais.journal.actions import consigner
from relais.journal.models import Action


def engager(genre: Genre, objets: Iterable[uuid.UUID], *, organisation: str, le: datetime) -> None:
    """Decide the destruction of these objects' keys with the current act."""
    ids = list(objets)
    Effacement.objects.bulk_create(
        Effacement(objet_id=un, genre=genre, organisation=organisation, engage_le=le) for un in ids
    )
    apres_l_acte(genre, ids)


def apres_l_acte(genre: Genre, objets: Iterable[uuid.UUID]) -> None:
    """Destroy the keys as soon as the act is committed; `achever` mends what a crash left."""
    transaction.on_commit(partial(detruire, genre, list(objets)), robust=True)


def achever(organisation: str) -> int:
    """Destroy what is still to be, delete the rows and journal it; how many. Repeatable."""
    with contexte_systeme(organisation):
        restants = list(
            Effacement.objects.select_for_update(skip_locked=True).filter(
                organisation=organisation
            )[:500]
        )
        for genre in {un.genre for un in restants}:
            ids = [un.objet_id for un in restants if un.genre == genre]
            detruire(Genre(genre), ids)
            if genre == Genre.EXEMPLAIRE:
                Exemplaire.objects.filter(pk__in=ids).delete()
            consigner(Action.DESTRUCTION, organisation=organisation, agent=None, nombre=len(ids))
        Effacement.objects.filter(pk__in=[un.pk for un in restants]).delete()
    return len(restants)
