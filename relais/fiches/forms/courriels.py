"""How one wants one's mails."""

from typing import Any

from django import forms

from relais.fiches import champs
from relais.fiches.models import Courriels

CHOIX = {
    Courriels.Choix.CHACUN: "Un courriel à chaque fois",
    Courriels.Choix.POINT: "Un seul courriel par jour, le point du jour : rien que des nombres",
    Courriels.Choix.AUCUN: "Aucun courriel : je regarde dans Relais",
}


class FormulaireCourriels(forms.Form):
    """One choice of three; `aide` says when the day's summary leaves."""

    choix = champs.ChampChoix(
        label="Quand il y a du nouveau sur vos fiches",
        choices=list(CHOIX.items()),
        vide="Choisissez l’une des trois réponses.",
    )

    def __init__(self, *args: Any, aide: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["choix"].help_text = aide
