"""Who is looked for: always posted, so that it is in no address and no log."""

from django import forms
from django.core.exceptions import ValidationError

from relais.fiches.champs import ChampSansNul
from relais.fiches.recherche import TermeIllisible
from relais.reperage import recherche


class FormulaireRecherche(forms.Form):
    """A NIR or a whole name, in one field: nobody has to say which."""

    terme = ChampSansNul(
        max_length=120,
        label="Rechercher une personne",
        help_text="Numéro de sécurité sociale, ou nom de famille entier.",
        error_messages={
            "required": recherche.COMMENT,
            "max_length": "Ce texte est trop long. " + recherche.COMMENT,
        },
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "enterkeyhint": "search"}
        ),
    )

    def clean_terme(self) -> recherche.Terme:
        try:
            return recherche.lire(self.cleaned_data["terme"])
        except TermeIllisible as refus:
            raise ValidationError(refus.phrase) from None
