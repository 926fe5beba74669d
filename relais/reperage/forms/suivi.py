"""What is noted on the page of a person: contacts, who she is, how to reach her."""

from dataclasses import replace
from datetime import date
from typing import Any

from django import forms

from relais.annuaire.models import Territoire
from relais.fiches import champs
from relais.regles import nir
from relais.regles.calendrier import MOIS
from relais.regles.foyer import Precision
from relais.regles.reperage import (
    LIBELLES_FAIT,
    LIBELLES_SORTIE,
    Consentement,
    Fait,
    MotifSortie,
)
from relais.reperage.actions.conflits import Decision
from relais.reperage.dossier import Conflit, Coordonnees, Dossier, Identite
from relais.reperage.imports.rapprochement import DOUBLON, NAISSANCE, NIR, naissance_lue
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import date_moyenne, telephone

TELEPHONES = ("telephone", "autre_telephone")
COURRIELS = ("courriel", "autre_courriel")


class FormulaireContact(forms.Form):
    """Facts of a list and their day: nothing is free text."""

    faits = champs.ChampCoches(label="Ce qui s’est passé")
    le = champs.ChampDate(label="Quel jour ?", vide="Indiquez le jour.")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["faits"].choices = [(str(code), mots) for code, mots in LIBELLES_FAIT.items()]
        self.fields["faits"].error_messages["invalid_choice"] = "Ce choix n’existe pas."
        self.fields["le"].initial = horloge.aujourd_hui()

    def choisis(self) -> set[Fait]:
        return {Fait(code) for code in self.cleaned_data["faits"]}


class FormulaireCoordonnees(forms.Form):
    """How to reach the person, as she says it."""

    adresse = champs.ChampTexte(
        label="Adresse",
        longueur=200,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    code_postal = forms.RegexField(
        r"[0-9]{5}",
        label="Code postal",
        required=False,
        error_messages={"invalid": "Un code postal a 5 chiffres."},
        widget=forms.TextInput(
            attrs={"class": "court", "inputmode": "numeric", "autocomplete": "off"}
        ),
    )
    commune = champs.ChampTexte(label="Commune", longueur=80)
    telephone = champs.ChampTelephone(label="Téléphone", required=False, max_length=40)
    autre_telephone = champs.ChampTelephone(label="Autre téléphone", required=False, max_length=40)
    courriel = champs.ChampMail(label="Courriel", required=False, max_length=254)
    autre_courriel = champs.ChampMail(label="Autre courriel", required=False, max_length=254)
    consentement = champs.ChampChoix(
        label="Appels et messages",
        choices=[
            (Consentement.ACCORDE.value, "La personne les accepte"),
            (Consentement.REFUSE.value, "Courrier seulement"),
            (Consentement.INCONNU.value, "Elle ne l’a pas dit"),
        ],
        coerce=Consentement,
        vide="Dites ce que la personne accepte.",
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def coordonnees(self, avant: Coordonnees) -> Coordonnees:
        """What was typed; the commune's code falls with the commune that it was the code of."""
        dites = self.cleaned_data
        lieu = {nom: dites[nom] for nom in ("code_postal", "commune")}
        meme_lieu = all(getattr(avant, nom) == dite for nom, dite in lieu.items())
        return replace(
            avant,
            adresse=dites["adresse"].replace("\r\n", "\n"),
            insee=avant.insee if meme_lieu else "",
            telephones=tuple(dites[nom] for nom in TELEPHONES if dites[nom])
            + avant.telephones[len(TELEPHONES) :],
            courriels=tuple(dites[nom] for nom in COURRIELS if dites[nom])
            + avant.courriels[len(COURRIELS) :],
            consentement=dites["consentement"],
            **lieu,
        )


def coordonnees_initiales(connues: Coordonnees) -> dict[str, Any]:
    """The values of the form, from what is kept."""
    plusieurs = {
        nom: valeur
        for noms, valeurs in (
            (TELEPHONES, [telephone(numero) for numero in connues.telephones]),
            (COURRIELS, connues.courriels),
        )
        for nom, valeur in zip(noms, valeurs, strict=False)
    }
    return {
        "adresse": connues.adresse,
        "code_postal": connues.code_postal,
        "commune": connues.commune,
        "consentement": connues.consentement.value,
        **plusieurs,
    }


class FormulaireConflit(forms.Form):
    """Which of two sources is right. A number is masked: its key tells one from the other."""

    decision = champs.ChampChoix(
        label="Qu’avez-vous vérifié ?", coerce=Decision, vide="Choisissez ce qui est juste."
    )

    def __init__(self, conflit: Conflit, dossier: Dossier, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        autres = (Decision.DEUX_PERSONNES.value, "Ce sont deux personnes : rien ne change ici")
        if conflit.nature == DOUBLON:
            meme = "C’est la même personne : réunir les deux pages ici"
            self.fields["decision"].choices = [(Decision.GARDER.value, meme), autres]
            return
        ici, la = _dits(conflit, dossier.identite)
        self.fields["decision"].choices = [
            (Decision.GARDER.value, f"C’est {ici or 'aucun des deux'}, déjà connu ici"),
            (Decision.REMPLACER.value, f"C’est {la}, d’après « {conflit.source} »"),
            autres,
        ]


def _dits(conflit: Conflit, identite: Identite) -> tuple[str, str]:
    """What is kept, what the other source says."""
    if conflit.nature == NIR:
        return _masque(identite.nir), _masque(conflit.valeur)
    if conflit.nature == NAISSANCE:
        ici = _naissance(identite.naissance, identite.precision)
        return ici, _naissance(*naissance_lue(conflit.valeur))
    return identite.prenoms, conflit.valeur


def _naissance(le: date, precision: Precision) -> str:
    """« le 4 mars 1962 », « en mars 1962, jour inconnu »: as far as it is known."""
    if precision == Precision.MOIS_INCONNU:
        return f"en {le.year}, jour et mois inconnus"
    if precision == Precision.JOUR_INCONNU:
        return f"en {MOIS[le.month - 1]} {le.year}, jour inconnu"
    return f"le {date_moyenne(le)}"


def _masque(numero: str) -> str:
    corps, cle = numero[: nir.LONGUEUR_CORPS], numero[nir.LONGUEUR_CORPS :]
    return nir.masquer(corps, cle) if numero else ""


class FormulaireSortie(forms.Form):
    """Why the person is no longer concerned."""

    motif = champs.ChampChoix(
        label="Que s’est-il passé ?",
        choices=[(str(code), mots) for code, mots in LIBELLES_SORTIE.items()],
        coerce=MotifSortie,
        vide="Choisissez ce qui s’est passé.",
    )


class FormulaireTerritoire(forms.Form):
    """To which TIS the person belongs."""

    territoire = forms.ModelChoiceField(
        queryset=Territoire.objects.none(),
        label="Territoire (TIS)",
        empty_label="Choisir…",
        error_messages={
            "required": "Choisissez un territoire.",
            "invalid_choice": "Ce territoire n’existe pas.",
        },
    )

    def __init__(self, organisation: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        siens = Territoire.objects.filter(organisation=organisation).order_by("code")
        self.fields["territoire"].queryset = siens
        self.fields["territoire"].label_from_instance = lambda un: f"{un.code} · {un.nom}"
