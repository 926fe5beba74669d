"""What a form of the directory does with what an action refuses."""

from django import forms

from relais.annuaire.erreurs import CompteRefuse


class FormulaireRefusable(forms.Form):
    """A form that an action may still refuse once it is valid."""

    def refuser(self, refus: CompteRefuse) -> None:
        """Write a refusal beside its field."""
        self.add_error(refus.champ if refus.champ in self.fields else None, refus.phrase)
