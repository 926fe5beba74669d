"""Who is looked for: always posted, so that it is in no address and no log."""

from django import forms
from django.core.exceptions import ValidationError

from relais.fiches.forms.recherche import champ_du_terme
from relais.fiches.recherche import TermeIllisible
from relais.reperage import recherche


class FormulaireRecherche(forms.Form):
    """A NIR or a whole name, in one field: nobody has to say which."""

    terme = champ_du_terme(
        "Rechercher une personne",
        aide="Numéro de sécurité sociale, ou nom de famille entier.",
        comment=recherche.COMMENT,
    )

    def clean_terme(self) -> recherche.Terme:
        try:
            return recherche.lire(self.cleaned_data["terme"])
        except TermeIllisible as refus:
            raise ValidationError(refus.phrase) from None
