"""What is looked for: always posted, so that it is in no address and no log."""

from django import forms
from django.core.exceptions import ValidationError

from relais.fiches import recherche
from relais.fiches.champs import ChampReference, ChampSansNul


class FormulaireReference(forms.Form):
    """The reference written on the sheet of the person."""

    reference = ChampReference(
        label="Référence écrite sur la feuille de la personne",
        help_text="Huit lettres et chiffres, comme K7QF-3MWP. Le tiret et les majuscules ne"
        " comptent pas.",
        error_messages={"required": "Écrivez la référence, comme K7QF-3MWP."},
    )


class FormulaireRecherche(forms.Form):
    """A reference, a NIR or a whole name, in one field: nobody has to say which."""

    terme = ChampSansNul(
        max_length=120,
        label="Rechercher une fiche",
        help_text="Référence, numéro de sécurité sociale, ou nom de famille entier.",
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
        except recherche.TermeIllisible as refus:
            raise ValidationError(refus.phrase) from None
