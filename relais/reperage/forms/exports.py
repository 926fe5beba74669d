"""Which file is asked for."""

from django import forms

from relais.fiches import champs
from relais.fiches.actions.exports import Forme


class FormulaireExport(forms.Form):
    forme = champs.ChampChoix(
        label="Fichier",
        choices=[(Forme.XLSX, "Classeur (XLSX)"), (Forme.CSV, "Texte (CSV)")],
        coerce=Forme,
        initial=Forme.XLSX,
        vide="Choisissez un fichier.",
    )
