"""Form fields of a fiche: they read shapes, say what they could not read, decide nothing."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from relais.adaptateurs.coordonnees import CoordonneeRefusee, lire_mail, lire_telephone
from relais.adaptateurs.imprimable import REMPLACEMENT, imprimable, lisible
from relais.fiches import reference
from relais.regles import nir


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
        # Nothing about somebody else in the browser's memory; the key of a phone goes on, or, in
        # a text of several lines, breaks the line as it should.
        self.widget.attrs.setdefault("autocomplete", "off")
        if not isinstance(self.widget, forms.Textarea):
            self.widget.attrs.setdefault("enterkeyhint", "next")
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


class ChampLu(ChampSansNul):
    """A text that `lire` puts in its usual form, or refuses with a sentence; it may be empty."""

    lire: Callable[[str], str]

    def clean(self, value: Any) -> str:
        texte: str = super().clean(value)
        try:
            return self.lire(texte) if texte else ""
        except (CoordonneeRefusee, reference.ReferenceInvalide) as refus:
            raise ValidationError(refus.phrase) from None


class ChampTelephone(ChampLu):
    lire = staticmethod(lire_telephone)
    widget = forms.TextInput(
        attrs={
            "inputmode": "tel",
            "autocomplete": "off",
            "enterkeyhint": "next",
            "class": "moyen",
        }
    )


class ChampMail(ChampLu):
    lire = staticmethod(lire_mail)
    widget = forms.TextInput(
        attrs={
            "inputmode": "email",
            "autocomplete": "off",
            "autocapitalize": "off",
            "enterkeyhint": "next",
        }
    )


class ChampReference(ChampLu):
    """The reference of a fiche, as it is read on paper: case, spaces and dashes do not count."""

    lire = staticmethod(reference.lire)
    widget = forms.TextInput(
        attrs={"autocomplete": "off", "spellcheck": "false", "class": "court reference"}
    )

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **options)
        self.error_messages["max_length"] = reference.COMMENT


class ChampNir(ChampSansNul):
    """A NIR as typed; an empty one is None. The key is asked for unless said unknown elsewhere."""

    widget = forms.TextInput(
        attrs={
            "inputmode": "text",
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "characters",
            "enterkeyhint": "next",
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
    """A day, from a date picker or typed as 23/11/2026. `vide`: what an empty one is told."""

    def __init__(self, *, label: str = "", vide: str = "", **options: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "court"}),
            error_messages={"invalid": "Cette date n’existe pas. Écrivez-la jour/mois/année."},
            **options,
        )
        self.vide = vide

    def validate(self, value: Any) -> None:
        super().validate(value)
        _refuser_le_vide(value, self.vide)


class ChampCoches(forms.MultipleChoiceField):
    """Boxes of annex 1, in its order; a foreign code is refused."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.error_messages["invalid_choice"] = "Cette case n’existe pas sur la fiche."


class ChampChoix(forms.TypedChoiceField):
    """One answer, made what it stands for by `coerce`. `vide`: what no answer at all is told."""

    widget = forms.RadioSelect

    def __init__(self, *, vide: str = "", **options: Any) -> None:
        super().__init__(required=False, **options)
        self.error_messages["invalid_choice"] = "Cette réponse n’existe pas."
        self.vide = vide

    def validate(self, value: Any) -> None:
        super().validate(value)
        _refuser_le_vide(value, self.vide)


def _refuser_le_vide(valeur: Any, phrase: str) -> None:
    """Not by `required`, which the browser would announce in its own words."""
    if phrase and not valeur:
        raise ValidationError(phrase)
