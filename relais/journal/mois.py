"""Months of the journal: made ahead, dropped past their retention with their heads signed and kept.

The database does both (0008_mois.sql); it takes nothing that shortens what the law says.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from relais.coffre.signatures import signataire
from relais.journal import cles, verificateur
from relais.journal.actions import consigner
from relais.journal.models import Action, MoisSupprime
from relais.journal.mur import pour
from relais.journal.verificateur import Mois, Tete

OBJET = "journal"
ECHUS = "SELECT organisation, fin, sequence, empreinte, nombre FROM entretien_mois_echus(%s)"


def preparer() -> int:
    """Make this month and the three after it, where they are not; how many tables were made."""
    return int(_lire("SELECT entretien_preparer_les_mois()")[0][0])


def prets_jusqu_a() -> datetime:
    """When the months that are made end; later acts are kept in wait."""
    fin: datetime = _lire("SELECT entretien_mois_prets()")[0][0]
    return fin


def plus_ancien() -> datetime:
    """When the oldest month kept ends."""
    fin: datetime = _lire("SELECT entretien_mois_le_plus_ancien()")[0][0]
    return fin


@transaction.atomic
def supprimer(*, apres_mois: int) -> int:
    """Drop the months that ended so many months ago; how many tables went.

    The head and the count of each chain are signed, kept and journaled in the same transaction.
    Raises CoffreIndisponible without the keys, DatabaseError under 36 months (CRPA R.114-9-7).
    """
    for organisation, fin, sequence, empreinte, nombre in _lire(ECHUS, apres_mois):
        _garder(organisation, fin, Tete(sequence, bytes(empreinte)), nombre)
    return int(_lire("SELECT entretien_supprimer_les_mois(%s)", apres_mois)[0][0])


def _garder(organisation: str, fin: datetime, tete: Tete, nombre: int) -> None:
    cle = signataire(organisation)
    instant: datetime = _lire("SELECT clock_timestamp()")[0][0]
    with pour(organisation):
        perdu = Mois(fin, tete, nombre, instant, cles.publier(organisation, cle))
        MoisSupprime.objects.create(
            organisation=organisation,
            fin=fin,
            sequence=tete.sequence,
            empreinte=tete.empreinte,
            nombre=nombre,
            supprime_le=instant,
            cle=perdu.cle,
            signature=cle.signer(verificateur.message_du_mois(organisation, perdu)),
        )
        consigner(
            Action.DESTRUCTION, organisation=organisation, agent=None, objet=OBJET, nombre=nombre
        )


def _lire(requete: str, *parametres: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as curseur:
        curseur.execute(requete, parametres)
        return list(curseur.fetchall())
