"""The forms of équipes."""

from typing import Any

from django import forms

from relais.annuaire.forms.refus import FormulaireRefusable
from relais.annuaire.models import Organisation, Territoire


class FormulaireNom(FormulaireRefusable):
    """A name."""

    nom = forms.CharField(max_length=80, label="Nom de l’équipe")


class FormulaireEquipe(FormulaireNom):
    """A new équipe, with its territoire at a Département."""

    territoire = forms.ChoiceField(required=False, label="Territoire")

    def __init__(self, *args: Any, organisation: Organisation, **options: Any) -> None:
        super().__init__(*args, **options)
        siens = organisation.territoires.order_by("code")
        self.territoires = {t.code: t for t in siens}
        if organisation.nature == Organisation.Nature.CAISSE:
            del self.fields["territoire"]
        else:
            noms = [(t.code, f"{t.code} · {t.nom}") for t in siens]
            self.fields["territoire"].choices = [("", "Choisir"), *noms]

    @property
    def territoire_choisi(self) -> Territoire | None:
        return self.territoires.get(self.cleaned_data.get("territoire", ""))
