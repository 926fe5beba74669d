"""The retirement objective of the contrat d'engagement, an action a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from relais.fiches import champs
from relais.regles.reperage import (
    LIBELLES_CHARGE,
    LIBELLES_OBJECTIF,
    Charge,
    Demarche,
    EtatObjectif,
    libelle_de,
)
from relais.reperage.dossier import Etape, Objectif
from relais.socle.templatetags.relais_affichage import majuscule

PAS_PREVUE = "Pas dans l’objectif"


@dataclass(frozen=True, slots=True)
class LigneDemarche:
    """The fields of one action."""

    libelle: str
    par: BoundField
    prevue: BoundField
    faite: BoundField


class FormulaireObjectif(forms.Form):
    """What is written in the contract, and who does what, by when. `mairie`: without the caisse."""

    texte = champs.ChampTexte(
        label="Objectif, dans les mots de la personne",
        longueur=600,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        help_text="Rien sur la santé ni sur la vie familiale, et pas de numéro.",
    )
    etat = champs.ChampChoix(
        label="Où en est l’objectif ?",
        choices=[(code.value, LIBELLES_OBJECTIF[code]) for code in EtatObjectif],
        coerce=EtatObjectif,
        vide="Dites où en est l’objectif.",
    )
    contrat = champs.ChampTexte(label="Référence du contrat (facultatif)", longueur=60)
    debut = champs.ChampDate(label="Contrat du")
    fin = champs.ChampDate(label="Jusqu’au")
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, mairie: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.libelles = {
            une: libelle_de(une, mairie=mairie)
            for une in Demarche
            if not (mairie and une == Demarche.DEMANDE_DE_RETRAITE)
        }
        for une in self.libelles:
            self._poser(une)

    def _poser(self, une: Demarche) -> None:
        self.fields[f"par_{une}"] = forms.TypedChoiceField(
            label="À faire par",
            choices=[
                ("", PAS_PREVUE),
                *((str(code), majuscule(mots)) for code, mots in LIBELLES_CHARGE.items()),
            ],
            coerce=Charge,
            required=False,
            empty_value=None,
        )
        self.fields[f"prevue_{une}"] = champs.ChampDate(label="Prévue le")
        self.fields[f"faite_{une}"] = champs.ChampDate(label="Faite le")

    def lignes(self) -> Iterator[LigneDemarche]:
        for une, libelle in self.libelles.items():
            yield LigneDemarche(
                libelle, self[f"par_{une}"], self[f"prevue_{une}"], self[f"faite_{une}"]
            )

    def objectif(self) -> Objectif:
        dits = self.cleaned_data
        return Objectif(
            etat=dits["etat"],
            texte=dits["texte"].replace("\r\n", "\n"),
            contrat=dits["contrat"],
            debut=dits["debut"],
            fin=dits["fin"],
            etapes=tuple(
                Etape(
                    une,
                    dits[f"par_{une}"] or Charge.ENSEMBLE,
                    prevue_le=dits[f"prevue_{une}"],
                    faite_le=dits[f"faite_{une}"],
                )
                for une in self.libelles
                # A day keeps it: nothing that was typed is lost.
                if any(dits[f"{champ}_{une}"] for champ in ("par", "prevue", "faite"))
            ),
        )


def objectif_initial(objectif: Objectif) -> dict[str, Any]:
    """The values of the form, from what is kept or proposed."""
    etapes = {
        f"{champ}_{une.demarche}": valeur
        for une in objectif.etapes
        for champ, valeur in (
            ("par", une.par.value),
            ("prevue", une.prevue_le),
            ("faite", une.faite_le),
        )
    }
    return {
        "texte": objectif.texte,
        "etat": objectif.etat.value,
        "contrat": objectif.contrat,
        "debut": objectif.debut,
        "fin": objectif.fin,
        **etapes,
    }
