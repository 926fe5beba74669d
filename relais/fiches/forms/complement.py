"""The answer to a complement asked: who to reach and what to add; the rest is what was signed."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from relais.fiches import champs
from relais.fiches.contenu import Contenu
from relais.fiches.forms.fiche import FormulaireFiche
from relais.regles.convention import Convention

CHAMPS = (
    *("professionnel_nom", "professionnel_telephone"),
    *("nom_naissance", "nom_marital", "prenom", "nir", "cle_inconnue", "sans_nir"),
    *("adresse", "mail", "telephone", "complement", "version"),
)


class FormulaireComplement(FormulaireFiche):
    """The form of a fiche without what the person has ticked and signed: that does not change."""

    complement = champs.ChampTexte(
        label="Votre réponse à la caisse",
        longueur=1000,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off"}),
        help_text="Rien sur la santé ni sur la vie familiale, et pas de numéro de sécurité sociale"
        " ici : il a sa place plus bas.",
    )

    def __init__(self, regles: Convention, jour: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(regles, jour, *args, **kwargs)
        for nom in set(self.fields) - set(CHAMPS):
            del self.fields[nom]

    def contenu(self, avant: Contenu) -> Contenu:
        """What was typed, on top of what was sent."""
        return replace(
            avant,
            professionnel=self._professionnel(),
            personne=self._personne(),
            complement=self.cleaned_data.get("complement", ""),
            saisies=self._saisies(),
        )
