"""Keys to destroy: decided in the act, destroyed right after its commit, retried until done.

Three steps that may each be killed and run again: the act engages (`engager`, committed with it),
the keys go, then `achever` deletes the rows and writes the certificates (docs/adr/0021).
"""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from relais.annuaire.contexte import contexte_systeme
from relais.coffre.actions import detruire
from relais.coffre.models import Genre
from relais.fiches.models import Effacement, Exemplaire, NoteAppel
from relais.journal.actions import consigner
from relais.journal.certificats import Efface, certifier
from relais.journal.models import Action
from relais.regles.effacement import Cause
from relais.socle import horloge

LOT = 500
Objet = uuid.UUID
FICHE = "fiche"  # the rows themselves: no key of their own
PATIENCE = timedelta(hours=1)  # before looking again whether the caisse still has a copy


def engager(
    genre: Genre,
    objets: Mapping[uuid.UUID, datetime],
    *,
    organisation: str,
    regle: Cause,
    le: datetime,
) -> None:
    """Decide the destruction of these objects' keys with the current act.

    `objets`: each with the instant at which it fell due, `le` itself for what an act ends.
    """
    Effacement.objects.bulk_create(
        Effacement(
            objet_id=un,
            genre=genre,
            organisation=organisation,
            engage_le=le,
            regle=regle,
            du_le=du_le,
        )
        for un, du_le in objets.items()
    )
    apres_l_acte((genre, un) for un in objets)


def engager_les_fiches(
    fiches: Mapping[uuid.UUID, tuple[Cause, datetime]], *, organisation: str, le: datetime
) -> None:
    """Decide the end of the rows of these fiches, already marked, with the current act.

    Each with its rule and when it fell due. They go once the last copy of either party is gone.
    """
    Effacement.objects.bulk_create(
        Effacement(
            objet_id=fiche,
            genre=FICHE,
            organisation=organisation,
            engage_le=le,
            regle=regle,
            du_le=du_le,
        )
        for fiche, (regle, du_le) in fiches.items()
    )


def apres_l_acte(objets: Iterable[tuple[Genre, uuid.UUID]]) -> None:
    """Destroy the keys as soon as the act is committed; `achever` mends what a crash left."""
    par_genre: dict[Genre, list[uuid.UUID]] = {}
    for genre, un in objets:
        par_genre.setdefault(genre, []).append(un)
    for genre, ids in par_genre.items():
        transaction.on_commit(partial(detruire, genre, ids), robust=True)


def achever(
    organisation: str,
    *,
    maintenant: datetime | None = None,
    heure: Callable[[], datetime] | None = None,
) -> int:
    """Destroy what is still to be, delete the rows, certify and journal it; how many. Repeatable.

    The certificates' instant is the one at which no key was left, read on `heure`: a rerun after a
    kill says later than it was, never earlier.
    """
    maintenant = maintenant or horloge.maintenant()
    heure = heure or horloge.montre(maintenant)
    with contexte_systeme(organisation):
        restants = list(Effacement.objects.a_achever(organisation, maintenant)[:LOT])
        par_genre: dict[Genre, list[uuid.UUID]] = defaultdict(list)
        for un in restants:
            if un.genre != FICHE:
                par_genre[Genre(un.genre)].append(un.objet_id)
        for genre, ids in sorted(par_genre.items()):
            detruire(genre, ids)
            _supprimer_les_lignes(genre, ids)
        tenues = {un.pk for un in restants if un.genre == FICHE and not _effacer_fiche(un.objet_id)}
        faits = [un for un in restants if un.pk not in tenues]
        if faits:
            _certifier(organisation, faits, heure())
        Effacement.objects.filter(pk__in=[un.pk for un in faits]).delete()
        Effacement.objects.filter(pk__in=tenues).update(pas_avant_le=maintenant + PATIENCE)
    return len(faits)


def _effacer_fiche(fiche: uuid.UUID) -> bool:
    """Delete the rows of an engaged fiche; False while somebody holds a copy of it."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT effacer_fiche(%s)", [fiche])
        return bool(curseur.fetchone()[0])


def _supprimer_les_lignes(genre: Genre, ids: list[uuid.UUID]) -> None:
    """The rows of a draft went with the act that ended it."""
    if genre == Genre.EXEMPLAIRE:
        Exemplaire.objects.filter(pk__in=ids).delete()
    elif genre == Genre.NOTE:
        NoteAppel.objects.filter(pk__in=ids).delete()


def _certifier(organisation: str, restants: list[Effacement], detruits_le: datetime) -> None:
    effaces = [Efface(un.genre, un.objet_id, Cause(un.regle), un.du_le) for un in restants]
    certifier(organisation, effaces, detruits_le=detruits_le)
    par_regle: dict[Cause, int] = defaultdict(int)
    for efface in effaces:
        par_regle[efface.regle] += 1
    for regle, nombre in sorted(par_regle.items()):
        consigner(
            Action.DESTRUCTION, organisation=organisation, agent=None, objet=regle, nombre=nombre
        )
