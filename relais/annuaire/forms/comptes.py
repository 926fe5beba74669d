"""The forms of who administers accounts. They shape what is typed; actions decide."""

from typing import Any

from django import forms

from relais.annuaire.actions.roles import roles_de
from relais.annuaire.forms.refus import FormulaireRefusable
from relais.annuaire.models import (
    LIBELLES_ROLES,
    Affectation,
    Agent,
    AgentQuerySet,
    Equipe,
    Organisation,
)
from relais.regles.convention import Role

ETATS = [
    ("", "Tous"),
    ("actifs", "Ouverts"),
    ("invites", "Invités"),
    ("attente", "En attente d’un accord"),
    ("inutilises", "Inutilisés"),
    ("desactives", "Désactivés"),
]


class Choix(FormulaireRefusable):
    """A form whose lists are those of one organisation."""

    def __init__(self, *args: Any, organisation: Organisation, **options: Any) -> None:
        super().__init__(*args, **options)
        self.organisation = organisation
        if "role" in self.fields:
            roles = [(role.value, LIBELLES_ROLES[role]) for role in roles_de(organisation)]
            self.fields["role"].choices = [("", "Choisir"), *roles]
        if "equipe" in self.fields:
            self.equipes = {str(e.pk): e for e in Equipe.objects.ouvertes(organisation.code)}
            noms = [(pk, _nom(equipe)) for pk, equipe in self.equipes.items()]
            self.fields["equipe"].choices = [("", "Aucune"), *noms]

    @property
    def role_choisi(self) -> Role:
        return Role(self.cleaned_data["role"])

    @property
    def equipe_choisie(self) -> Equipe | None:
        return self.equipes.get(self.cleaned_data["equipe"])


class FormulaireRole(Choix):
    """A role, and where."""

    role = forms.ChoiceField(label="Rôle")
    equipe = forms.ChoiceField(
        required=False,
        label="Équipe",
        help_text="Obligatoire pour un travailleur social, un chargé d’accueil ou un encadrant.",
    )


class FormulaireInvitation(FormulaireRole):
    """Who is invited, and to do what."""

    field_order = ("prenom", "nom", "email", "telephone", "role", "equipe")
    prenom = forms.CharField(max_length=60, label="Prénom")
    nom = forms.CharField(max_length=80, label="Nom")
    email = forms.CharField(
        max_length=254,
        label="Adresse mail professionnelle",
        help_text="L’invitation y est envoyée. La personne s’en servira pour se connecter.",
        widget=forms.TextInput(attrs={"inputmode": "email", "autocapitalize": "off"}),
    )
    telephone = forms.CharField(
        max_length=30,
        required=False,
        label="Téléphone professionnel",
        help_text="Il figure sur les fiches.",
        widget=forms.TextInput(attrs={"inputmode": "tel", "class": "moyen"}),
    )


class FormulaireIdentite(Choix):
    """What may be corrected."""

    prenom = forms.CharField(max_length=60, label="Prénom")
    nom = forms.CharField(max_length=80, label="Nom")
    telephone = forms.CharField(
        max_length=30,
        required=False,
        label="Téléphone professionnel",
        widget=forms.TextInput(attrs={"inputmode": "tel", "class": "moyen"}),
    )

    @classmethod
    def de(cls, agent: Agent) -> dict[str, str]:
        """What it shows first."""
        return {"prenom": agent.prenom, "nom": agent.nom, "telephone": agent.telephone}


class FormulaireRefus(forms.Form):
    """Why a role is not approved: a reason of the list, no free text."""

    motif = forms.ChoiceField(choices=Affectation.Refus, label="Pourquoi")


class Recherche(forms.Form):
    """By name or address; posted, so that no name is ever in an address."""

    texte = forms.CharField(
        max_length=100,
        label="Nom ou adresse",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class FiltresComptes(Choix):
    """Filters kept in the address."""

    etat = forms.ChoiceField(required=False, label="État", choices=ETATS)
    role = forms.ChoiceField(required=False, label="Rôle")
    equipe = forms.ChoiceField(required=False, label="Équipe")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for nom in ("role", "equipe"):
            self.fields[nom].choices = [("", "Tous"), *self.fields[nom].choices[1:]]
        self.fields["equipe"].choices[0] = ("", "Toutes")
        self.full_clean()

    def valeur(self, champ: str) -> str:
        return str(self.cleaned_data.get(champ, "") or "")

    def actifs(self) -> bool:
        return any(self.valeur(champ) for champ in self.fields)

    def appliquer(self, agents: AgentQuerySet, *, seuil: Any) -> AgentQuerySet:
        """Those accounts; `seuil`: unused since (regles.comptes.seuil_d_inutilite)."""
        agents = agents.ayant(
            organisation=self.organisation.code,
            role=self.valeur("role"),
            equipe=self.valeur("equipe"),
            en_attente=self.valeur("etat") == "attente",
        )
        match self.valeur("etat"):
            case "actifs":
                return agents.actifs()
            case "invites":
                return agents.invites()
            case "desactives":
                return agents.desactives()
            case "inutilises":
                return agents.inutilises(seuil)
        return agents


def _nom(equipe: Equipe) -> str:
    return f"{equipe.territoire.code} · {equipe.nom}" if equipe.territoire else equipe.nom
