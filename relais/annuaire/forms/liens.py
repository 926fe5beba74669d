"""The password that a person chooses after the link of an invitation."""

from typing import Any

from django import forms

from relais.annuaire.mots_de_passe import LongueurSelonLeRole

PAS_LE_MEME = "Ce n’est pas le même que juste au-dessus."


class MotDePasseChoisi(forms.Form):
    """Typed twice; never shown again."""

    password1 = forms.CharField(
        label="Mot de passe",
        strip=False,
        help_text=LongueurSelonLeRole().get_help_text(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label="Le même, encore une fois",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        donnees = super().clean() or {}
        un, deux = donnees.get("password1"), donnees.get("password2")
        if un and deux and un != deux:
            self.add_error("password2", PAS_LE_MEME)
        return donnees
