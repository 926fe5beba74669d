"""Filters of the lists: kept in the address, so never a name nor a NIR."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation
from relais.fiches import classements
from relais.fiches.dossier import sur_papier
from relais.fiches.models import FicheQuerySet
from relais.regles.circuit import Statut
from relais.regles.convention import Role
from relais.socle import horloge

A_VERSER = ("a_verser", "À verser au dossier papier")
VUES_DU_PASSE = {"traitees", "terminees", "a_verser", "toutes"}


@dataclass(frozen=True, slots=True)
class Vue:
    """A list of the inbox: its name, and what an empty one says."""

    nom: str
    vide: str
    que_faire: str


VUES_CAISSE = {
    "": Vue(
        "À traiter",
        "Tout est traité",
        "Les nouvelles fiches apparaîtront ici ; votre boîte fonctionnelle reçoit aussi un"
        " courriel.",
    ),
    "nouvelles": Vue(
        "Nouvelles",
        "Pas de nouvelle fiche",
        "Elles arrivent ici dès leur envoi, jusqu’à ce qu’un agent les prenne en charge.",
    ),
    "en_cours": Vue(
        "En cours",
        "Aucune fiche en cours",
        "Prenez une nouvelle fiche en charge : elle viendra ici.",
    ),
    "attente": Vue(
        "En attente du Département",
        "Aucune précision attendue",
        "Une fiche vient ici quand une précision est demandée au Département, jusqu’à sa réponse.",
    ),
    "retard": Vue(
        "En retard",
        "Aucune fiche en retard",
        "Les plus pressées sont en tête de la liste « À traiter ».",
    ),
    "a_classer": Vue(
        "À classer",
        "Tout est classé",
        "Une fiche traitée vient ici jusqu’à ce que vous disiez l’avoir versée dans"
        " l’applicatif métier.",
    ),
    "traitees": Vue(
        "Traitées",
        "Aucune fiche traitée",
        "Les fiches auxquelles la caisse a répondu viendront ici.",
    ),
}
STATUTS_DES_VUES = {
    "nouvelles": Statut.TRANSMISE,
    "en_cours": Statut.PRISE_EN_CHARGE,
    "attente": Statut.COMPLEMENT_DEMANDE,
}
SUIVIES_PAR = [
    ("", "Tout le monde"),
    ("moi", "Moi"),
    ("personne", "Personne"),
    ("quelqu_un", "Un agent, quel qu’il soit"),
]


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
    """The inbox: what is open by default. `vue` is a list of its own; the others narrow it."""

    vue = forms.ChoiceField(
        required=False, choices=[(v, v) for v in VUES_CAISSE], widget=forms.HiddenInput
    )
    agent = forms.ChoiceField(required=False, label="Suivies par")
    territoire = forms.ChoiceField(required=False, label="Territoire")
    motif = forms.ChoiceField(required=False, label="Motif")

    def preparer(self) -> None:
        regles = regles_de_l_organisation(self.qui.organisation_id)
        jour = horloge.aujourd_hui()
        territoires = regles.territoires.exigee(jour) if regles else ()
        motifs = regles.fiche.motifs.exigee(jour) if regles else ()
        self.alerte = classements.alerte(regles, jour=jour) if regles else timedelta()
        self.fields["agent"].choices = [*SUIVIES_PAR, *self._agents()]
        self.fields["territoire"].choices = [
            ("", "Tous"),
            *((t.code, f"{t.code} · {t.nom}") for t in territoires),
        ]
        self.fields["motif"].choices = [
            ("", "Tous"),
            *((m.code, m.libelle.rstrip(" :")) for m in motifs),
        ]

    def actifs(self) -> bool:
        """Whether something narrows the list; a list by itself is not a filter."""
        return any(self.valeur(champ) for champ in self.fields if champ != "vue")

    def reduire(self, fiches: FicheQuerySet) -> FicheQuerySet:
        """The fiches of all lists, by territoire, motif and agent."""
        if self.valeur("territoire"):
            fiches = fiches.du_territoire(self.valeur("territoire"))
        if self.valeur("motif"):
            fiches = fiches.au_motif(self.valeur("motif"))
        match self.valeur("agent"):
            case "":
                return fiches
            case "moi":
                return fiches.chargees_a(self.qui.agent)
            case "personne" | "quelqu_un" as choix:
                return fiches.avec_agent(un=choix == "quelqu_un")
            case numero:
                return fiches.chargees_a(int(numero))

    def appliquer(self, fiches: FicheQuerySet) -> FicheQuerySet:
        """Those of the list, in its own order."""
        maintenant = horloge.maintenant()
        match self.valeur("vue"):
            case "traitees":
                return fiches.traitees().par_reponse()
            case "a_classer":
                return fiches.a_classer(maintenant, self.alerte).par_effacement()
            case "retard":
                return fiches.en_retard(maintenant).par_urgence()
            case "":
                return fiches.a_traiter().par_urgence()
            case vue:
                return fiches.a_traiter().au_statut(STATUTS_DES_VUES[vue]).par_urgence()

    def comptes(self, fiches: FicheQuerySet) -> dict[str, int]:
        """How many there are in each list that somebody counts; two queries."""
        maintenant = horloge.maintenant()
        ouvertes = fiches.decompte(maintenant)
        return {
            "": ouvertes["ouvertes"],
            "nouvelles": ouvertes["nouvelles"],
            "en_cours": ouvertes["en_cours"],
            "attente": ouvertes["en_attente"],
            "retard": ouvertes["en_retard"],
            "a_classer": fiches.a_classer(maintenant, self.alerte).count(),
            "libres": ouvertes["libres"],
        }

    def _agents(self) -> list[tuple[str, str]]:
        """Each colleague, for who assigns."""
        if self.qui.role != Role.RESPONSABLE_CAISSE:
            return []
        traitants = Affectation.objects.de_la_caisse(self.qui.organisation_id)
        noms = {str(un.agent_id): un.agent.nom_complet for un in traitants}
        return list(noms.items())


class FiltresDepartement(Filtres):
    """The fiches of an agent: what is not finished by default."""

    vue = forms.ChoiceField(
        required=False,
        label="Fiches",
        choices=[
            ("", "En cours"),
            ("brouillons", "Brouillons"),
            ("reponses", "Réponses à lire"),
            ("confiees", "Confiées par un collègue"),
            ("terminees", "Terminées"),
            A_VERSER,
            ("toutes", "Toutes"),
        ],
    )
    qui_suit = forms.ChoiceField(
        required=False, label="Suivies par", choices=[("", "Moi"), ("equipe", "Toute l’équipe")]
    )

    def preparer(self) -> None:
        if self.qui.remplaces:
            self.fields["vue"].choices += [("remplacement", "En remplacement")]
        if self.qui.role != Role.ENCADRANT:
            del self.fields["qui_suit"]
        regles = regles_de_l_organisation(self.qui.organisation_id)
        if regles is None or not sur_papier(regles, horloge.aujourd_hui()):
            vue = self.fields["vue"]
            vue.choices = [un for un in vue.choices if un != A_VERSER]

    def appliquer(self, fiches: FicheQuerySet) -> FicheQuerySet:
        if self.valeur("qui_suit") == "equipe":
            fiches = fiches.de_l_equipe(self.qui.equipe)
        else:
            fiches = fiches.suivies_par(self.qui)
        match self.valeur("vue"):
            case "brouillons":
                fiches = fiches.au_statut(Statut.BROUILLON)
            case "reponses":
                fiches = fiches.reponses_a_lire()
            case "confiees":
                fiches = fiches.confiees()
            case "remplacement":
                fiches = fiches.en_remplacement(self.qui)
            case "terminees":
                fiches = fiches.terminees()
            case "a_verser":
                fiches = fiches.a_verser_au_dossier()
            case "":
                fiches = fiches.en_cours()
        return fiches.recentes()
