"""What two people of a household share, as their professional says it."""

from typing import Any

from django import forms

from relais.fiches.actions.conjoint import Partage
from relais.fiches.contenu import Personne
from relais.socle.templatetags.relais_affichage import telephone


class FormulaireConjoint(forms.Form):
    """Only what the first fiche holds is asked. A couple shares an address, seldom a telephone."""

    adresse = forms.BooleanField(required=False, initial=True)
    telephone = forms.BooleanField(required=False)

    def __init__(self, *args: Any, personne: Personne, **options: Any) -> None:
        super().__init__(*args, **options)
        adresse = ", ".join(ligne for ligne in personne.adresse.splitlines() if ligne)
        self._dire("adresse", "Même adresse", adresse)
        self._dire("telephone", "Même téléphone", telephone(personne.telephone))

    def _dire(self, champ: str, libelle: str, valeur: str) -> None:
        if valeur:
            self.fields[champ].label = f"{libelle} : {valeur}"
        else:
            del self.fields[champ]

    def partage(self) -> Partage:
        return Partage(
            adresse=self.cleaned_data.get("adresse", False),
            telephone=self.cleaned_data.get("telephone", False),
        )
