"""Keys whose object never came: its act was undone or killed between the key and the rows.

Nothing opens with them, but they stay in the store with search digests of a person. Found by their
age and by the absence of their row, destroyed as any other object, certificate included.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

from relais.annuaire import facteurs
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import Organisation, SaisieGardee
from relais.coffre import actions as coffre
from relais.coffre.models import Genre
from relais.fiches import effacement
from relais.fiches.models import Brouillon, Effacement, Exemplaire, NoteAppel
from relais.journal.actions import consigner
from relais.journal.models import SYSTEME, Action
from relais.regles.effacement import Cause
from relais.reperage.models import Export, Import, Personne
from relais.socle import alertes, horloge
from relais.socle.models import Alerte

DELAI = timedelta(days=1)
ECART = timedelta(minutes=10)  # between the clocks of the service and of its base, at most
# A base older than the store lacks nearly all the rows of a day, a crash a few of them.
ASSEZ = 5
PART_SUSPECTE = 0.1


@dataclass
class Constat:
    """Of one organisation: keys by day, and those without a row, with when they were made."""

    organisation: str
    vues: Counter[date] = field(default_factory=Counter)
    orphelines: dict[Genre, dict[UUID, datetime]] = field(default_factory=dict)

    @property
    def nombre(self) -> int:
        return sum(len(siennes) for siennes in self.orphelines.values())

    @property
    def suspect(self) -> bool:
        """So many in one day that the base is probably older than the store."""
        par_jour = Counter(
            horloge.jour_de(creee_le)
            for siennes in self.orphelines.values()
            for creee_le in siennes.values()
        )
        return any(
            nombre >= ASSEZ and nombre > self.vues[jour] * PART_SUSPECTE
            for jour, nombre in par_jour.items()
        )


def balayer_tout(*, maintenant: datetime, sans_garde: bool = False) -> list[Constat]:
    """Destroy the orphan keys of each organisation and of the service; what was found.

    Too many anywhere: nothing is destroyed and an alert is opened, unless `sans_garde`.
    """
    codes = [*Organisation.objects.codes(), SYSTEME]
    constats = [constater(code, maintenant=maintenant) for code in codes]
    suspects = [] if sans_garde else [un.organisation for un in constats if un.suspect]
    for code in codes:
        alertes.signaler(Alerte.Nature.ORPHELINES, code, si=code in suspects, maintenant=maintenant)
    for constat in constats:
        if not suspects:
            _detruire(constat, maintenant)
    return constats


def constater(organisation: str, *, maintenant: datetime) -> Constat:
    """The keys of that organisation that no row is waiting for, nor any act still running."""
    constat, avant = Constat(organisation), _limite(maintenant)
    with contexte_systeme(organisation):
        for genre, avec_une_ligne in LIGNES.items():
            siennes = constat.orphelines.setdefault(genre, {})
            for lot in coffre.anciennes(genre, organisation, avant=avant):
                constat.vues.update(horloge.jour_de(creee_le) for _, creee_le in lot)
                seules = dict(lot)
                # Rows, then decided ends: an act that commits meanwhile goes from one to the other.
                for pk in (*avec_une_ligne(seules), *_decidees(seules)):
                    seules.pop(pk, None)
                presentes = coffre.presentes(genre, seules)
                siennes |= {pk: creee_le for pk, creee_le in seules.items() if pk in presentes}
    return constat


def _limite(maintenant: datetime) -> datetime:
    """Keys made since may still be waiting for the rows of an act that runs."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT min(xact_start) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        (la_plus_ancienne,) = curseur.fetchone()
    limite = maintenant - DELAI
    return min(limite, la_plus_ancienne - ECART) if la_plus_ancienne else limite


def _detruire(constat: Constat, maintenant: datetime) -> None:
    """Engaged, then finished: killed in between, the next passage of the purge finishes."""
    organisation = constat.organisation
    with contexte_systeme(organisation):
        for genre, siennes in constat.orphelines.items():
            effacement.engager(
                genre,
                {pk: creee_le + DELAI for pk, creee_le in siennes.items()},
                organisation=organisation,
                regle=Cause.ORPHELINE,
                le=maintenant,
            )
        if constat.nombre:
            consigner(
                Action.DESTRUCTION_ENGAGEE,
                organisation=organisation,
                agent=None,
                objet=Cause.ORPHELINE,
                nombre=constat.nombre,
            )
    while effacement.achever(organisation, maintenant=maintenant):
        pass


def _decidees(objets: Iterable[UUID]) -> Iterable[UUID]:
    return Effacement.objects.filter(pk__in=list(objets)).values_list("pk", flat=True)


def _dans(modele: type[Model]) -> "Lignes":
    """Those of these objects that have a row in that table."""
    return _parmi(modele._default_manager.all)


def _parmi(lignes: "Callable[[], QuerySet[Any]]") -> "Lignes":
    """Those of these objects that are among these rows."""
    return lambda objets: lignes().filter(pk__in=list(objets)).values_list("pk", flat=True)


Lignes = Callable[[Iterable[UUID]], Iterable[UUID]]
LIGNES: dict[Genre, Lignes] = {
    Genre.EXEMPLAIRE: _dans(Exemplaire),
    Genre.NOTE: _dans(NoteAppel),
    Genre.BROUILLON: _dans(Brouillon),
    Genre.PERSONNE: _dans(Personne),
    Genre.DEPOT: _parmi(Import.objects.avec_contenu),
    Genre.EXPORT: _parmi(Export.objects.avec_contenu),
    Genre.ENVOI_EN_ATTENTE: _dans(SaisieGardee),
    Genre.SECOND_FACTEUR: facteurs.cles_en_usage,
}
