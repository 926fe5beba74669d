"""From when to when somebody is away, and who stands in."""

from typing import Any

from django import forms

from relais.annuaire.models import Affectation
from relais.fiches import champs, mains
from relais.socle import horloge

CE_JOUR = "Indiquez ce jour."


class FormulaireAbsence(forms.Form):
    """Both days included; the caisse may do without a stand-in."""

    du = champs.ChampDate(label="Premier jour d’absence", vide=CE_JOUR)
    au = champs.ChampDate(label="Dernier jour d’absence", vide=CE_JOUR)
    remplacant = forms.ChoiceField(
        label="Qui remplace ?",
        required=False,
        help_text="Cette personne verra les fiches de qui s’absente et agira à sa place, brouillons"
        " compris, ces jours-là seulement.",
    )

    def __init__(
        self, *args: Any, absent: Affectation, collegues: list[Affectation], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.par_cle = {str(une.agent.pseudonyme): une for une in collegues}
        vide = "Personne en particulier" if absent.a_la_caisse else "Choisir…"
        self.fields["remplacant"].choices = [
            ("", vide),
            *((cle, mains.libelle(une)) for cle, une in self.par_cle.items()),
        ]
        self.initial["du"] = horloge.aujourd_hui()
        if absent.a_la_caisse:
            self.fields["remplacant"].help_text = (
                "Facultatif : à la caisse, chacun voit toutes les fiches. Cette personne reçoit"
                " aussi les courriels."
            )

    def choisi(self) -> Affectation | None:
        return self.par_cle.get(self.cleaned_data["remplacant"])


class FormulaireRetour(forms.Form):
    """A last day of absence that comes sooner."""

    au = champs.ChampDate(label="Nouveau dernier jour d’absence")
