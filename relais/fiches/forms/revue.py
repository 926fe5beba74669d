"""The yearly review: for each fiche, whether the support goes on, and days where it does not."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from relais.fiches import champs, sort
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Fiche
from relais.fiches.sort import Acte
from relais.socle.templatetags.relais_affichage import date_moyenne

CONTINUE, FINIE, RSA_CLOS = "continue", "finie", "rsa_clos"
CHAMPS = {"fini_le": "fini", "rsa_clos_le": "rsa"}
UN_JOUR = "Indiquez ce jour."
SANS_DATE = "Cette date ne va pas avec ce choix : changez l’un ou l’autre."


class FormulaireRevue(forms.Form):
    """Three fields a fiche, named after its reference; what is left undecided is left as it is."""

    def __init__(self, donnees: Any, *, fiches: Sequence[Fiche]) -> None:
        super().__init__(donnees)
        self.fiches = fiches
        for fiche in fiches:
            self._ajouter(fiche)

    def _ajouter(self, fiche: Fiche) -> None:
        r = fiche.reference
        if fiche.archivee:
            choix = [
                (CONTINUE, "Le droit au RSA est toujours ouvert"),
                (RSA_CLOS, "Le droit au RSA est clos"),
            ]
        else:
            choix = [(CONTINUE, "L’accompagnement continue")]
            if Acte.FINIR in sort.actes(fiche, sur_papier=False):
                choix.append((FINIE, "L’accompagnement est fini"))
            self.fields[f"fini-{r}"] = champs.ChampDate(label="Fini le")
        self.fields[f"rsa-{r}"] = champs.ChampDate(label="Droit au RSA clos le, s’il l’est")
        self.fields[f"suite-{r}"] = champs.ChampChoix(
            label="Où en est-on ?", choices=[("", "À décider"), *choix], widget=forms.Select
        )

    def rangees(self) -> list[tuple[Fiche, list[forms.BoundField]]]:
        """Each fiche with its fields, for the page."""
        return [(fiche, self._champs(fiche)) for fiche in self.fiches]

    def _champs(self, fiche: Fiche) -> list[forms.BoundField]:
        noms = (f"{quoi}-{fiche.reference}" for quoi in ("suite", "fini", "rsa"))
        return [self[nom] for nom in noms if nom in self.fields]

    def clean(self) -> dict[str, Any]:
        lu: dict[str, Any] = super().clean() or {}
        for fiche in self.fiches:
            r = fiche.reference
            suite, fini, rsa = (lu.get(f"{quoi}-{r}") for quoi in ("suite", "fini", "rsa"))
            if suite == FINIE and not fini:
                self._manque(f"fini-{r}", UN_JOUR)
            if suite == RSA_CLOS and not rsa:
                self._manque(f"rsa-{r}", UN_JOUR)
            sans_suite = fini and suite != FINIE
            if sans_suite or (rsa and (not suite or (fiche.archivee and suite == CONTINUE))):
                self._manque(f"suite-{r}", SANS_DATE)
        return lu

    def _manque(self, champ: str, phrase: str) -> None:
        if champ not in self.errors:
            self.add_error(champ, phrase)

    def decisions(self) -> list[tuple[Fiche, dict[str, date | None]]]:
        """The fiches decided on, with what `conservation.revoir` is told of each."""
        lu = self.cleaned_data
        return [
            (
                fiche,
                {
                    "fini_le": lu.get(f"fini-{fiche.reference}"),
                    "rsa_clos_le": lu.get(f"rsa-{fiche.reference}"),
                },
            )
            for fiche in self.fiches
            if lu.get(f"suite-{fiche.reference}")
        ]

    def choix(self, fiche: Fiche) -> list[tuple[str, str]]:
        """What was chosen for that fiche, as it was sent."""
        return [(champ.html_name, champ.value() or "") for champ in self._champs(fiche)]

    def phrase(self, fiche: Fiche) -> str:
        """The same, in words."""
        r, lu = fiche.reference, self.cleaned_data
        suite, fini, rsa = (lu.get(f"{quoi}-{r}") for quoi in ("suite", "fini", "rsa"))
        phrases = []
        if fini:
            phrases.append(f"L’accompagnement a pris fin le {date_moyenne(fini)}.")
        elif suite == CONTINUE:
            phrases.append(f"{dict(self.fields[f'suite-{r}'].choices)[CONTINUE]}.")
        if rsa:
            phrases.append(f"Le droit au RSA est clos depuis le {date_moyenne(rsa)}.")
        return " ".join(phrases)

    def refuser(self, fiche: Fiche, refus: ActeRefuse) -> None:
        """What the act refuses, beside the field that caused it."""
        for champ, phrase in refus.manques.items() or [("", refus.phrase)]:
            self.add_error(f"{CHAMPS.get(champ, 'suite')}-{fiche.reference}", phrase)
