"""After a restore: nothing that was erased comes back, nothing that cannot be read stays.

The base and the key store may each be older than the other. To be called before anything serves;
safe to run twice, killed anywhere (docs/adr/0021).
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from relais.annuaire import seances
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import Organisation
from relais.coffre import actions as coffre
from relais.coffre import oppositions
from relais.coffre.detruites import GENRES
from relais.coffre.erreurs import RetablissementRefuse
from relais.coffre.models import Genre
from relais.fiches import effacement
from relais.fiches.models import Brouillon, Exemplaire, Fiche, NoteAppel
from relais.journal.actions import consigner
from relais.journal.models import Action, Certificat
from relais.regles.effacement import Cause
from relais.reperage.models import Export, Import, Personne
from relais.rgpd.actions import purge
from relais.socle import horloge
from relais.socle.models import Restauration

journal = logging.getLogger(__name__)
LOT = 500
CERTIFIES = sorted(GENRES)
# Fewer rows than that prove nothing: a young service, a test.
ASSEZ = 20
PART_SUSPECTE = 0.5


class RejeuSuspect(RetablissementRefuse):
    """Most keys are missing: probably not the store of this base. Nothing was deleted."""


@dataclass
class Bilan:
    """What the replay did. `perdues`: open fiches whose content is lost, to be told to people."""

    cles: int = 0
    lignes: int = 0
    effaces: int = 0
    perdues: list[str] = field(default_factory=list)


def apres_retablissement() -> int:
    """The replay, once a copy of the key store was put back (settings.APRES_RETABLISSEMENT)."""
    bilan = rejouer_apres_restauration(maintenant=horloge.maintenant())
    for reference in bilan.perdues:
        journal.warning("fiche ouverte dont le contenu est perdu : %s", reference)
    return bilan.cles + bilan.lignes + bilan.effaces


def rejouer_apres_restauration(*, maintenant: datetime, sans_garde: bool = False) -> Bilan:
    """Bring a restored base and a restored key store to the same erasures. Only then may it serve.

    (a) Store older: the key of every certificate is destroyed again, and of every line of the list
    kept beside the copies, for what neither knows; oppositions are remembered again. (b) Base
    older: rows whose key is no longer in the store are deleted and certified again. (c) The purge
    by dates runs.
    Raises RejeuSuspect when more than half of the rows have no key, unless `sans_garde`, and
    CoffreIndisponible without a store that serves.
    """
    coffre.generation()  # a store that does not answer is no empty one
    bilan = Bilan(cles=coffre.detruire_de_nouveau())
    oppositions.rejouer()
    codes = list(Organisation.objects.codes())
    for code in codes:
        bilan.cles += _detruire_les_certifiees(code)
    sans_cle = {code: _sans_cle(code) for code in codes}
    if not sans_garde:
        _refuser_un_autre_coffre(sans_cle.values())
    for code, manquantes in sans_cle.items():
        _engager(code, manquantes, maintenant)
        while faites := effacement.achever(code, maintenant=maintenant):
            bilan.lignes += faites
        _finir_les_fiches_vides(code, maintenant, bilan)
    bilan.effaces = purge.purger_tout(maintenant=maintenant)
    _laisser_servir(maintenant)
    return bilan


@dataclass
class _SansCle:
    """The rows of one organisation that no key opens, by kind, out of so many."""

    exemplaires: list[UUID] = field(default_factory=list)
    notes: list[UUID] = field(default_factory=list)
    brouillons: list[UUID] = field(default_factory=list)
    personnes: list[UUID] = field(default_factory=list)
    depots: list[UUID] = field(default_factory=list)
    exports: list[UUID] = field(default_factory=list)
    vues: int = 0

    @property
    def nombre(self) -> int:
        des_fiches = (self.exemplaires, self.notes, self.brouillons)
        du_reperage = (self.personnes, self.depots, self.exports)
        return sum(map(len, (*des_fiches, *du_reperage)))


def _detruire_les_certifiees(organisation: str) -> int:
    """Keys that a copy of the store brought back: each has the certificate of its end."""
    detruites = 0
    with contexte_systeme(organisation):
        for genre in CERTIFIES:
            certifies = Certificat.objects.filter(organisation=organisation, genre=genre)
            ids = certifies.order_by("pk").values_list("objet_id", flat=True)
            for lot in _lots(ids.iterator(LOT)):
                detruites += coffre.detruire(genre, coffre.presentes(genre, lot))
    return detruites


def _sans_cle(organisation: str) -> _SansCle:
    trouvees = _SansCle()
    with contexte_systeme(organisation):
        tables: tuple[tuple[Genre, QuerySet[Any], list[UUID]], ...] = (
            (Genre.EXEMPLAIRE, Exemplaire.objects.all(), trouvees.exemplaires),
            (Genre.NOTE, NoteAppel.objects.all(), trouvees.notes),
            (Genre.BROUILLON, Brouillon.objects.all(), trouvees.brouillons),
            (Genre.PERSONNE, Personne.objects.all(), trouvees.personnes),
            (Genre.DEPOT, Import.objects.avec_contenu(), trouvees.depots),
            (Genre.EXPORT, Export.objects.avec_contenu(), trouvees.exports),
        )
        for genre, lignes, sans in tables:
            siennes = lignes.filter(organisation=organisation).order_by("pk")
            for lot in _lots(siennes.values_list("pk", flat=True).iterator(LOT)):
                presentes = coffre.presentes(genre, lot)
                trouvees.vues += len(lot)
                sans += [pk for pk in lot if pk not in presentes]
    return trouvees


def _refuser_un_autre_coffre(trouvees: Iterable[_SansCle]) -> None:
    toutes = list(trouvees)
    vues, manquantes = sum(un.vues for un in toutes), sum(un.nombre for un in toutes)
    if vues >= ASSEZ and manquantes > vues * PART_SUSPECTE:
        raise RejeuSuspect(
            f"{manquantes} documents sur {vues} n'ont plus de clé : ce coffre n'est sans doute pas"
            " celui de cette base. Rien n'a été supprimé."
        )


def _engager(organisation: str, sans_cle: _SansCle, maintenant: datetime) -> None:
    """Engage the rows that no key opens any more; their drafts go at once, as by their author."""
    with contexte_systeme(organisation):
        for genre, modele, pks in (
            (Genre.EXEMPLAIRE, Exemplaire, sans_cle.exemplaires),
            (Genre.NOTE, NoteAppel, sans_cle.notes),
        ):
            neufs = modele.objects.filter(pk__in=pks, destruction_engagee_le=None)
            dus = dict.fromkeys(neufs.values_list("pk", flat=True), maintenant)
            modele.objects.engager(dus, maintenant)
            effacement.engager(
                genre, dus, organisation=organisation, regle=Cause.RESTAURATION, le=maintenant
            )
        _engager_le_reperage(organisation, sans_cle, maintenant)
        for fiche in Fiche.objects.filter(brouillon__in=sans_cle.brouillons).pour_la_purge():
            purge.finir_le_brouillon(
                fiche, du_le=maintenant, regle=Cause.RESTAURATION, maintenant=maintenant
            )
        consigner(
            Action.RESTAURATION_REJOUEE,
            organisation=organisation,
            agent=None,
            nombre=sans_cle.nombre,
        )


def _engager_le_reperage(organisation: str, sans_cle: _SansCle, maintenant: datetime) -> None:
    """People, files and lists of the caseload that had been erased: their rows go at once."""
    Personne.objects.d_ids(sans_cle.personnes).delete()
    Import.objects.vider(sans_cle.depots, maintenant)
    Export.objects.filter(pk__in=sans_cle.exports).delete()
    for genre, pks in (
        (Genre.PERSONNE, sans_cle.personnes),
        (Genre.DEPOT, sans_cle.depots),
        (Genre.EXPORT, sans_cle.exports),
    ):
        effacement.engager(
            genre,
            dict.fromkeys(pks, maintenant),
            organisation=organisation,
            regle=Cause.RESTAURATION,
            le=maintenant,
        )


def _finir_les_fiches_vides(departement: str, maintenant: datetime, bilan: Bilan) -> None:
    """Fiches of which their Département holds nothing more: finished, they had been purged.

    An open one was lost with the keys of its last minutes: it stays, for somebody must know.
    """
    with contexte_systeme(departement):
        vides = list(Fiche.objects.sans_exemplaire(departement).pour_la_purge())
        finies = [fiche for fiche in vides if fiche.terminee]
        Fiche.objects.engager([fiche.pk for fiche in finies], maintenant)
        effacement.engager_les_fiches(
            {fiche.pk: (Cause.RESTAURATION, maintenant) for fiche in finies},
            organisation=departement,
            le=maintenant,
        )
        bilan.perdues += [fiche.reference for fiche in vides if not fiche.terminee]


@transaction.atomic
def _laisser_servir(maintenant: datetime) -> None:
    """A restored base may serve from now on, but to nobody whose session was ended since."""
    if Restauration.objects.a_rejouer().update(rejouee_le=maintenant):
        seances.fermer_toutes()


def _lots(ids: Iterator[UUID]) -> Iterator[list[UUID]]:
    while lot := list(islice(ids, LOT)):
        yield lot
