"""A small model of retention, written from the convention and not from the product's rules.

One fiche: until when each copy of the caisse lives, whether the Département still holds its own,
and what moves its clock. tests/rgpd/test_histoires.py plays the same acts on the product.
"""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
LENDEMAIN = timedelta(days=1)


def plus_tard(jour: date, annees: int) -> date:
    """The same day that many years later; 28 February where there is no 29th."""
    try:
        return jour.replace(year=jour.year + annees)
    except ValueError:
        return jour.replace(year=jour.year + annees, day=28)


def minuit(jour: date) -> datetime:
    return datetime(jour.year, jour.month, jour.day, tzinfo=PARIS)


@dataclass
class Modele:
    """`caisse`: the ends of its copies; `tenus`: how many the Département holds."""

    le: datetime
    jours_caisse: int = 20
    ans: int = 5
    caisse: list[datetime] = field(default_factory=list)
    tenus: int = 0
    close: bool = False
    transmise: date | None = None
    fini: date | None = None
    rsa_clos: date | None = None
    rsa_rouvert: date | None = None
    versee: date | None = None
    retenue: datetime | None = None
    engagee: bool = False
    la: bool = True

    @property
    def jour(self) -> date:
        return self.le.astimezone(PARIS).date()

    def envoyer(self) -> None:
        self._message()
        self.close, self.transmise, self.fini, self.versee = False, self.jour, None, None

    def clore(self) -> None:
        self._message()
        self.close = True

    def clore_rsa(self, le: date) -> None:
        self.rsa_clos, self.rsa_rouvert = le, None

    def retenir(self, jusqu_au: date) -> None:
        self.retenue = minuit(jusqu_au + LENDEMAIN)

    def fin(self) -> datetime | None:
        """The first instant at which the Département may hold it no more."""
        if self.fini is None:
            return None
        if self.versee is not None:
            dernier = max(self.fini, self.versee)
        elif self.rsa_rouvert is not None:
            return None
        elif self.rsa_clos is not None:
            dernier = max(self.fini, plus_tard(self.rsa_clos, self.ans))
        else:
            dernier = plus_tard(self.fini, self.ans)
        return minuit(dernier + LENDEMAIN)

    def purger(self) -> None:
        self.caisse = [fin for fin in self.caisse if fin > self.le]
        fin, retenue = self.fin(), self.retenue
        if fin and fin <= self.le and not (retenue and retenue > self.le):
            self.tenus, self.engagee = 0, True
        if self.engagee and not self.caisse:
            self.la = False

    def base_d_avant(self, avant: "Modele") -> "Modele":
        """The base comes back as it was; what was destroyed meanwhile stays destroyed."""
        revenu = deepcopy(avant)
        revenu.le, revenu.jours_caisse, revenu.ans = self.le, self.jours_caisse, self.ans
        revenu.caisse = [fin for fin in avant.caisse if fin in self.caisse]
        if self.tenus == 0:
            revenu.tenus, revenu.engagee = 0, avant.close
        return revenu

    def _message(self) -> None:
        self.caisse.append(self.le + timedelta(days=self.jours_caisse))
        self.tenus += 1
