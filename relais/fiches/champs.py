"""Form fields of a fiche: they read shapes, say what they could not read, decide nothing."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from relais.adaptateurs.coordonnees import CoordonneeRefusee, lire_mail, lire_telephone
from relais.adaptateurs.imprimable import REMPLACEMENT, imprimable, lisible
from relais.regles import nir

OUI = {"on", "oui", "true", "1"}


class ChampSansNul(forms.CharField):
    """A text without the invisible character that no database keeps."""

    def to_python(self, value: Any) -> str:
        texte = str(super().to_python(value) or "")
        if "\x00" in texte:
            raise ValidationError(
                "Ce texte contient un caractère invisible (nul). Effacez-le et retapez le texte."
            )
        return texte


class ChampTexte(ChampSansNul):
    """Text that a document can print; a character that no font draws is named and refused."""

    def __init__(self, *, label: str = "", longueur: int, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(label=label, max_length=longueur, **options)
        self.error_messages["max_length"] = (
            "Ce texte a %(show_value)d caractères. Il en faut %(limit_value)d au plus."
        )

    def to_python(self, value: Any) -> str:
        texte = lisible(super().to_python(value)).strip()
        sans_gene = imprimable(texte.replace(REMPLACEMENT, "")).replace("\u200b", "")
        if REMPLACEMENT in sans_gene:
            raise ValidationError(
                "Ce texte contient un signe qui ne peut pas être imprimé (émoji ou symbole)."
                " Écrivez-le en lettres."
            )
        return texte


class ChampTelephone(ChampSansNul):
    widget = forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "moyen"})

    def clean(self, value: Any) -> str:
        texte: str = super().clean(value)
        try:
            return lire_telephone(texte) if texte else ""
        except CoordonneeRefusee as refus:
            raise ValidationError(refus.phrase) from None


class ChampMail(ChampSansNul):
    widget = forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"})

    def clean(self, value: Any) -> str:
        texte: str = super().clean(value)
        try:
            return lire_mail(texte) if texte else ""
        except CoordonneeRefusee as refus:
            raise ValidationError(refus.phrase) from None


class ChampNir(ChampSansNul):
    """A NIR as typed; an empty one is None. The key is asked for unless said unknown elsewhere."""

    widget = forms.TextInput(
        attrs={
            "inputmode": "text",
            "autocomplete": "off",
            "spellcheck": "false",
            "data-nir": "",
            "class": "nir",
        }
    )

    def clean(self, value: Any) -> nir.Nir | None:
        texte: str = super().clean(value)
        if not texte.strip():
            return None
        try:
            return nir.lire(texte, sans_cle=True)
        except nir.NirInvalide as refus:
            raise ValidationError(nir.phrase(refus)) from None


class ChampDate(forms.DateField):
    """A day, from a date picker or typed as 23/11/2026."""

    def __init__(self, *, label: str = "", **options: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "court"}),
            error_messages={"invalid": "Cette date n’existe pas. Écrivez-la jour/mois/année."},
            **options,
        )


class ChampCoches(forms.MultipleChoiceField):
    """Boxes of annex 1, in its order; a foreign code is refused."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.error_messages["invalid_choice"] = "Cette case n’existe pas sur la fiche."


class ChampChoix(forms.ChoiceField):
    widget = forms.RadioSelect

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.error_messages["invalid_choice"] = "Cette réponse n’existe pas."
