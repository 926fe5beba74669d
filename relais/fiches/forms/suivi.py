"""Around the figures: an export, a malfunction reported, what the référents answer."""

from typing import Any

from django import forms

from relais.fiches import champs
from relais.fiches.actions.exports import Forme
from relais.fiches.forms.listes import Filtres
from relais.fiches.forms.periodes import FormulairePeriode
from relais.fiches.models import Dysfonctionnement
from relais.fiches.models.signalements import (
    LIBELLES_REPONSE,
    LIBELLES_SUITE,
    DysfonctionnementQuerySet,
)
from relais.regles.calendrier import decaler
from relais.regles.signalement import OUVERTS, Etat, Reponse, Suite
from relais.socle import horloge

UNE_DATE = "Indiquez une date."


class FormulaireExport(FormulairePeriode):
    """A period, its last day included, and a kind of file."""

    debut = champs.ChampDate(label="Fiches envoyées du", vide=UNE_DATE)
    fin = champs.ChampDate(label="au", help_text="Ce jour est compris.", vide=UNE_DATE)
    forme = champs.ChampChoix(
        label="Fichier",
        choices=[
            (Forme.XLSX, "Classeur (XLSX), avec une feuille qui explique les colonnes"),
            (Forme.CSV, "Texte (CSV)"),
        ],
        coerce=Forme,
        vide="Choisissez un fichier.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        jour = horloge.aujourd_hui()
        self.fields["debut"].initial = decaler(jour.replace(day=1), mois=-1)
        self.fields["fin"].initial = jour
        self.fields["forme"].initial = Forme.XLSX


class FormulaireSignalement(forms.Form):
    """A malfunction: what kind, and which fiche if any. Nothing is free text."""

    nature = champs.ChampChoix(
        label="Qu’est-ce qui n’a pas fonctionné ?",
        choices=Dysfonctionnement.Nature.choices,
        vide="Choisissez ce qui n’a pas fonctionné.",
    )
    reference = champs.ChampReference(required=False, label="Référence de la fiche (facultatif)")


class FormulaireSuite(forms.Form):
    """What was found, and who acts next: codes, that both institutions may read (0017)."""

    reponse = champs.ChampChoix(
        label="Qu’en est-il ?",
        choices=[(str(c), mots) for c, mots in LIBELLES_REPONSE.items()],
        coerce=Reponse,
        vide="Choisissez une réponse.",
    )
    suite = champs.ChampChoix(
        label="Qui agit maintenant ?",
        choices=[(str(c), mots) for c, mots in LIBELLES_SUITE.items()],
        coerce=Suite,
        vide="Choisissez qui agit maintenant.",
    )


class FiltresDysfonctionnements(Filtres):
    """The référents' list: what is not closed by default."""

    vue = forms.ChoiceField(
        required=False,
        label="Dysfonctionnements",
        choices=[
            ("", "À suivre"),
            ("sans_reponse", "Sans réponse"),
            ("retard", "Réponse en retard"),
            ("clos", "Clos"),
            ("tous", "Tous"),
        ],
    )

    def appliquer(self, tous: DysfonctionnementQuerySet) -> DysfonctionnementQuerySet:
        match self.valeur("vue"):
            case "sans_reponse":
                return tous.a_l_etat(OUVERTS)
            case "retard":
                return tous.sans_reponse_apres(horloge.maintenant())
            case "clos":
                return tous.a_l_etat((Etat.CLOS,))
            case "tous":
                return tous
        return tous.a_l_etat((*OUVERTS, Etat.REPONDU))
