"""A period typed as two days, the last one included."""

from datetime import date, timedelta
from typing import Any

from django import forms

from relais.fiches import champs
from relais.journal.lecture import Periode
from relais.socle.horloge import minuit

PREMIER_JOUR = date(2000, 1, 1)  # before any convention: a year typed with two digits too few
DERNIER_JOUR = date(2199, 12, 31)


class FormulairePeriode(forms.Form):
    """From `debut` to `fin`; either may be empty unless the field says otherwise (`vide`)."""

    debut = champs.ChampDate(label="Du")
    fin = champs.ChampDate(label="Au")

    def clean(self) -> dict[str, Any]:
        lu: dict[str, Any] = super().clean() or {}
        for champ in ("debut", "fin"):
            if lu.get(champ) and not PREMIER_JOUR <= lu[champ] <= DERNIER_JOUR:
                self.add_error(champ, "Cette année n’est pas possible.")
        if not self.errors and lu["debut"] and lu["fin"] and lu["fin"] < lu["debut"]:
            self.add_error("fin", "Cette date vient avant la première : inversez-les.")
        return lu

    def periode(self) -> Periode | None:
        """What was typed, in instants; None when both days are empty."""
        debut, fin = self.cleaned_data["debut"], self.cleaned_data["fin"]
        if not (debut or fin):
            return None
        lendemain = (fin or DERNIER_JOUR) + timedelta(days=1)
        return Periode(minuit(debut or PREMIER_JOUR), minuit(lendemain))
