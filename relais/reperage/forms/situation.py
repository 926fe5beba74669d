"""The situation of a person, in the words in which she says it; nothing more about her health."""

from dataclasses import replace
from enum import StrEnum
from typing import Any

from django import forms

from relais.fiches import champs
from relais.regles.subsidiarite import Aah
from relais.reperage.dossier import Situation

CASES = ("invalidite", "travaille", "saspa", "pensionne", "veuf")
SANS_AAH = "non"


class Inaptitude(StrEnum):
    """What is known of an inaptitude for work (CSS L.351-7)."""

    NON = "non"
    SIGNALEE = "signalee"  # by a file: to be confirmed, or denied
    RECONNUE = "reconnue"


class FormulaireSituation(forms.Form):
    """What changes the dates of a person. `connue`: only a file says « signalée »."""

    invalidite = forms.BooleanField(
        required=False,
        label="La personne touche une pension d’invalidité",
        help_text="Versée par l’assurance maladie (CPAM) ou la MSA. Ce n’est pas l’AAH.",
    )
    travaille = forms.BooleanField(
        required=False,
        label="Elle travaille",
        help_text="Même à temps partiel. Avec une pension d’invalidité, cela change la date à"
        " laquelle demander la retraite.",
    )
    aah = champs.ChampChoix(
        label="Allocation aux adultes handicapés (AAH)",
        choices=[
            (SANS_AAH, "Elle ne la touche pas"),
            (Aah.DE_50_A_79.value, "Elle la touche, taux de 50 à 79 %"),
            (Aah.DE_80_OU_PLUS.value, "Elle la touche, taux de 80 % ou plus"),
            (Aah.INCONNU.value, "Elle la touche, taux pas encore connu"),
        ],
        coerce=lambda dit: None if dit == SANS_AAH else Aah(dit),
        vide="Dites si la personne touche l’AAH.",
        help_text="Le taux est écrit sur la notification de la MDPH.",
    )
    inaptitude = champs.ChampChoix(
        label="Inaptitude au travail",
        coerce=Inaptitude,
        vide="Dites si l’inaptitude est reconnue.",
        help_text="La caisse de retraite la reconnaît, sur demande et après avis médical. Ni une"
        " invalidité ni la qualité de travailleur handicapé (RQTH) ne suffisent.",
    )
    saspa = forms.BooleanField(
        required=False,
        label="Aucun régime de retraite de base n’est connu",
        help_text="Rien sur le relevé de carrière, ni en France ni à l’étranger. L’Aspa se demande"
        " alors à la mairie (Saspa).",
    )
    pensionne = forms.BooleanField(
        required=False,
        label="Elle touche déjà une pension de retraite",
        help_text="Sa propre retraite, de base ou complémentaire.",
    )
    veuf = forms.BooleanField(
        required=False,
        label="Elle a perdu son conjoint (veuvage)",
        help_text="S’ils étaient mariés, une pension de réversion est peut-être à demander.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, connue: Situation, **options: Any) -> None:
        super().__init__(*args, **options)
        signale = connue.signale or self.data.get("inaptitude") == Inaptitude.SIGNALEE
        self.fields["inaptitude"].choices = [
            (Inaptitude.RECONNUE.value, "Reconnue par la caisse"),
            *(
                [(Inaptitude.SIGNALEE.value, "Signalée par un fichier, à confirmer")]
                if signale
                else []
            ),
            (
                Inaptitude.NON.value,
                "Non, ce que le fichier signale est inexact"
                if signale
                else "Pas reconnue à ce jour",
            ),
        ]

    def situation(self, avant: Situation) -> Situation:
        """What was typed. Recognised, an inaptitude that a file says too is no longer asked."""
        dites = self.cleaned_data
        inaptitude = dites["inaptitude"]
        reconnue = inaptitude == Inaptitude.RECONNUE
        return replace(
            avant,
            inapte=reconnue,
            signale=avant.signale if reconnue else inaptitude == Inaptitude.SIGNALEE,
            aah=dites["aah"],
            **{nom: dites[nom] for nom in CASES},
        )


def situation_initiale(connue: Situation) -> dict[str, Any]:
    """The values of the form, from what is kept."""
    inaptitude = Inaptitude.SIGNALEE if connue.signale else Inaptitude.NON
    return {
        "aah": (connue.aah or SANS_AAH),
        "inaptitude": str(Inaptitude.RECONNUE if connue.inapte else inaptitude),
        **{nom: getattr(connue, nom) for nom in CASES},
    }
