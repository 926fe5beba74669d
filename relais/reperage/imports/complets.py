"""The complete files that were stored: those that tell of everybody, flows or spreadsheets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from relais.reperage.lecture import organismes
from relais.reperage.models import Import


@dataclass(frozen=True, slots=True)
class Complet:
    """One of them. `organismes`: of which bodies it told, empty: of any."""

    au: date
    organismes: frozenset[str]

    def dit(self, organisme: str) -> bool:
        """Whether the allocataires of that body are in it. Empty: nobody knows whose she is."""
        return not (self.organismes and organisme) or organisme in self.organismes


@dataclass(frozen=True, slots=True)
class Complets:
    """All of an organisation, to be asked of a person of that body."""

    faits: Sequence[Complet] = ()

    def avant(self, au: date, organisme: str) -> date | None:
        """The day of the newest one before that day."""
        jours = (un.au for un in self.faits if un.au < au and un.dit(organisme))
        return max(jours, default=None)

    def apres(self, au: date, organisme: str) -> date | None:
        """The day of the newest one, if it is after that day."""
        jours = (un.au for un in self.faits if un.au > au and un.dit(organisme))
        return max(jours, default=None)


def de(organisation: str) -> Complets:
    """Those of that organisation."""
    return Complets(
        [
            Complet(au, organismes.des_comptes(comptes))
            for au, comptes in Import.objects.complets(organisation)
        ]
    )
