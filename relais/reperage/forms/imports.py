"""The file that is given, what is corrected before it is read again, what is agreed to."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms

from relais.fiches import champs
from relais.regles.reperage import Famille
from relais.reperage.imports.accords import Accord
from relais.reperage.imports.constats import Colonne
from relais.reperage.imports.ouvertures import D_AVANCE, EN_ARRIERE
from relais.reperage.imports.televersement import CHAMP, FichierScelle, Reception
from relais.reperage.lecture.titres import Champ
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import majuscule

OUI, NON = "oui", "non"


class FormulaireDepot(forms.Form):
    """`fichier`: what was received of it, sealed."""

    fichier = forms.FileField(
        label="Fichier",
        required=False,  # by `clean_fichier`, which knows whether it was dropped on the way
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xml,.RCV,.csv,.txt,.xlsx,.ods", "data-lourd": ""}
        ),
        error_messages={"empty": "Ce fichier est vide."},
    )

    def __init__(
        self, *args: Any, reception: Reception | None, au_plus: int, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.reception = reception
        self.trop = f"Ce fichier dépasse {au_plus // 1_000_000} Mo : il n’a pas été reçu."
        self.fields[
            CHAMP
        ].help_text = f"{au_plus // 1_000_000} Mo au plus. Il est chiffré à mesure qu’il arrive."

    def clean_fichier(self) -> FichierScelle:
        recu = self.cleaned_data[CHAMP]
        if self.reception and self.reception.trop_gros:
            raise forms.ValidationError(self.trop)
        if recu is None:
            raise forms.ValidationError("Choisissez le fichier.")
        if not isinstance(recu, FichierScelle):  # it came through the page of the password
            raise forms.ValidationError("Choisissez le fichier à nouveau.")
        return recu


class FormulaireRelecture(forms.Form):
    """Read again for that day, with what each column is said to hold."""

    au = champs.ChampDate(
        label="Date du repérage",
        vide="Indiquez une date.",
        help_text="Âges et échéances sont calculés ce jour-là.",
    )

    def __init__(
        self,
        *args: Any,
        colonnes: Iterable[Colonne],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.colonnes = list(colonnes)
        possibles = [("", "Ne pas lire"), *((un.value, majuscule(un.value)) for un in Champ)]
        for rang, colonne in enumerate(self.colonnes):
            self.fields[f"colonne_{rang}"] = forms.ChoiceField(
                label=colonne.titre or f"Colonne {colonne.lettres}",
                help_text=" : ".join(
                    filter(None, (f"Colonne {colonne.lettres}", ", ".join(colonne.genres)))
                ),
                choices=possibles,
                initial=colonne.champ,
                required=False,
                error_messages={"invalid_choice": "Ce choix n’existe pas."},
            )

    def clean_au(self) -> date:
        lu: date = self.cleaned_data["au"]
        jour = horloge.aujourd_hui()
        if not jour - EN_ARRIERE <= lu <= jour + D_AVANCE:
            raise forms.ValidationError(
                "Choisissez une date de moins de douze mois, et d’un mois d’avance au plus."
            )
        return lu

    def des_colonnes(self) -> list[forms.BoundField]:
        return [self[f"colonne_{rang}"] for rang in range(len(self.colonnes))]

    def choisies(self) -> Mapping[str, Champ | None]:
        """Normalised title → field, None: not read; for those that were changed."""
        lues = ((une, self.cleaned_data[f"colonne_{n}"]) for n, une in enumerate(self.colonnes))
        return {
            une.normal: Champ(champ) if champ else None
            for une, champ in lues
            if champ != une.champ and une.normal
        }

    def jour(self) -> date:
        lu: date = self.cleaned_data["au"]
        return lu


class FormulaireConfirmation(forms.Form):
    """What has to be agreed to, and whether a spreadsheet tells of everybody."""

    complet = champs.ChampChoix(
        label="Ce fichier contient-il tous les allocataires suivis ?",
        choices=[
            (OUI, "Oui, tous : qui n’y est plus sort du flux"),
            (NON, "Non, une partie : les autres ne changent pas"),
        ],
    )

    def __init__(
        self, *args: Any, famille: str, accords: Mapping[Accord, str], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if famille != Famille.TABLEAU:
            del self.fields["complet"]
        for accord, phrase in accords.items():
            self.fields[accord.value] = forms.BooleanField(label=phrase, required=False)

    def dit_complet(self) -> bool | None:
        return {OUI: True, NON: False}.get(self.cleaned_data.get("complet", ""))

    def accords(self) -> frozenset[Accord]:
        return frozenset(un for un in Accord if self.cleaned_data.get(un.value))
