"""What differs between a draft as it is typed here and as it was saved from elsewhere."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from relais.fiches.contenu import Contenu
from relais.fiches.forms.fiche import FormulaireFiche, valeurs_initiales
from relais.socle.templatetags.relais_affichage import date_moyenne

VIDE = "(rien)"


@dataclass(frozen=True, slots=True)
class Ecart:
    """One field. `ici`: as just typed; `enregistre`: as saved from elsewhere."""

    rubrique: str
    ici: str
    enregistre: str


def entre(form: FormulaireFiche, saisi: Contenu, enregistre: Contenu) -> list[Ecart]:
    """The fields that differ, in the order of the page, in words to read."""
    return des_champs(form, valeurs_initiales(saisi), valeurs_initiales(enregistre))


def des_champs(form: forms.Form, ici: dict[str, Any], la: dict[str, Any]) -> list[Ecart]:
    """The same for any form, from the values of its fields."""
    return [
        Ecart(str(champ.label), _lisible(champ, ici.get(nom)), _lisible(champ, la.get(nom)))
        for nom, champ in form.fields.items()
        if nom != "version" and ici.get(nom) != la.get(nom)
    ]


def _lisible(champ: forms.Field, valeur: Any) -> str:
    if isinstance(champ, forms.BooleanField):
        return "Coché" if valeur else "Non coché"
    if isinstance(valeur, date):
        return date_moyenne(valeur)
    if isinstance(champ, forms.ChoiceField):
        choisis = {*valeur} if isinstance(valeur, tuple | list) else {valeur}
        choix: Any = champ.choices
        return ", ".join(str(libelle) for code, libelle in choix if code in choisis) or VIDE
    return str(valeur or "").strip() or VIDE
