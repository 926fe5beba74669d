"""The file of people to invite, and what is posted again once it was reviewed.

Between the two, nothing stays on the server: the lines travel in the page of their administrateur,
signed for him and for an hour (docs/adr/0016).
"""

from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import UploadedFile

from relais.annuaire import fichier_d_agents
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.fichier_d_agents import Ligne
from relais.annuaire.models import Affectation

OCTETS_AU_PLUS = 500_000
SEL = "relais.annuaire.import"
DUREE = 3600  # seconds between the review and its confirmation
PERIME = "Cette relecture a plus d’une heure, ou n’est pas la vôtre : envoyez le fichier à nouveau."


class FormulaireFichier(forms.Form):
    """`lignes`: what the file holds, once valid."""

    lignes: list[Ligne]
    fichier = forms.FileField(
        label="Fichier CSV",
        help_text="Une ligne par personne, 1 000 au plus. Point-virgule ou virgule, peu importe.",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "Choisissez le fichier.", "empty": "Ce fichier est vide."},
    )

    def clean_fichier(self) -> UploadedFile:
        fichier: UploadedFile = self.cleaned_data["fichier"]
        if (fichier.size or 0) > OCTETS_AU_PLUS:
            raise forms.ValidationError("Ce fichier est trop lourd pour une liste de personnes.")
        try:
            self.lignes = fichier_d_agents.lire(fichier.read())
        except CompteRefuse as refus:
            raise forms.ValidationError(refus.phrase) from None
        return fichier


class FormulaireConfirmation(forms.Form):
    """`lignes`: those that were reviewed, by the same person, within the hour."""

    lignes: list[Ligne]
    relues = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, par: Affectation, **options: Any) -> None:
        super().__init__(*args, **options)
        self.par = par

    def clean_relues(self) -> str:
        relues: str = self.cleaned_data["relues"]
        try:
            contenu = signing.loads(relues, salt=SEL, max_age=DUREE)
        except signing.BadSignature:
            raise forms.ValidationError(PERIME) from None
        if contenu["par"] != self.par.pk:
            raise forms.ValidationError(PERIME)
        self.lignes = [Ligne(numero, cases) for numero, cases in contenu["lignes"]]
        return relues


def signer(lignes: list[Ligne], *, par: Affectation) -> str:
    """What the page of review posts again."""
    contenu = {"par": par.pk, "lignes": [(une.numero, une.cases) for une in lignes]}
    return signing.dumps(contenu, salt=SEL, compress=True)
