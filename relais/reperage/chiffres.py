"""How many people there are to reach, by level and by TIS: one grouped query, counted here."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from relais.annuaire.models import Affectation, Territoire
from relais.coffre.actions import Genre, chercher_public
from relais.regles.publics import Public
from relais.regles.reperage import EtatContact
from relais.regles.urgence import Urgence
from relais.reperage.models import PersonneQuerySet

CONSERVES = tuple(niveau for niveau in Urgence if niveau < Urgence.PLUS_TARD)


@dataclass(slots=True)
class Chiffres:
    """Of one TIS, or of all: people by level, by contact state, and how many nobody follows."""

    total: int = 0
    sans_personne: int = 0
    niveaux: Counter[int] = field(default_factory=Counter)
    contacts: Counter[str] = field(default_factory=Counter)
    publics: Counter[str] = field(default_factory=Counter)

    def ajouter(self, niveau: int, contact: str, *, suivie: bool, nombre: int) -> None:
        self.total += nombre
        self.niveaux[niveau] += nombre
        self.contacts[contact] += nombre
        if not suivie:
            self.sans_personne += nombre

    @property
    def par_niveau(self) -> list[int]:
        return [self.niveaux[niveau] for niveau in CONSERVES]

    @property
    def par_contact(self) -> list[int]:
        return [self.contacts[etat] for etat in EtatContact]

    @property
    def par_public(self) -> list[int]:
        return [self.publics[public] for public in Public]


@dataclass(frozen=True, slots=True)
class Groupe:
    """So many people of one TIS, level and contact state, followed or not."""

    territoire: int | None
    niveau: int
    contact: str
    suivie: bool
    nombre: int


@dataclass(frozen=True, slots=True)
class Tableau:
    """The figures of each TIS, then of all."""

    lignes: list[tuple[Territoire | None, Chiffres]]
    ensemble: Chiffres


def groupes(personnes: PersonneQuerySet) -> list[Groupe]:
    return [Groupe(*un) for un in personnes.decompte()]


def chiffrer(des: Iterable[Groupe]) -> Chiffres:
    chiffres = Chiffres()
    for un in des:
        chiffres.ajouter(un.niveau, un.contact, suivie=un.suivie, nombre=un.nombre)
    return chiffres


def tableau(des: Iterable[Groupe], personnes: PersonneQuerySet, qui: Affectation) -> Tableau:
    """By TIS in their order, those of nobody's TIS last. The audiences go by their tags."""
    par_territoire: dict[int | None, Chiffres] = {}
    ensemble = Chiffres()
    for un in des:
        for chiffres in (par_territoire.setdefault(un.territoire, Chiffres()), ensemble):
            chiffres.ajouter(un.niveau, un.contact, suivie=un.suivie, nombre=un.nombre)
    for public in Public:
        dedans = personnes.d_ids(du_public(qui.organisation_id, public)).par_territoire()
        for territoire, nombre in dedans.items():
            par_territoire.setdefault(territoire, Chiffres()).publics[public] += nombre
            ensemble.publics[public] += nombre
    connus: dict[int | None, Territoire] = {
        un.pk: un for un in Territoire.objects.filter(organisation=qui.organisation_id)
    }
    rangees = [(connus.get(pk), chiffres) for pk, chiffres in par_territoire.items()]
    return Tableau(sorted(rangees, key=lambda une: une[0].code if une[0] else "\uffff"), ensemble)


def du_public(organisation: str, public: Public) -> list[UUID]:
    """The people of that audience, by the keyed tag: no column of the base tells of it."""
    trouves = chercher_public(organisation, public)
    return [pk for genre, pk in trouves if genre == Genre.PERSONNE]
