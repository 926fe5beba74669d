"""How long a fiche is kept: why an archived one is opened, the day of an act on its clock."""

from datetime import date
from typing import Any

from django import forms

from relais.fiches import champs
from relais.fiches.sort import Acte
from relais.regles.archive import RAISONS_OUVERTURE
from relais.socle.templatetags.relais_affichage import majuscule

JOURS = {
    Acte.FINIR: "Dernier jour de l’accompagnement",
    Acte.CLORE_RSA: "Jour de la clôture du droit au RSA",
    Acte.ROUVRIR_RSA: "Jour de la réouverture du droit au RSA",
}
UN_JOUR = "Indiquez ce jour."


class FormulaireOuverture(forms.Form):
    """Why an archived fiche is opened; a code goes to the journal."""

    motif = champs.ChampChoix(
        label="Pourquoi ouvrez-vous cette fiche ?",
        choices=[(code, majuscule(raison)) for code, raison in RAISONS_OUVERTURE.items()],
    )


class FormulaireActe(forms.Form):
    """The day of an act, where it has one. `efface`: the erasure that a preview has announced."""

    efface = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, donnees: Any, *, acte: Acte) -> None:
        super().__init__(donnees)
        if acte in JOURS:
            self.fields["le"] = champs.ChampDate(label=JOURS[acte], vide=UN_JOUR)

    def dit(self) -> dict[str, date]:
        """What the act is told."""
        return {"le": self.cleaned_data["le"]} if "le" in self.fields else {}
