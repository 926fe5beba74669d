"""What the caisse answers, how a fiche ends."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from relais.annuaire.models import Agent
from relais.fiches import champs, rubriques
from relais.fiches.contenu import ContenuReponse
from relais.fiches.models import Fiche, PhraseType
from relais.regles.fiche import (
    LIBELLES_COMPLEMENT,
    LIBELLES_DROIT,
    LIBELLES_MOYEN,
    NatureReponse,
    objets_du_complement,
)
from relais.regles.issues import LIBELLES_ISSUE, Issue
from relais.regles.retrait import LIBELLES_RETRAIT, MotifRetrait
from relais.socle import horloge
from relais.socle.horloge import PARIS
from relais.socle.templatetags.relais_affichage import majuscule

NATURES = {
    NatureReponse.PAIEMENT_DEBLOQUE: "Paiement débloqué",
    NatureReponse.PIECE_MANQUANTE: "Il manque un document ou une démarche",
    NatureReponse.DROIT_ACCORDE: "Droit accordé (retraite, réversion, Aspa ou ASI)",
    NatureReponse.AUTRE_ORGANISME: "Relève d’un autre organisme",
    NatureReponse.AUTRE: "Autre réponse",
    NatureReponse.COMPLEMENT_DEMANDE: "Il manque une précision du professionnel",
    NatureReponse.ETAPE: "Réponse d’étape : le dossier est en cours",
    NatureReponse.HORS_PERIMETRE: "Hors périmètre : à régler par la voie ordinaire",
}


class FormulaireReponse(forms.Form):
    """One choice of wording.md §3, its own fields, and the contact option on each."""

    nature = champs.ChampChoix(label="Votre réponse", choices=list(NATURES.items()))
    versement_le = champs.ChampDate(label="Date prévue du versement")
    pieces = champs.ChampTexte(
        label="Ce qui manque",
        longueur=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Une chose par ligne.",
    )
    pieces_a_qui = champs.ChampTexte(label="À adresser à qui", longueur=120)
    pieces_moyen = champs.ChampTexte(
        label="Par quel moyen", longueur=120, help_text="Espace personnel, courrier, accueil…"
    )
    pieces_avant_le = champs.ChampDate(label="Si possible avant le")
    droit = champs.ChampChoix(label="Droit accordé", choices=list(LIBELLES_DROIT.items()))
    droit_effet_le = champs.ChampDate(label="Date d’effet")
    montant = forms.DecimalField(
        required=False,
        label="Montant mensuel avant prélèvements, en euros (facultatif)",
        min_value=0,
        max_digits=8,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "court"}),
    )
    organisme = champs.ChampTexte(label="Organisme", longueur=120)
    organisme_contact = champs.ChampTexte(label="Comment le joindre", longueur=200)
    transmis = champs.ChampChoix(
        label="La demande lui a-t-elle été transmise ?",
        choices=[("oui", "Oui, par nos soins"), ("non", "Non, à adresser par la personne")],
    )
    transmis_le = champs.ChampDate(label="Transmise le")
    texte = champs.ChampTexte(
        label="Votre réponse", longueur=1500, widget=forms.Textarea(attrs={"rows": 6})
    )
    suite_par = champs.ChampTexte(
        label="Qui fait la suite",
        longueur=120,
        help_text="La caisse, la personne, le professionnel…",
    )
    suite_avant_le = champs.ChampDate(label="Suite avant le")
    prochain_point_le = champs.ChampDate(label="Date du prochain point")
    voie = champs.ChampTexte(
        label="Quelle voie ordinaire ? (facultatif)",
        longueur=300,
        help_text="Sans précision : l’espace personnel ou le téléphone de la caisse.",
    )
    objet_complement = champs.ChampChoix(
        label="Sur quoi porte la précision ?", choices=list(LIBELLES_COMPLEMENT.items())
    )
    precision = champs.ChampTexte(
        label="Ce que vous avez besoin de savoir",
        longueur=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Le professionnel complète la fiche et la renvoie ; le délai ne s’arrête pas.",
    )
    contactee_le = champs.ChampDate(label="Contactée le")
    contactee_par = champs.ChampChoix(
        label="Contactée par",
        choices=[("", "–"), *LIBELLES_MOYEN.items()],
        widget=forms.Select(attrs={"class": "court"}),
    )

    clore = forms.BooleanField(
        required=False,
        label="Terminer la fiche avec cette réponse : plus rien n’est attendu de personne",
    )

    def __init__(self, *args: Any, informe: bool, **kwargs: Any) -> None:
        """`informe`: box 1. Without it a complement has fixed sentences and no free text."""
        super().__init__(*args, **kwargs)
        self.informe = informe
        self.fields["objet_complement"].choices = [
            (objet.value, LIBELLES_COMPLEMENT[objet])
            for objet in objets_du_complement(informe=informe)
        ]
        if not informe:
            del self.fields["precision"]

    @classmethod
    def avec_la_phrase(
        cls, saisies: Mapping[str, str], champ: str, texte: str, *, informe: bool
    ) -> "FormulaireReponse":
        """The form as it was typed, that phrase put after what its field says: nothing judged."""
        dit = saisies.get(champ, "").strip()
        initial = {**saisies, champ: f"{dit}\n{texte}" if dit else texte}
        return cls(initial=initial, informe=informe)

    def proposer(self, phrases: Iterable[PhraseType]) -> None:
        """Show the stock phrases of the caisse beside the fields that they are made for."""
        for phrase in phrases:
            champ = self.fields.get(phrase.champ)  # without box 1 a complement has no free text
            if champ is not None:
                champ.phrases = [*getattr(champ, "phrases", ()), phrase]

    def contenu(self, agent: Agent) -> ContenuReponse:
        """The document of the answer: the fields of its nature, the others left empty."""
        lu = self.cleaned_data
        montant = lu["montant"]
        complement = lu["nature"] == NatureReponse.COMPLEMENT_DEMANDE
        tous = lu | {
            "texte": lu.get("precision", "") if complement else lu["texte"],
            "pieces": tuple(p.strip() for p in lu["pieces"].splitlines() if p.strip()),
            "montant": "" if montant is None else str(montant),
            "transmis": {"oui": True, "non": False}.get(lu["transmis"]),
        }
        return ContenuReponse(
            nature=lu["nature"],
            contactee_le=lu["contactee_le"],
            contactee_par=lu["contactee_par"] or None,
            agent_nom=agent.nom_complet,
            agent_telephone=agent.telephone,
            **{
                rubriques.DANS_LE_DOCUMENT.get(champ, champ): tous[
                    rubriques.DANS_LE_DOCUMENT.get(champ, champ)
                ]
                for champ in rubriques.champs_de(lu["nature"])
            },
        )

    def signaler(self, manques: dict[str, str]) -> None:
        """What the document lacks, beside the field that was to hold it."""
        autres = {
            ailleurs: champ
            for champ, ailleurs in rubriques.DANS_LE_DOCUMENT.items()
            if champ in rubriques.champs_de(self.cleaned_data["nature"])
        }
        for nom, phrase in manques.items():
            self.add_error(autres.get(nom, nom), phrase)

    def clot(self) -> bool:
        """The answer also closes the fiche."""
        return bool(self.cleaned_data["clore"])

    def rubriques(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Each section with the classes that show it, for the page."""
        return [
            (
                " ".join(f"rubrique-{nature}" for nature in natures),
                [self[nom] for nom in noms if nom in self.fields],
            )
            for natures, noms in rubriques.REPONSE
        ]


class FormulaireDepot(forms.Form):
    """When the agent laid the fiche on BlueFiles: the 72 hours run from there."""

    depose_le = forms.DateTimeField(
        label="Déposée sur BlueFiles le",
        input_formats=["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "moyen"}
        ),
        error_messages={
            "required": "Indiquez quand vous avez déposé la fiche.",
            "invalid": "Cette date n’existe pas. Écrivez-la jour/mois/année heure:minutes.",
        },
    )

    def __init__(self, *args: Any, fiche: Fiche, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fiche = fiche
        self.fields["depose_le"].initial = horloge.maintenant().astimezone(PARIS)

    def clean_depose_le(self) -> datetime:
        depose_le: datetime = self.cleaned_data["depose_le"]
        if depose_le > horloge.maintenant() + timedelta(minutes=1):
            raise ValidationError("Le dépôt ne peut pas être dans l’avenir.")
        if depose_le < self.fiche.creee_le - timedelta(minutes=1):
            raise ValidationError("Le dépôt ne peut pas précéder la création de la fiche.")
        return depose_le

    def instant(self) -> datetime:
        """The declared instant, in UTC."""
        declare: datetime = self.cleaned_data["depose_le"]
        return declare.astimezone(UTC)


class FormulaireIssue(forms.Form):
    """How the request ended for the person."""

    issue = champs.ChampChoix(
        label="Où en est la personne ?",
        choices=[(code, libelle.capitalize()) for code, libelle in LIBELLES_ISSUE.items()],
    )

    def choisi(self) -> Issue | None:
        code = self.cleaned_data["issue"]
        return Issue(code) if code else None


class FormulaireRetrait(forms.Form):
    """Why a request is withdrawn: kept by the Département alone."""

    motif = champs.ChampChoix(
        label="Pourquoi retirer la demande ?",
        choices=[(code, majuscule(libelle)) for code, libelle in LIBELLES_RETRAIT.items()],
        help_text="Ce motif reste au Département : la caisse ne le voit pas.",
    )

    def choisi(self) -> MotifRetrait | None:
        code = self.cleaned_data["motif"]
        return MotifRetrait(code) if code else None
