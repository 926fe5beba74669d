"""Filters of the lists: kept in the address, so never a name nor a NIR."""

from typing import Any

from django import forms

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation
from relais.fiches.models import FicheQuerySet
from relais.regles.circuit import Statut
from relais.regles.convention import Role
from relais.socle import horloge

VUES_DU_PASSE = {"traitees", "terminees", "toutes"}


class Filtres(forms.Form):
    """A form on the query string; a value that does not exist filters nothing."""

    def __init__(self, donnees: Any, *, qui: Affectation) -> None:
        super().__init__(donnees)
        self.qui = qui
        self.preparer()
        self.full_clean()

    def preparer(self) -> None:
        """Fit the fields to the agent, before the query string is read."""

    def valeur(self, champ: str) -> str:
        return str(self.cleaned_data.get(champ, "") or "")

    def passe(self) -> bool:
        """Whether what is finished is listed too: it grows for years, nobody counts it."""
        return self.valeur("vue") in VUES_DU_PASSE

    def actifs(self) -> bool:
        return any(self.valeur(champ) for champ in self.fields)


class FiltresCaisse(Filtres):
    """The inbox: what is open by default."""

    vue = forms.ChoiceField(
        required=False,
        label="Fiches",
        choices=[
            ("", "À traiter"),
            ("libres", "Nouvelles"),
            ("miennes", "Les miennes"),
            ("retard", "En retard"),
            ("traitees", "Traitées"),
        ],
    )
    territoire = forms.ChoiceField(required=False, label="Territoire")
    motif = forms.ChoiceField(required=False, label="Motif")

    def preparer(self) -> None:
        regles = regles_de_l_organisation(self.qui.organisation_id)
        jour = horloge.aujourd_hui()
        territoires = regles.territoires.exigee(jour) if regles else ()
        motifs = regles.fiche.motifs.exigee(jour) if regles else ()
        self.fields["territoire"].choices = [
            ("", "Tous"),
            *((t.code, f"{t.code} · {t.nom}") for t in territoires),
        ]
        self.fields["motif"].choices = [
            ("", "Tous"),
            *((m.code, m.libelle.rstrip(" :")) for m in motifs),
        ]

    def appliquer(self, fiches: FicheQuerySet) -> FicheQuerySet:
        if self.valeur("territoire"):
            fiches = fiches.du_territoire(self.valeur("territoire"))
        if self.valeur("motif"):
            fiches = fiches.au_motif(self.valeur("motif"))
        if self.valeur("vue") == "traitees":
            return fiches.traitees().par_reponse()
        return self._ouvertes(fiches.a_traiter()).par_urgence()

    def _ouvertes(self, fiches: FicheQuerySet) -> FicheQuerySet:
        match self.valeur("vue"):
            case "libres":
                return fiches.libres()
            case "miennes":
                return fiches.chargees_a(self.qui.agent)
            case "retard":
                return fiches.en_retard(horloge.maintenant())
        return fiches


class FiltresDepartement(Filtres):
    """The fiches of an agent: what is not finished by default."""

    vue = forms.ChoiceField(
        required=False,
        label="Fiches",
        choices=[
            ("", "En cours"),
            ("brouillons", "Brouillons"),
            ("reponses", "Réponses à lire"),
            ("terminees", "Terminées"),
            ("toutes", "Toutes"),
        ],
    )
    qui_suit = forms.ChoiceField(
        required=False, label="Suivies par", choices=[("", "Moi"), ("equipe", "Toute l’équipe")]
    )

    def preparer(self) -> None:
        if self.qui.role != Role.ENCADRANT:
            del self.fields["qui_suit"]

    def appliquer(self, fiches: FicheQuerySet) -> FicheQuerySet:
        if self.valeur("qui_suit") == "equipe":
            fiches = fiches.de_l_equipe(self.qui.equipe)
        else:
            fiches = fiches.de_l_agent(self.qui.agent)
        match self.valeur("vue"):
            case "brouillons":
                fiches = fiches.au_statut(Statut.BROUILLON)
            case "reponses":
                fiches = fiches.reponses_a_lire()
            case "terminees":
                fiches = fiches.terminees()
            case "":
                fiches = fiches.en_cours()
        return fiches.recentes()
