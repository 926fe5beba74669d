"""How far ahead a DPO looks."""

from datetime import timedelta
from typing import Any

from django import forms

UNE_SEMAINE = 7
AVANCES = [("", "Dans les 7 jours"), ("1", "Dans les 24 heures"), ("30", "Dans les 30 jours")]


class FiltresEcheances(forms.Form):
    """In the address; a bare one, or a value that does not exist, asks for a week."""

    jours = forms.ChoiceField(required=False, label="Ce qui s’efface", choices=AVANCES)

    def __init__(self, donnees: Any) -> None:
        super().__init__(donnees)
        self.full_clean()

    @property
    def delai(self) -> timedelta:
        return timedelta(days=int(self.cleaned_data.get("jours") or UNE_SEMAINE))
