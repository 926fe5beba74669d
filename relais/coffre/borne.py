"""Until when what was destroyed may still be read, in the words shown to the DPO."""

from dataclasses import dataclass
from datetime import datetime

from relais.coffre import copies
from relais.coffre.copies import Copie
from relais.socle.horloge import PARIS


@dataclass(frozen=True, slots=True)
class Borne:
    """`gardee`: a copy past its term that still holds the key, so that `le` does not hold."""

    le: datetime
    gardee: Copie | None

    def __str__(self) -> str:
        if self.gardee:
            return (
                "effacement pas encore définitif : une copie du coffre, faite le "
                f"{_date(self.gardee.faite_le)}, est gardée au-delà de son terme"
            )
        return f"effacement définitif au plus tard le {_date(self.le)}"


def borne(detruite_le: datetime, *, maintenant: datetime) -> Borne:
    """Of a key destroyed at `detruite_le`: the life of a copy later, unless one is kept longer.

    One is when the store is out of reach, or when the worker that destroys copies is stopped.
    """
    en_retard = (
        copie
        for copie in copies.toutes()
        if copie.faite_le < detruite_le and copie.faite_le + copies.conservation() <= maintenant
    )
    return Borne(copies.effacement_definitif_le(detruite_le), next(en_retard, None))


def _date(instant: datetime) -> str:
    return f"{instant.astimezone(PARIS):%d/%m/%Y à %H:%M}"
