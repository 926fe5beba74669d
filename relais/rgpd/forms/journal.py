"""What a DPO looks for in the journal: in the address once it is read, so never a name."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms

from relais.annuaire.models import Agent
from relais.fiches import champs
from relais.fiches.forms.periodes import FormulairePeriode
from relais.journal import lecture
from relais.journal.models import Action, EvenementQuerySet
from relais.rgpd.forms.periodes import PeriodeBornee, trente_derniers_jours
from relais.rgpd.libelles import CHERCHES


class FormulaireExportDuJournal(PeriodeBornee):
    """What to take away."""

    def __init__(self, donnees: Any = None) -> None:
        super().__init__(donnees, initial=trente_derniers_jours())


class FiltresJournal(FormulairePeriode):
    """All may be empty; together they narrow. The agent is named by a pseudonym."""

    reference = champs.ChampReference(required=False, label="Référence d’une fiche")
    agent = forms.TypedChoiceField(
        required=False,
        label="Agent",
        coerce=UUID,
        empty_value=None,
        error_messages={"invalid_choice": "Ce compte n’est pas de votre organisation."},
    )
    acte = forms.TypedChoiceField(
        required=False,
        label="Acte",
        coerce=Action,
        empty_value=None,
        choices=[("", "Tous"), *((str(un), mots) for un, mots in CHERCHES.items())],
        error_messages={"invalid_choice": "Cet acte n’existe pas."},
    )
    field_order = ("reference", "agent", "acte", "debut", "fin")

    def __init__(self, donnees: Any, *, organisation: str) -> None:
        super().__init__(donnees)
        self.organisation = organisation
        siens = Agent.objects.de_l_organisation(organisation)
        noms = [(str(un.pseudonyme), un.nom_complet) for un in siens]
        self.fields["agent"].choices = [("", "Tous"), *noms]

    def actes(self) -> EvenementQuerySet:
        """What answers them, the last act first."""
        lu = self.cleaned_data
        return lecture.actes(
            self.organisation,
            reference=lu["reference"],
            agent=lu["agent"],
            action=lu["acte"],
            periode=self.periode(),
        )

    def actifs(self) -> bool:
        return any(self.cleaned_data.values())

    def adresse(self) -> str:
        """The query string that asks for the same, each value as it was read."""
        return urlencode({champ: str(lu) for champ, lu in self.cleaned_data.items() if lu})
