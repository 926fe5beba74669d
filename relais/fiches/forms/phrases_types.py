"""A stock phrase: where it goes, what it is called, what it says."""

from django import forms

from relais.fiches import champs
from relais.fiches.models import PhraseType


class FormulairePhraseType(forms.Form):
    """What is missing, the act says."""

    pk = forms.UUIDField(required=False, widget=forms.HiddenInput)
    champ = champs.ChampChoix(label="Où s’insère-t-elle ?", choices=PhraseType.Champ.choices)
    titre = champs.ChampTexte(
        label="Titre", longueur=60, help_text="Ce que vos collègues voient dans la liste."
    )
    texte = champs.ChampTexte(
        label="Texte",
        longueur=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Jamais rien sur une personne : ni nom, ni numéro, ni situation.",
    )
