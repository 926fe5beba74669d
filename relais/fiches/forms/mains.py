"""To whom a fiche goes."""

from typing import Any

from django import forms

from relais.annuaire.models import Affectation
from relais.fiches import mains


class FormulaireConfier(forms.Form):
    """One colleague of the équipe; for a draft, whether all that is left is to sign and send."""

    a = forms.ChoiceField(
        label="À qui ?", error_messages={"required": "Choisissez à qui la fiche est confiée."}
    )
    complete = forms.BooleanField(
        required=False,
        label="La fiche est complète : il ne reste qu’à la faire signer et à l’envoyer",
    )

    def __init__(
        self,
        *args: Any,
        completent: list[Affectation],
        autres: list[Affectation],
        peut_dire_complete: bool,
        **options: Any,
    ) -> None:
        """`completent`: the colleagues who may complete a fiche; `autres`: who may not."""
        super().__init__(*args, **options)
        self.par_cle = {str(une.agent.pseudonyme): une for une in (*completent, *autres)}
        groupes = [("Complètent la fiche", completent), ("À l’accueil", autres)]
        self.fields["a"].choices = [
            ("", "Choisir…"),
            *(
                (titre, [(str(une.agent.pseudonyme), mains.libelle(une)) for une in siennes])
                for titre, siennes in groupes
                if siennes
            ),
        ]
        if len(self.par_cle) == 1:
            self.initial["a"] = next(iter(self.par_cle))
        if not peut_dire_complete:
            del self.fields["complete"]

    def choisie(self) -> Affectation:
        return self.par_cle[self.cleaned_data["a"]]
