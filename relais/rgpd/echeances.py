"""What has fallen due: rows, why, since when. The purge engages it, the dry run lists it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from relais.annuaire import echus
from relais.annuaire.contexte import contexte_systeme
from relais.fiches import conservations
from relais.fiches.models import Exemplaire, Fiche, NoteAppel
from relais.regles.durees import COMPTE, INVITATION, LIBELLES
from relais.regles.effacement import Cause
from relais.reperage.models import Export, Import, Personne


@dataclass(frozen=True, slots=True)
class Echeance:
    """One thing to erase: what it is, by which rule, due when.

    `reference`: of its fiche; of what belongs to none, the number that its certificate will bear;
    of an account, its pseudonym.
    """

    quoi: str
    reference: str
    regle: str  # a Cause, or the code of a retention (regles.durees)
    du_le: datetime
    d_une_fiche: bool = True

    @property
    def libelle(self) -> str:
        return LIBELLES[self.regle]


Lecture = Callable[[str, datetime], Iterator[Echeance]]


def exemplaires_de_la_caisse(organisation: str, maintenant: datetime) -> Iterator[Echeance]:
    echus = Exemplaire.objects.a_purger(organisation, maintenant)
    for reference, du_le in echus.values_list("envoi__fiche__reference", "a_purger_le"):
        if du_le:
            yield Echeance("exemplaire", reference, Cause.EXEMPLAIRE_CAISSE, du_le)


def notes_de_la_caisse(organisation: str, maintenant: datetime) -> Iterator[Echeance]:
    echues = NoteAppel.objects.a_purger(organisation, maintenant)
    for reference, du_le in echues.values_list("fiche__reference", "a_purger_le"):
        yield Echeance("note d’appel", reference, Cause.NOTE_CAISSE, du_le)


def brouillons(organisation: str, maintenant: datetime) -> Iterator[Echeance]:
    echus = Fiche.objects.au_brouillon_echu(organisation, maintenant)
    for reference, du_le in echus.values_list("reference", "brouillon__a_purger_le"):
        yield Echeance("brouillon", reference, Cause.BROUILLON, du_le)


def fiches_du_departement(organisation: str, maintenant: datetime) -> Iterator[Echeance]:
    for fiche in Fiche.objects.a_purger(organisation, maintenant):
        if fiche.departement_a_purger_le:
            regle = conservations.cause(fiche)
            yield Echeance("fiche", fiche.reference, regle, fiche.departement_a_purger_le)


def personnes(organisation: str, maintenant: datetime) -> Iterator[Echeance]:
    dues = Personne.objects.a_purger(organisation, maintenant).echeances()
    return _du_reperage("personne repérée", Cause.PERSONNE_REPEREE, dues)


def depots(organisation: str, maintenant: datetime) -> Iterator[Echeance]:
    dus = Import.objects.a_purger(organisation, maintenant).echeances()
    return _du_reperage("fichier du repérage", Cause.DEPOT, dus)


def exports(organisation: str, maintenant: datetime) -> Iterator[Echeance]:
    dus = Export.objects.a_purger(organisation, maintenant).avec_contenu()
    return _du_reperage("export de liste", Cause.EXPORT, dict(dus.values_list("pk", "a_purger_le")))


def _du_reperage(quoi: str, regle: Cause, dus: Mapping[UUID, datetime]) -> Iterator[Echeance]:
    for pk, du_le in dus.items():
        yield Echeance(quoi, str(pk), regle, du_le, d_une_fiche=False)


def comptes(organisation: str, maintenant: datetime) -> Iterator[Echeance]:
    for pseudonyme, du_le in echus.dates_des_fermes(organisation, maintenant):
        yield Echeance("compte fermé", str(pseudonyme), COMPTE, du_le, d_une_fiche=False)


def invitations(organisation: str, maintenant: datetime) -> Iterator[Echeance]:
    for pseudonyme, du_le in echus.dates_des_invites(organisation, maintenant):
        yield Echeance("invitation", str(pseudonyme), INVITATION, du_le, d_une_fiche=False)


LECTURES: tuple[Lecture, ...] = (
    exemplaires_de_la_caisse,
    notes_de_la_caisse,
    brouillons,
    fiches_du_departement,
    personnes,
    depots,
    exports,
    comptes,
    invitations,
)


def de(organisation: str, *, maintenant: datetime) -> list[Echeance]:
    """All that a passage of the purge would erase now for that organisation, the oldest first."""
    with contexte_systeme(organisation):
        echues = [une for lire in LECTURES for une in lire(organisation, maintenant)]
    return sorted(echues, key=lambda une: (une.du_le, une.regle, une.reference))
