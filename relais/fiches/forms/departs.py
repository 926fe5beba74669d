"""To whom goes what somebody has in hand: for all of an équipe, and fiche by fiche."""

from collections.abc import Sequence
from typing import Any

from django import forms

from relais.annuaire.models import Affectation
from relais.fiches import mains
from relais.fiches.departs import Heritage, Lot
from relais.fiches.models import Fiche

A_CHOISIR = "Choisissez qui prend la suite."


class FormulaireDepart(forms.Form):
    """One choice an équipe, then one a fiche shown; `tout`: nothing may be left."""

    vues = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, lots: Sequence[Lot], lignes: Sequence[Fiche], tout: bool, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.lots = lots
        self.lignes = {f"fiche_{une.reference}": une.reference for une in lignes}
        self.par_cle: dict[str, Affectation] = {}
        for lot in lots:
            obligatoire = tout and bool(lot.envoyees + lot.brouillons + lot.prises)
            self.fields[lot.cle] = self._champ(
                lot,
                label=f"Tout ce qui vient de {lot.equipe.nom}" if lot.equipe else "Ses fiches",
                vide=_sans_choix(lot, obligatoire),
                required=obligatoire,
            )
        for cle, reference in self.lignes.items():
            self.fields[cle] = self._champ(
                lots[0], label=f"Fiche {reference}", vide="Comme l’ensemble", required=False
            )

    def heritage(self) -> Heritage:
        lu = self.cleaned_data
        return Heritage(
            {
                lot.equipe.pk if lot.equipe else None: self.par_cle[lu[lot.cle]]
                for lot in self.lots
                if lu.get(lot.cle)
            },
            {
                reference: self.par_cle[lu[cle]]
                for cle, reference in self.lignes.items()
                if lu.get(cle)
            },
        )

    def des_lots(self) -> list[tuple[Lot, forms.BoundField]]:
        return [(lot, self[lot.cle]) for lot in self.lots]

    def de_la_ligne(self, reference: str) -> forms.BoundField:
        return self[f"fiche_{reference}"]

    def _champ(self, lot: Lot, *, label: str, vide: str, required: bool) -> forms.ChoiceField:
        """The colleagues of that équipe; each key names one affectation."""
        self.par_cle |= {str(une.pk): une for une in lot.successeurs}
        return forms.ChoiceField(
            label=label,
            required=required,
            choices=[("", vide), *((str(u.pk), mains.libelle(u)) for u in lot.successeurs)],
            error_messages={"required": A_CHOISIR},
        )


def _sans_choix(lot: Lot, obligatoire: bool) -> str:
    if obligatoire:
        return "Choisir…"
    return "Restent à cette personne" if lot.equipe or lot.prises else "À prendre par tous"
