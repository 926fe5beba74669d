"""What the caisse chooses and writes for itself: whom a fiche goes to, notes of its calls."""

from typing import Any

from django import forms

from relais.annuaire.models import Affectation
from relais.fiches import champs
from relais.fiches.notes import LONGUEUR, Appel
from relais.regles.fiche import LIBELLES_INTERLOCUTEUR, LIBELLES_MOYEN, RAISONS_COPIE
from relais.socle import horloge

PERSONNE = "personne"


class FormulaireAttribution(forms.Form):
    """One agent among those of the caisse, or nobody."""

    a = champs.ChampChoix(label="À qui ?", vide="Choisissez à qui.")

    def __init__(self, donnees: Any, *, agents: list[Affectation]) -> None:
        super().__init__(donnees)
        self.agents = {str(un.pk): un for un in agents}
        self.fields["a"].choices = [
            *((pk, un.agent.nom_complet) for pk, un in self.agents.items()),
            (PERSONNE, "Personne : la remettre dans les nouvelles"),
        ]

    def agent(self) -> Affectation | None:
        """Who gets the fiches; None for nobody."""
        return self.agents.get(self.cleaned_data["a"])


class FormulaireNote(forms.Form):
    """A contact about the fiche. What is missing, the act says (`notes.manques`)."""

    le = champs.ChampDate(label="Le")
    moyen = champs.ChampChoix(
        label="Par",
        choices=[("", "–"), *LIBELLES_MOYEN.items()],
        widget=forms.Select(attrs={"class": "court"}),
    )
    joint = champs.ChampChoix(
        label="Qui a été joint ?",
        choices=[("", "–"), *((c, mot.capitalize()) for c, mot in LIBELLES_INTERLOCUTEUR.items())],
        widget=forms.Select(attrs={"class": "moyen"}),
    )
    texte = champs.ChampTexte(
        label="Ce qui s’est dit (facultatif)",
        longueur=LONGUEUR,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Seulement ce qui sert au dossier. Le Département ne lit jamais ces notes.",
    )

    def __init__(self, donnees: Any = None) -> None:
        super().__init__(donnees, auto_id="note_%s")
        self.fields["le"].initial = horloge.aujourd_hui()

    def appel(self) -> Appel:
        lu = self.cleaned_data
        return Appel(le=lu["le"], moyen=lu["moyen"], joint=lu["joint"], texte=lu["texte"])


class FormulaireMotif(forms.Form):
    """Why the whole number is asked for; a code goes to the journal."""

    motif = champs.ChampChoix(
        label="Pourquoi avez-vous besoin du numéro ?",
        choices=[(code, raison.capitalize()) for code, raison in RAISONS_COPIE.items()],
    )
