"""The contacts of the CNAF put on people who are kept: nobody is added, nothing else is changed."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from relais.coffre.actions import (
    Genre,
    Valeur,
    allocataire,
    numero,
    retrouver,
    sceller_plusieurs,
)
from relais.regles.nir import LONGUEUR_CORPS
from relais.regles.reperage import SOURCES, Difference, Famille
from relais.reperage import dossiers
from relais.reperage.dossier import Dossier
from relais.reperage.imports import contacts as lecture
from relais.reperage.imports import fusions
from relais.reperage.imports.comparaison import Constat, racontee
from relais.reperage.imports.fusions import CONTACTS, Provenance
from relais.reperage.lecture.evenements import Contact
from relais.reperage.models import Personne, PersonneQuerySet


def comparer(organisation: str, recus: Sequence[Contact], *, au: date) -> list[Constat]:
    """What these contacts would change, in their order. Nothing is written."""
    return _Completement(organisation, recus, Personne.objects.all()).faire(_de(au))


@transaction.atomic
def completer(organisation: str, recus: Sequence[Contact], *, au: date) -> list[Constat]:
    """Keep the phones, mails and consents of people who are kept; what changed, in their order.

    One lot, one transaction; the same file again changes nothing. What is said of nobody kept
    (NON_GARDEE), or of nobody for certain (INCERTAINE), is counted and forgotten. Neither level nor
    tags depend on it: documents alone change.
    """
    completement = _Completement(organisation, recus, Personne.objects.verrouillees())
    constats = completement.faire(_de(au))
    changees = completement.changees()
    documents = [(une.pk, completement.lus[une.pk].en_octets()) for une in changees]
    scelles = sceller_plusieurs(Genre.PERSONNE, documents, organisation=organisation)
    for une in changees:
        une.document, une.version = scelles[une.pk], une.version + 1
    Personne.objects.renouveler(changees, ("document", "version"))
    return constats


class _Completement:
    """One lot of contacts against the people they may be of."""

    def __init__(
        self, organisation: str, recus: Sequence[Contact], personnes: PersonneQuerySet
    ) -> None:
        self.recus = recus
        trouves = retrouver(organisation, {v for un in recus for v in _valeurs(un)})
        self.sous: dict[Valeur, list[UUID]] = {
            valeur: [pk for genre, pk in objets if genre == Genre.PERSONNE]
            for valeur, objets in trouves.items()
        }
        ids = {pk for siens in self.sous.values() for pk in siens}
        self.personnes = {une.pk: une for une in personnes.d_ids(ids)}
        self.lus = dossiers.lire_plusieurs(self.personnes.values())
        self.avant = dict(self.lus)

    def faire(self, de: Provenance) -> list[Constat]:
        return [self._un(contact, de) for contact in self.recus]

    def changees(self) -> list[Personne]:
        return [self.personnes[pk] for pk, lu in self.lus.items() if lu != self.avant[pk]]

    def _un(self, contact: Contact, de: Provenance) -> Constat:
        trouve = lecture.rapprocher(contact, self._candidats(contact))
        pk = trouve.qui
        if pk is None:
            sans = Difference.INCERTAINE if trouve.doute else Difference.NON_GARDEE
            return Constat(frozenset({sans}))
        avant = self.lus[pk]
        apres = fusions.joindre(avant, lecture.coordonnees(contact), de=de)
        if apres.coordonnees != avant.coordonnees:
            quoi = Difference.COORDONNEES
            apres = racontee(apres, {quoi}, de=de)
        else:
            quoi = Difference.PLUS_ANCIEN if _plus_ancien(avant, de) else Difference.INCHANGEE
        self.lus[pk] = apres
        identite = apres.identite
        return Constat(frozenset({quoi}), f"{identite.nom} {identite.prenoms}".strip())

    def _candidats(self, contact: Contact) -> Iterable[tuple[UUID, Dossier]]:
        ids = dict.fromkeys(pk for valeur in _valeurs(contact) for pk in self.sous[valeur])
        return [(pk, self.lus[pk]) for pk in ids if pk in self.lus]


def _de(au: date) -> Provenance:
    return Provenance(SOURCES[Famille.CONTACTS], au)


def _valeurs(contact: Contact) -> list[Valeur]:
    """What the person may be found by: her number, the number of allocataire."""
    valeurs = [numero(contact.nir[:LONGUEUR_CORPS])] if contact.nir else []
    return [*valeurs, allocataire(contact.matricule)] if contact.matricule else valeurs


def _plus_ancien(garde: Dossier, de: Provenance) -> bool:
    return any(une.partie == CONTACTS and une.le > de.au for une in garde.origines)
