"""What the reading of a file found, sealed with it: errors, remarks, columns, what it changes."""

from collections import Counter
from dataclasses import dataclass, field

from relais.coffre.actions import Genre, ouvrir, sceller
from relais.fiches import schema
from relais.regles.reperage import Difference
from relais.reperage.models import Import

SCHEMA, PARTIE = "constats/2", "constats"
ERREURS_AU_PLUS = 20_000  # rows that the list to download holds; all of them are counted
NOMS_AU_PLUS = 200  # people named for one kind of change; all of them are counted


@dataclass(frozen=True, slots=True)
class Erreur:
    """A row, or a cell of it, that could not be read. `raison`: why, and how to mend it."""

    ou: str
    colonne: str
    raison: str


@dataclass(frozen=True, slots=True)
class Colonne:
    """A title and what it was taken for (`titres.Champ`), empty when it is not read.

    `genres`: the kinds of its first cells, never what they hold.
    """

    lettres: str
    titre: str
    normal: str
    champ: str
    genres: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changement:
    """What the file would change about somebody. `personne`: whose page is to be opened for it."""

    quoi: Difference
    nom: str
    detail: str
    personne: str = ""


@dataclass(frozen=True, slots=True)
class Constats:
    """All of it, as it is sealed."""

    erreurs: tuple[Erreur, ...] = ()
    remarques: tuple[str, ...] = ()
    colonnes: tuple[Colonne, ...] = ()
    changements: tuple[Changement, ...] = ()

    def raisons(self) -> list[tuple[str, int]]:
        """How many rows for each reason, the most frequent first."""
        return Counter(une.raison for une in self.erreurs).most_common()


@dataclass(slots=True)
class Releve:
    """What is found, gathered while the file is read."""

    erreurs: list[Erreur] = field(default_factory=list)
    remarques: list[str] = field(default_factory=list)
    colonnes: list[Colonne] = field(default_factory=list)
    changements: list[Changement] = field(default_factory=list)
    _noms: Counter[Difference] = field(default_factory=Counter)

    def erreur(self, ou: str, colonne: str, raison: str) -> None:
        if len(self.erreurs) < ERREURS_AU_PLUS:
            self.erreurs.append(Erreur(ou, colonne, raison))

    def remarque(self, texte: str) -> None:
        if len(self.remarques) < ERREURS_AU_PLUS:
            self.remarques.append(texte)

    def changement(self, quoi: Difference, nom: str, detail: str, personne: str = "") -> None:
        self._noms[quoi] += 1
        if self._noms[quoi] <= NOMS_AU_PLUS:
            self.changements.append(Changement(quoi, nom, detail, personne))

    def constats(self) -> Constats:
        return Constats(
            tuple(self.erreurs),
            tuple(self.remarques),
            tuple(self.colonnes),
            tuple(self.changements),
        )


def sceller_les(depot: Import, constats: Constats) -> bytes:
    return sceller(
        Genre.DEPOT,
        depot.pk,
        schema.en_octets(constats, schema=SCHEMA),
        organisation=depot.organisation_id,
        partie=PARTIE,
    )


def lire(depot: Import) -> Constats:
    """What was found; nothing once the key is destroyed or before the file was read."""
    if not depot.constats:
        return Constats()
    octets = ouvrir(
        Genre.DEPOT,
        depot.pk,
        bytes(depot.constats),
        organisation=depot.organisation_id,
        partie=PARTIE,
    )
    return schema.depuis_octets(Constats, octets, schema=SCHEMA)
