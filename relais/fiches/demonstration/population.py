"""The two parties of the demonstration: six TIS with their équipes, and agents of every role."""

from dataclasses import dataclass

from relais.annuaire.demonstration import MOT_DE_PASSE
from relais.regles.convention import Role

__all__ = [
    "AGENCES",
    "CAISSE",
    "DEPARTEMENT",
    "EQUIPES",
    "MOT_DE_PASSE",
    "PHRASES_TYPES",
    "VITRINE",
    "Compte",
]

DOMAINE = "exemple.test"

# Names of our own: the real CDAS are not these.
EQUIPES: dict[str, tuple[str, ...]] = {
    "T1": ("CDAS des Tilleuls", "CDAS des Érables", "CDAS du Canal"),
    "T2": ("CDAS des Ajoncs", "CDAS du Moulin"),
    "T3": ("CDAS de la Forêt", "CDAS du Beffroi"),
    "T4": ("CDAS des Embruns", "CDAS du Phare", "CDAS des Dunes"),
    "T5": ("CDAS de la Fontaine", "CDAS du Vieux Chêne"),
    "T6": ("CDAS de l’Écluse", "CDAS des Landes"),
}
AGENCES = ("Agence des Remparts", "Agence du Port")


@dataclass(frozen=True, slots=True)
class Compte:
    """One agent. `courriel` is the part before the @; `equipe` a name of those above."""

    courriel: str
    prenom: str
    nom: str
    role: Role
    equipe: str = ""
    poids: int = 1  # how much of the fiches they write or answer
    vitrine: str = ""  # what the list of accounts says of them; empty: not listed

    @property
    def adresse(self) -> str:
        return f"{self.courriel}@{DOMAINE}"


DEPARTEMENT = (
    Compte(
        "ts.rennes",
        "Zoé",
        "Exemple",
        Role.TRAVAILLEUR_SOCIAL,
        "CDAS des Tilleuls",
        8,
        "travailleuse sociale, Pays de Rennes",
    ),
    Compte("ts.rennes2", "Karim", "Modèle", Role.TRAVAILLEUR_SOCIAL, "CDAS des Tilleuls", 3),
    Compte("ts.rennes3", "Élodie", "Canevas", Role.TRAVAILLEUR_SOCIAL, "CDAS du Canal", 3),
    Compte("ts.vitre", "Ronan", "Spécimen", Role.TRAVAILLEUR_SOCIAL, "CDAS des Ajoncs", 3),
    Compte("ts.fougeres", "Inès", "Maquette", Role.TRAVAILLEUR_SOCIAL, "CDAS de la Forêt", 2),
    Compte("ts.saintmalo", "Hervé", "Fictif", Role.TRAVAILLEUR_SOCIAL, "CDAS des Embruns", 3),
    Compte("ts.broceliande", "Lina", "Ébauche", Role.TRAVAILLEUR_SOCIAL, "CDAS de la Fontaine", 2),
    Compte("ts.redon", "Aël", "Inventé", Role.TRAVAILLEUR_SOCIAL, "CDAS de l’Écluse", 3),
    Compte(
        "accueil.rennes",
        "Manon",
        "Fictif",
        Role.CHARGE_ACCUEIL,
        "CDAS des Tilleuls",
        0,
        "chargée d’accueil social, Pays de Rennes",
    ),
    Compte("accueil.redon", "Titouan", "Essai", Role.CHARGE_ACCUEIL, "CDAS de l’Écluse", 0),
    Compte(
        "encadrante.rennes",
        "Sylvie",
        "Spécimen",
        Role.ENCADRANT,
        "CDAS des Tilleuls",
        0,
        "encadrante, Pays de Rennes",
    ),
    Compte("encadrant.saintmalo", "Gildas", "Exemple", Role.ENCADRANT, "CDAS des Embruns", 0),
    Compte("encadrante.redon", "Awa", "Modèle", Role.ENCADRANT, "CDAS de l’Écluse", 0),
    Compte(
        "referente",
        "Claire",
        "Ébauche",
        Role.REFERENT,
        poids=0,
        vitrine="référente de la convention, Département",
    ),
    Compte(
        "reperage",
        "Bruno",
        "Canevas",
        Role.CHARGE_REPERAGE,
        poids=0,
        vitrine="chargé du repérage, Département",
    ),
    Compte(
        "dpo",
        "Hélène",
        "Postiche",
        Role.DPO,
        poids=0,
        vitrine="déléguée à la protection des données, Département",
    ),
    Compte("admin", "Paul", "Maquette", Role.ADMINISTRATEUR, poids=0),
    Compte("admin.second", "Inès", "Maquette", Role.ADMINISTRATEUR, poids=0),
    Compte("technique", "Ada", "Prototype", Role.ADMINISTRATEUR_TECHNIQUE, poids=0),
)
CAISSE = (
    Compte(
        "agent.caisse",
        "Morgane",
        "Exemple",
        Role.AGENT_CAISSE,
        "Agence des Remparts",
        5,
        "agente de la caisse",
    ),
    Compte("agent2.caisse", "Denis", "Fictif", Role.AGENT_CAISSE, "Agence des Remparts", 4),
    Compte("agent3.caisse", "Nadia", "Modèle", Role.AGENT_CAISSE, "Agence du Port", 3),
    Compte(
        "responsable.caisse",
        "Alain",
        "Spécimen",
        Role.RESPONSABLE_CAISSE,
        "Agence des Remparts",
        1,
        "responsable à la caisse",
    ),
    Compte(
        "referent.caisse",
        "Joëlle",
        "Canevas",
        Role.REFERENT,
        poids=0,
        vitrine="référente de la convention, caisse",
    ),
    Compte(
        "dpo.caisse",
        "Luc",
        "Postiche",
        Role.DPO,
        poids=0,
        vitrine="délégué à la protection des données, caisse",
    ),
    Compte("admin.caisse", "Rose", "Maquette", Role.ADMINISTRATEUR, poids=0),
    Compte("admin.second.caisse", "Hugo", "Maquette", Role.ADMINISTRATEUR, poids=0),
)
# Where the phrase goes in an answer, its title, its words.
PHRASES_TYPES = (
    (
        "pieces",
        "Relevé d’identité bancaire",
        "Un relevé d’identité bancaire au nom de la personne.",
    ),
    ("pieces", "Avis d’impôt", "La copie de l’avis d’impôt de l’année dernière."),
    ("texte", "Dossier à l’étude", "Le dossier est complet et sera étudié en priorité."),
    (
        "texte",
        "Carrière à compléter",
        "Une période de la carrière est à justifier par la personne.",
    ),
    ("precision", "Date de dépôt", "À quelle date la demande de retraite a-t-elle été déposée ?"),
    ("voie", "Espace personnel", "la messagerie de l’espace personnel, rubrique « Ma retraite »"),
)
VITRINE = tuple(compte for compte in (*DEPARTEMENT, *CAISSE) if compte.vitrine)
