"""To whom people go: an équipe of their TIS, or colleagues of the équipe."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from relais.annuaire.models import Affectation, Equipe
from relais.reperage.models import Personne

A_CHOISIR = "Choisissez à qui ces personnes sont confiées."


class FormulaireEquipe(forms.Form):
    """One équipe, for the chargé du repérage. `recevrait`: how many of these it could take."""

    a = forms.ChoiceField(
        label="À quelle équipe ?",
        help_text="Une équipe ne reçoit que les personnes de son territoire : les autres ne"
        " changent pas.",
        widget=forms.RadioSelect,
        error_messages={"required": A_CHOISIR, "invalid_choice": A_CHOISIR},
    )

    def __init__(
        self, *args: Any, equipes: Sequence[Equipe], personnes: Sequence[Personne], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        par_tis = Counter(une.territoire_id for une in personnes)
        self.recevrait = {e.pk: par_tis[e.territoire_id] for e in equipes}
        self.par_cle = {str(e.pk): e for e in equipes if self.recevrait[e.pk]}
        self.fields["a"].choices = [(cle, e.nom) for cle, e in self.par_cle.items()]

    def choisies(self) -> list[Equipe]:
        return [self.par_cle[self.cleaned_data["a"]]]

    def lignes(self, charges: Mapping[int | None, int]) -> list[dict[str, Any]]:
        """Each choice with what the équipe has already and what it would receive."""
        return [
            {
                "champ": radio,
                "deja": charges.get(self.par_cle[valeur].pk, 0),
                "recevrait": self.recevrait[self.par_cle[valeur].pk],
                "territoire": self.par_cle[valeur].territoire,
            }
            for radio in self["a"]
            for valeur in [str(radio.data["value"])]
        ]


class FormulaireCollegues(forms.Form):
    """One colleague, or several who share them equally, for the encadrant."""

    a = forms.MultipleChoiceField(
        label="À qui ?",
        help_text="Cochez plusieurs collègues pour répartir à parts égales, les plus pressées"
        " d’abord. Les deux personnes d’un couple vont au même collègue.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": A_CHOISIR, "invalid_choice": A_CHOISIR},
    )

    def __init__(self, *args: Any, collegues: Sequence[Affectation], **options: Any) -> None:
        super().__init__(*args, **options)
        self.par_cle = {str(une.pk): une for une in collegues}
        self.fields["a"].choices = [(cle, str(une.agent)) for cle, une in self.par_cle.items()]

    def choisies(self) -> list[Affectation]:
        return [self.par_cle[cle] for cle in self.cleaned_data["a"]]

    def lignes(
        self, charges: Mapping[int | None, int], pressees: Mapping[int | None, int]
    ) -> list[dict[str, Any]]:
        """Each choice with whom the colleague follows already, and how many are most urgent."""
        return [
            {
                "champ": case,
                "deja": charges.get(une.agent_id, 0),
                "pressees": pressees.get(une.agent_id, 0),
                "absence": None,
                "agent": une.agent,
            }
            for case in self["a"]
            for une in [self.par_cle[str(case.data["value"])]]
        ]
