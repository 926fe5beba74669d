"""What the reading of a file tells, in the order of the file."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from relais.regles.foyer import Adulte


@dataclass(frozen=True, slots=True)
class Personne:
    """Somebody to screen. `numero`: the line, or the rank of the person in a flow."""

    numero: int
    adulte: Adulte


@dataclass(frozen=True, slots=True)
class Refus:
    """What could not be read, where, and how to mend it. It quotes no cell."""

    ou: str
    raison: str


@dataclass(frozen=True, slots=True)
class Remarque:
    """What a person has to check; nothing is refused for it."""

    texte: str


Evenement = Personne | Refus | Remarque


@dataclass(slots=True)
class Lecture:
    """The events of a file, read once; `comptes` (label, number) is whole when they are."""

    evenements: Iterator[Evenement]
    comptes: Counter[str] = field(default_factory=Counter)
