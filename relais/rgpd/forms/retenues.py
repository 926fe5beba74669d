"""A hold: which fiche, why, until when. No free text: nobody is named."""

from datetime import date
from typing import Any

from django import forms

from relais.annuaire.models import Affectation
from relais.fiches import champs
from relais.fiches.forms.listes import Filtres
from relais.fiches.models import Fiche
from relais.regles.retenue import LIBELLES_RETENUE, MotifRetenue
from relais.rgpd.models import RetenueQuerySet
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import date_moyenne

INCONNUE = (
    "Aucune fiche de votre organisation n’a cette référence, ou son effacement est déjà engagé."
)


class FormulaireRetenue(forms.Form):
    """`fiche`: what the reference leads to, once valid."""

    reference = champs.ChampReference(required=False, label="Référence de la fiche")
    motif = champs.ChampChoix(
        label="Pourquoi la retenir ?",
        choices=[(str(code), mots) for code, mots in LIBELLES_RETENUE.items()],
        coerce=MotifRetenue,
        vide="Choisissez un motif.",
    )
    jusqu_au = champs.ChampDate(label="Retenue jusqu’au", vide="Indiquez une date.")

    def __init__(self, *args: Any, qui: Affectation, au_plus_tard: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.qui = qui
        self.fields["jusqu_au"].help_text = (
            f"Ce jour est compris. Au plus tard le {date_moyenne(au_plus_tard)} ; une retenue peut"
            " être posée à nouveau."
        )

    def clean_reference(self) -> str:
        reference = str(self.cleaned_data["reference"])
        if not reference:
            raise forms.ValidationError("Indiquez la référence de la fiche.")
        try:
            self.fiche = Fiche.objects.retenables_par(self.qui).get(reference=reference)
        except Fiche.DoesNotExist:
            raise forms.ValidationError(INCONNUE) from None
        return reference


class FiltresRetenues(Filtres):
    """Those in force by default."""

    vue = forms.ChoiceField(
        required=False, label="Retenues", choices=[("", "En cours"), ("toutes", "Toutes")]
    )

    def appliquer(self, retenues: RetenueQuerySet) -> RetenueQuerySet:
        if self.valeur("vue") == "toutes":
            return retenues
        return retenues.en_cours(horloge.aujourd_hui())
