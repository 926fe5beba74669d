"""The gallery: each component in each state, for those who build pages and for the tests.

Open in the demonstration alone (config.urls). Everybody in it is fictitious.
"""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from relais.socle import horloge, marque

PAGES = (
    "composants",
    "liste",
    "liste-vide",
    "formulaire",
    "formulaire-erreurs",
    "fiche",
    "confirmation",
    "reponse",
    "connexion",
    "second-facteur",
    "compte",
    "courriels",
)
MENU = (
    ("À traiter", "liste", 34),
    ("Toutes les fiches", "liste-vide", None),
    ("Nouvelle fiche", "formulaire", None),
    ("Chiffres", "composants", None),
)
SITUATIONS = ("AAH", "RSA", "France Travail", "En activité", "Invalidité", "Autre")
DOSSIERS = (
    "Pension de retraite",
    "Pension de réversion",
    "ASI-ASPA (Allocation Supplémentaire d’Invalidité et Allocation de Solidarité aux "
    "Personnes Agées)",
    "Autre",
)
MOTIFS = (
    "Dossiers en cours dont le point de départ à la retraite se situe dans le mois en cours déjà "
    "dépassé",
    "Rupture de ressources ou suspension de paiement",
    "Autre",
)


def _cases(libelles: tuple[str, ...]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=[(str(rang), libelle) for rang, libelle in enumerate(libelles)],
        widget=forms.CheckboxSelectMultiple,
    )


class Exemple(forms.Form):
    """Annex 1 in the shape the real form has, so that the look is judged on real words."""

    naissance = forms.CharField(label="Nom de naissance")
    marital = forms.CharField(label="Nom marital", required=False)
    prenom = forms.CharField(label="Prénom")
    nir = forms.CharField(
        label="Numéro de Sécurité Sociale",
        help_text="15 caractères. Il figure sur la carte Vitale et sur l’attestation de droits.",
        widget=forms.TextInput(attrs={"data-nir": "", "inputmode": "text", "class": "moyen"}),
    )
    adresse = forms.CharField(
        label="Adresse postale",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    courriel = forms.EmailField(label="Adresse mail", required=False)
    telephone = forms.CharField(
        label="Téléphone", required=False, widget=forms.TextInput(attrs={"class": "court"})
    )
    situations = _cases(SITUATIONS)
    dossiers = _cases(DOSSIERS)
    motifs = _cases(MOTIFS)
    ressources = forms.ChoiceField(
        label="1. Les ressources de la personne sont-elles coupées, ou vont-elles l’être ?",
        choices=[
            ("oui_depuis", "Oui, depuis une date passée"),
            ("oui_a_partir", "Oui, à partir d’une date à venir"),
            ("non", "Non"),
        ],
        widget=forms.RadioSelect,
    )
    coupure = forms.DateField(
        label="Date de la coupure", widget=forms.DateInput(attrs={"type": "date", "class": "court"})
    )
    territoire = forms.ChoiceField(
        label="Territoire (TIS)", choices=[("", "Tous"), ("T1", "T1 : Pays de Rennes")]
    )
    commentaire = forms.CharField(
        label="Commentaire / précisions sur la situation",
        max_length=1500,
        help_text="Écrivez seulement ce qui sert au dossier de retraite. Rien sur la santé ni sur "
        "la vie familiale, et pas de numéro de sécurité sociale ici.",
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    informe = forms.BooleanField(
        label="Je souhaite que le professionnel du Département d’Ille-et-Vilaine soit informé de "
        "ma situation vis-à-vis de la Retraite.",
        required=False,
    )
    non_opposition = forms.BooleanField(
        label="Je ne m’oppose pas au traitement de mes données personnelles par la Carsat de "
        "Bretagne"
    )
    signature = forms.CharField(widget=forms.HiddenInput, required=False)
    page_signee = forms.FileField(
        label="Page signée", help_text="Photo, scan ou PDF d’une page, 10 Mo au plus.",
        required=False,
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for nom, libelle in (
            ("situations", "Situation administrative"),
            ("dossiers", "Type de dossier concerné"),
            ("motifs", "Motif de la demande"),
        ):
            self.fields[nom].label = libelle

    def clean_nir(self) -> str:
        raise forms.ValidationError(
            "Le numéro n’est pas valable. La clé ne va pas avec le numéro. Souvent, un chiffre est "
            "faux ou deux sont inversés. Relisez-le deux par deux avec la personne."
        )


class Filtres(forms.Form):
    """The three questions one asks of a list."""

    etat = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous"), ("nouvelle", "Nouvelles")]
    )
    territoire = forms.ChoiceField(
        label="Territoire (TIS)", required=False, choices=[("", "Tous"), ("T1", "Pays de Rennes")]
    )
    motif = forms.ChoiceField(
        label="Motif", required=False, choices=[("", "Tous"), ("urgente", "Situation urgente")]
    )


class Connexion(forms.Form):
    """Address and password."""

    login = forms.EmailField(
        label="Adresse mail professionnelle",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Mot de passe",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SecondFacteur(forms.Form):
    """The six digits of the application, or a printed code."""

    code = forms.CharField(
        label="Code à 6 chiffres",
        help_text="Il s’affiche dans l’application de votre téléphone et change toutes les "
        "30 secondes. Un code imprimé convient aussi.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "court"}
        ),
    )


def _lignes(maintenant: datetime) -> list[dict[str, object]]:
    """Rows of an inbox, from late to quiet."""
    exemples = (
        (-5.3, "K7QF-3MWP", "EXEMPLE Zoé", "T1", "#d9c7a0", "Pays de Rennes", "Nouvelle", "info"),
        (2.6, "T4VD-9HRC", "FICTIF Camille", "T6", "#5b8fc9", "Pays de Redon et des Vallons de "
         "Vilaine", "Nouvelle", "info"),
        (19, "X2GN-7KBE", "MODÈLE Noël", "T4", "#d98aa6", "Pays de Saint-Malo",
         "En cours : A. Essai", "encours"),
        (31.4, "B9PW-4JTS", "TÉMOIN-INVENTÉE Marie-Thérèse", "T2", "#5fa56b", "Pays de Vitré",
         "En attente du Département", "attente"),
        (70, "M3CZ-8QYA", "DÉMONSTRATION Yann", "T5", "#8c6bb1", "Pays de Brocéliande",
         "Nouvelle", "info"),
    )  # fmt: skip
    return [
        {"echeance": maintenant + timedelta(hours=heures), "retard": heures < 0,
         "reference": reference, "nom": nom, "code": code, "couleur": couleur,
         "territoire": territoire, "etat": etat, "ton": ton}
        for heures, reference, nom, code, couleur, territoire, etat, ton in exemples
    ]  # fmt: skip


def _formulaire(page: str) -> Exemple:
    saisie = {
        "naissance": "Exemple",
        "nir": "1 84 12 35 238 004 42",
        "commentaire": "Demande déposée le 2 septembre.",
        "ressources": "oui_depuis",
        "coupure": "2026-11-01",
        "situations": ["1"],
        "motifs": ["1"],
    }
    return Exemple(saisie) if page == "formulaire-erreurs" else Exemple(initial=saisie)


def ecran(page: str, *, theme: str | None = None) -> tuple[str, dict[str, Any]]:
    """The template of one page of the gallery and what it shows; Http404 for an unknown page."""
    if page not in PAGES:
        raise Http404
    maintenant = horloge.maintenant()
    vers = {nom: f"/galerie/{nom}/" for nom in PAGES}
    formulaires = {"connexion": Connexion(), "second-facteur": SecondFacteur()}
    envoyee = Message(messages.SUCCESS, "La fiche K7QF-3MWP est envoyée.")
    contexte: dict[str, Any] = {
        "theme": theme,
        "demonstration": True,
        "organisation": "Carsat Bretagne",
        "affectation": "Agente de la caisse · Retraite, Rennes",
        "changer_affectation": vers["compte"],
        "user": {"is_authenticated": True},
        "messages": [envoyee] if page == "courriels" else [],
        "menu": [
            {
                "libelle": libelle,
                "url": vers[cible],
                "courant": "page" if cible == page else "",
                "compteur": nombre,
            }
            for libelle, cible, nombre in MENU
        ],
        "maintenant": maintenant,
        "echeances": [maintenant + timedelta(hours=h) for h in (70, 19, 6.5, 0.4, -5.3, -130)],
        "lignes": _lignes(maintenant),
        "filtres": Filtres(),
        "vers": vers,
        "form": formulaires.get(page) or _formulaire(page),
    }
    return f"socle/galerie/{page.removesuffix('-erreurs')}.html", contexte


def galerie(request: HttpRequest, page: str = "composants") -> HttpResponse:
    """One page of the gallery, in a demonstration alone; ?theme=sombre or clair forces a theme."""
    if not marque.ouverte_a(request):
        raise Http404
    gabarit, contexte = ecran(page, theme=request.GET.get("theme"))
    return render(request, gabarit, contexte)
