"""The periods that a DPO chooses: short enough for what is read in them."""

from datetime import date, timedelta
from typing import Any

from relais.fiches import champs
from relais.fiches.forms.periodes import FormulairePeriode
from relais.journal.lecture import Periode
from relais.socle import horloge

UNE_DATE = "Indiquez une date."
JOURS_AU_PLUS = 92
TROP_LONGUE = "Cette période est trop longue : trois mois au plus."


def trente_derniers_jours() -> dict[str, date]:
    jour = horloge.aujourd_hui()
    return {"debut": jour - timedelta(days=29), "fin": jour}


def depuis_janvier() -> dict[str, date]:
    jour = horloge.aujourd_hui()
    return {"debut": jour.replace(month=1, day=1), "fin": jour}


class PeriodeEntiere(FormulairePeriode):
    """Both days are asked for."""

    debut = champs.ChampDate(label="Du", vide=UNE_DATE)
    fin = champs.ChampDate(label="Au", vide=UNE_DATE)

    def periode(self) -> Periode:
        typee = super().periode()
        assert typee is not None
        return typee


class PeriodeBornee(PeriodeEntiere):
    """Three months at most."""

    def clean(self) -> dict[str, Any]:
        lu = super().clean()
        if not self.errors and (lu["fin"] - lu["debut"]).days >= JOURS_AU_PLUS:
            self.add_error("fin", TROP_LONGUE)
        return lu


class FiltresPeriode(PeriodeBornee):
    """In the address; a bare one asks for the last 30 days."""

    def __init__(self, donnees: Any) -> None:
        super().__init__(donnees if _choisie(donnees) else trente_derniers_jours())


class FiltresBordereau(PeriodeEntiere):
    """In the address, or posted for its file; a bare one asks for this year."""

    def __init__(self, donnees: Any) -> None:
        super().__init__(donnees if _choisie(donnees) else depuis_janvier())


def _choisie(donnees: Any) -> bool:
    return "debut" in donnees or "fin" in donnees
