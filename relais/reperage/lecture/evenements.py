"""What the reading of a file tells, in the order of the file."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from relais.regles.foyer import Adulte
from relais.regles.reperage import Consentement
from relais.reperage.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Personne:
    """Somebody to screen. `numero`: the line, or the rank of the person in a flow.

    `dossier`: who it is, where a reading with `identites` tells it. `foyer`: the rank of the
    household in the file, the same for a couple; 0 when the file tells of none. `dites`: what the
    file tells of her (`lecture.dites`).
    """

    numero: int
    adulte: Adulte
    dossier: Dossier | None = field(default=None, repr=False)
    foyer: int = 0
    dites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decedee:
    """An adult of whom the file says that she has died. `dossier`: who she was."""

    dossier: Dossier = field(repr=False)


SANS_IDENTITE = (
    "identité : ni nom ni numéro de sécurité sociale, un prochain fichier ne la reconnaîtrait pas."
)


@dataclass(frozen=True, slots=True)
class Refus:
    """What could not be read, where, and how to mend it. It quotes no cell.

    `colonne`: the title of the column, empty where the whole row is refused.
    """

    ou: str
    raison: str
    colonne: str = ""


@dataclass(frozen=True, slots=True)
class Remarque:
    """What a person has to check; nothing is refused for it."""

    texte: str


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody, as the contact file of the CNAF says. `numero`: the line."""

    numero: int
    matricule: str = field(default="", repr=False)
    nir: str = field(default="", repr=False)  # 15 characters, empty when none reads
    demande: str = field(default="", repr=False)
    role: str = ""
    nom: str = field(default="", repr=False)  # of who answers for the household, the DEM
    prenom: str = field(default="", repr=False)
    telephones: tuple[str, ...] = field(default=(), repr=False)
    courriels: tuple[str, ...] = field(default=(), repr=False)
    consentement: Consentement = Consentement.INCONNU


Evenement = Personne | Contact | Decedee | Refus | Remarque


@dataclass(slots=True)
class Entete:
    """What a flow says of itself, filled as it is read, and how many households it holds."""

    dtref: date | None = None
    annonces: int | None = None
    lus: int = 0
    organismes: Counter[str] = field(default_factory=Counter)  # households of each, by FONORG

    @property
    def concordant(self) -> bool:
        """Does it hold as many households as it says? To be shown, never fatal."""
        return self.annonces is None or self.annonces == self.lus


@dataclass(slots=True)
class Lecture:
    """The events of a file, read once; `comptes` (label, number) is whole when they are."""

    evenements: Iterator[Evenement]
    comptes: Counter[str] = field(default_factory=Counter)
    entete: Entete = field(default_factory=Entete)
