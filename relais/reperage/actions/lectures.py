"""The job that reads a file given: what it says is sealed, what it would change is told.

It may be killed anywhere and run again: it starts over, on what the base says of the import.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from relais.adaptateurs.fichier import FichierRefuse
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import regles_de_l_organisation
from relais.coffre.actions import CleAbsente, Illisible
from relais.regles.convention import Convention, ValeurInconnue
from relais.regles.reperage import Difference, EtatImport, Famille
from relais.reperage.actions import contacts, depots, enregistrement
from relais.reperage.actions.enregistrement import Recue
from relais.reperage.dossier import Dossier
from relais.reperage.imports import constats, decedees, lots, ouvertures
from relais.reperage.imports.ouvertures import Ouverte
from relais.reperage.imports.repetitions import Lu, Repetitions
from relais.reperage.lecture import organismes
from relais.reperage.lecture.evenements import Contact, Decedee, Refus, Remarque
from relais.reperage.lecture.evenements import Personne as Lue
from relais.reperage.lignes import nom_affiche
from relais.reperage.models import Import, Lot
from relais.reperage.models.imports import EN_LECTURE

ESSAIS = 3  # readings begun; a worker killed by this file is not to take it up for ever
SECONDES = 1.0  # between two tellings of how far the reading is
# Nothing of these people is to be stored.
SANS_SUITE = frozenset({Difference.NON_GARDEE, Difference.INCERTAINE, Difference.OPPOSEE})
# Who is told of by name before anything is stored; of the others, how many.
A_NOMMER = (
    frozenset(Difference)
    - SANS_SUITE
    - {
        Difference.INCHANGEE,
        Difference.COORDONNEES,
        Difference.IDENTITE,
        Difference.PLUS_ANCIEN,
    }
)
EN_PANNE = (
    "La lecture s’est arrêtée sur une erreur de Relais, pas de votre fichier. L’exploitant est"
    " prévenu : donnez le fichier à nouveau plus tard."
)


TROP_LOURD = (
    "La lecture s’est arrêtée plusieurs fois avant la fin : ce fichier est sans doute trop lourd"
    " pour être lu ici. Enregistrez-le en CSV ou coupez-le en deux, puis donnez-le à nouveau."
)


class Interrompue(Exception):
    """The import was cancelled, or taken up elsewhere: nothing more is to be written."""


def lire(numero: UUID, *, organisation: str, maintenant: datetime) -> None:
    """Read that file, if it still waits for it. A file that is refused is emptied at once."""
    depot = _commencer(numero, organisation)
    if depot is None:
        return
    try:
        if depot.essais > ESSAIS:
            raise FichierRefuse(TROP_LOURD)
        repetitions = Repetitions()
        if not _relecture(depot, repetitions).faire():
            depot = _commencer(numero, organisation, suite_de=depot)
            if depot is not None:
                _relecture(depot, repetitions, connues=True).faire()
    except FichierRefuse as refus:
        _refuser(numero, organisation, refus.phrase, maintenant)
    except ValeurInconnue:
        dit = "La convention ne dit rien encore à la date de ce fichier."
        _refuser(numero, organisation, dit, maintenant)
    except (CleAbsente, Illisible, Interrompue):
        return


def abandonner(numero: UUID, *, organisation: str, maintenant: datetime) -> None:
    """Give it up after several failures that are not the file's own."""
    _refuser(numero, organisation, EN_PANNE, maintenant)


def _refuser(numero: UUID, organisation: str, phrase: str, maintenant: datetime) -> None:
    """Say why, and destroy what came."""
    with contexte_systeme(organisation):
        depot = Import.objects.verrouille(numero)
        if depot is None or depot.etat not in EN_LECTURE:
            return
        depot.etat, depot.phrase, depot.fini_le = EtatImport.REFUSE, phrase[:500], maintenant
        depot.save(update_fields=["etat", "phrase", "fini_le"])
    depots.vider_pour(organisation, numero, maintenant=maintenant)


def _commencer(numero: UUID, organisation: str, *, suite_de: Import | None = None) -> Import | None:
    """The import, with nothing left of an earlier reading; None when it waits for none.

    `suite_de`: this is still the reading begun then, unless another job took it up.
    """
    with contexte_systeme(organisation):
        depot = Import.objects.verrouille(numero)
        if depot is None or depot.etat not in EN_LECTURE:
            return None
        if suite_de and suite_de.essais != depot.essais:
            return None
        Lot.objects.d_un_depot(numero).delete()
        depot.etat, depot.lus, depot.total = EtatImport.LECTURE, 0, depot.octets
        depot.comptes, depot.constats = {}, None
        depot.essais += suite_de is None
        depot.save(update_fields=["etat", "lus", "total", "comptes", "constats", "essais"])
        return depot


class _Avance:
    """Says how far the reading is, and learns whether it is still wanted."""

    def __init__(self, depot: Import) -> None:
        self.depot = depot
        self._dit = time.monotonic()

    def __call__(self, octets: int) -> None:
        if time.monotonic() - self._dit < SECONDES:
            return
        self._dit = time.monotonic()
        with contexte_systeme(self.depot.organisation_id):
            if not Import.objects.en_lecture(self.depot).update(lus=octets):
                raise Interrompue


def _relecture(depot: Import, repetitions: Repetitions, *, connues: bool = False) -> "_Relecture":
    ouverte = ouvertures.ouvrir(depot, avancer=_Avance(depot))
    return _Relecture(depot, ouverte, repetitions, connues=connues)


class _Relecture:
    """One reading: people gathered in lots, each compared with what is stored.

    `connues`: who is told of twice is known, from an earlier reading.
    """

    def __init__(
        self, depot: Import, ouverte: Ouverte, repetitions: Repetitions, *, connues: bool
    ) -> None:
        self.depot, self.ouverte = depot, ouverte
        self.repetitions, self.connues = repetitions, connues
        self.releve = constats.Releve(colonnes=list(ouverte.colonnes))
        self.comptes: Counter[str] = Counter()
        self.decedees: list[Dossier] = []
        self.rang = self.retenues = 0
        self.retrouvees: set[UUID] = set()
        self.convention = _convention(depot.organisation_id)

    def faire(self) -> bool:
        """Whether it is done. Else somebody is told of twice in a flow: it is to be read again."""
        for lus in _par_lots(self._personnes()):
            if not self._a_refaire:
                self._un_lot(lus)
        if self._a_refaire:
            return False
        self._les_decedees()
        self._finir()
        return True

    @property
    def _a_refaire(self) -> bool:
        en_memoire = self.ouverte.famille == Famille.TABLEAU
        return self.repetitions.trouvees and not (self.connues or en_memoire)

    def _personnes(self) -> Iterator[Lu]:
        """Each person once, those of a household one after the other."""
        if self.ouverte.famille == Famille.TABLEAU:
            return self._du_tableau()
        if self.connues:
            return self.repetitions.reunies(self._lus())
        return self._vus(self._lus())

    def _vus(self, lus: Iterable[Lu]) -> Iterator[Lu]:
        for rang, lu in enumerate(lus):
            self.repetitions.voir(rang, lu)
            yield lu

    def _du_tableau(self) -> Iterator[Lu]:
        """A spreadsheet may part the adults of a household."""
        lus = self.repetitions.reunies(list(self._vus(self._lus())))
        places: dict[int, int] = {}
        ranges = [
            (places.setdefault(un.foyer, rang) if isinstance(un, Recue) and un.foyer else rang, un)
            for rang, un in enumerate(lus)
        ]
        return (un for _, un in sorted(ranges, key=lambda paire: paire[0]))

    def _lus(self) -> Iterator[Lu]:
        for evenement in self.ouverte.lecture.evenements:
            match evenement:
                case Lue(dossier=dossier, foyer=foyer, dites=dites) if dossier is not None:
                    self.comptes["Personnes lues"] += 1
                    yield Recue(dossier, foyer, dites)
                case Contact():
                    self.comptes["Personnes lues"] += 1
                    yield evenement
                case Decedee(dossier=dossier):
                    self.decedees.append(dossier)
                case Refus(ou, raison, colonne):
                    self.comptes["Lignes refusées"] += 1
                    self.releve.erreur(ou, colonne, raison)
                case Remarque(texte):
                    self.comptes["Remarques"] += 1
                    self.releve.remarque(texte)

    def _comparer(self, contenu: lots.Contenu) -> list[enregistrement.Constat]:
        """A file has people, or ways to reach them: never both."""
        organisation, au = self.depot.organisation_id, self.ouverte.au
        trouves = enregistrement.comparer(
            organisation,
            contenu.recues,
            source=self.ouverte.source,
            au=au,
            convention=self.convention,
        )
        return trouves + contacts.comparer(organisation, contenu.contacts, au=au)

    def _un_lot(self, lus: list[Lu]) -> None:
        """What these people change, then those to store, sealed; the import must still be read.

        It is locked before anything is written: a cancellation comes before the lot, or takes it.
        """
        depot = self.depot
        with contexte_systeme(depot.organisation_id):
            if not Import.objects.en_lecture(depot).exists():
                raise Interrompue
            gardees = []
            for lu, constat in zip(lus, self._comparer(lots.Contenu.de(lus)), strict=True):
                self._compter(constat)
                if not constat.quoi & SANS_SUITE:
                    gardees.append(lu)
            self._verrouiller()
            if gardees:
                self.rang += 1
                self.retenues += len(gardees)
                lots.sceller_un(depot, self.rang, gardees).save()

    def _les_decedees(self) -> None:
        """Those who are kept are named with their page, where a person records it."""
        with contexte_systeme(self.depot.organisation_id):
            trouvees = decedees.gardees(self.depot.organisation_id, self.decedees)
        for personne, lu in trouvees:
            self.comptes[Difference.DECEDEE] += 1
            nom = nom_affiche(lu.identite)
            self.releve.changement(Difference.DECEDEE, nom, "", str(personne.pk))

    def _verrouiller(self) -> Import:
        """The import, locked, if it is still this reading that it waits for."""
        lu = Import.objects.verrouille(self.depot.pk)
        if lu is None or (lu.etat, lu.essais) != (EtatImport.LECTURE, self.depot.essais):
            raise Interrompue
        return lu

    def _compter(self, constat: enregistrement.Constat) -> None:
        if constat.personne:
            self.retrouvees.add(constat.personne)
        for quoi in constat.quoi:
            self.comptes[quoi] += 1
            if quoi in A_NOMMER:
                self.releve.changement(quoi, constat.nom, constat.detail)

    def _sorties(self) -> int:
        """How many were in the flow, and this file does not tell of."""
        return enregistrement.compter_les_sorties(
            self.depot.organisation_id,
            au=self.ouverte.au,
            retrouvees=self.retrouvees,
            dits=organismes.des_comptes(self.comptes),
        )

    def _finir(self) -> None:
        """All was read: the import waits for somebody to confirm it."""
        depot = self.depot
        entete = self.ouverte.lecture.entete
        self.comptes.update(self.ouverte.lecture.comptes)
        if entete.annonces is not None:
            self.comptes["Dossiers annoncés"] = entete.annonces
        for code, foyers in organismes.FOYERS.items():
            if entete.organismes[code]:
                self.comptes[foyers] = entete.organismes[code]
        with contexte_systeme(depot.organisation_id):
            lu = self._verrouiller()
            lu.etat, lu.famille, lu.au = EtatImport.PRET, self.ouverte.famille, self.ouverte.au
            lu.lus, lu.total, lu.essais = 0, self.retenues, 0
            if lu.famille != Famille.CONTACTS:
                self.comptes[Difference.SORTIE] = self._sorties()
            lu.comptes, lu.phrase = dict(self.comptes), self.ouverte.refus[:500]
            lu.constats = constats.sceller_les(lu, self.releve.constats())
            lu.save()


def _par_lots(lus: Iterator[Lu]) -> Iterator[list[Lu]]:
    """Lists in their order; those of a household follow each other and stay together."""
    lot: list[Lu] = []
    dernier = 0
    for un in lus:
        foyer = un.foyer if isinstance(un, Recue) else 0
        if len(lot) >= lots.NOMBRE and (not foyer or foyer != dernier):
            yield lot
            lot = []
        lot.append(un)
        dernier = foyer
    if lot:
        yield lot


def _convention(organisation: str) -> Convention:
    convention = regles_de_l_organisation(organisation)
    if convention is None:
        raise FichierRefuse("Aucune convention ne lie cette organisation : rien n’est à repérer.")
    return convention
