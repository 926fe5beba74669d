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


def champ_du_terme(label: str, *, aide: str, comment: str) -> ChampSansNul:
    """The one field of a search, which no browser remembers. `comment`: what may be written."""
    return ChampSansNul(
        max_length=120,
        label=label,
        help_text=aide,
        error_messages={"required": comment, "max_length": f"Ce texte est trop long. {comment}"},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "enterkeyhint": "search"}
        ),
    )


class FormulaireRecherche(forms.Form):
    """A reference, a NIR or a whole name, in one field: nobody has to say which."""

    terme = champ_du_terme(
        "Rechercher une fiche",
        aide="Référence, numéro de sécurité sociale, ou nom de famille entier.",
        comment=recherche.COMMENT,
    )

    def clean_terme(self) -> recherche.Terme:
        try:
            return recherche.lire(self.cleaned_data["terme"])
        except recherche.TermeIllisible as refus:
            raise ValidationError(refus.phrase) from None
