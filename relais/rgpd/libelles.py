"""The words of the journal, as a DPO reads them: acts, outcomes, and what an act was done on."""

import re

from relais.annuaire.models import LIBELLES_ROLES
from relais.journal.models import Action, Issue
from relais.regles.archive import RAISONS_OUVERTURE
from relais.regles.durees import LIBELLES
from relais.regles.fiche import RAISONS_COPIE

ACTES: dict[str, str] = {
    Action.TRANSMETTRE: "Fiche envoyée",
    Action.PRENDRE_EN_CHARGE: "Fiche prise en charge",
    Action.DONNER_ETAPE: "Réponse d’étape envoyée",
    Action.DEMANDER_COMPLEMENT: "Précision demandée",
    Action.COMPLETER: "Fiche complétée et renvoyée",
    Action.REPONDRE: "Réponse envoyée",
    Action.DIRE_HORS_PERIMETRE: "Orientée vers la voie ordinaire",
    Action.RAPPELER: "Fiche rappelée",
    Action.RETIRER: "Fiche retirée",
    Action.CORRIGER: "Fiche reprise pour correction",
    Action.REDEMANDER: "Demande renvoyée",
    Action.CLORE: "Fiche terminée",
    Action.CLORE_AVEC_REPONSE: "Fiche terminée avec la réponse",
    Action.CLORE_D_OFFICE: "Fiche terminée d’office",
    Action.ROUVRIR: "Fiche rouverte",
    Action.SUPPRIMER: "Fiche supprimée",
    Action.BROUILLON_CREE: "Brouillon créé",
    Action.BROUILLON_SUPPRIME: "Brouillon supprimé",
    Action.DEPOT_DECLARE: "Dépôt déclaré hors de Relais",
    Action.DEPOT_RECU: "Fiche reçue",
    Action.TRANSMISSION_DE_MAIN: "Fiche confiée à un collègue",
    Action.CLASSEMENT: "Versée dans l’applicatif métier",
    Action.CLASSEMENT_ANNULE: "Versement dans l’applicatif annulé",
    Action.VERSEMENT_AU_DOSSIER: "Versée au dossier papier",
    Action.VERSEMENT_ANNULE: "Versement au dossier annulé",
    Action.ACCOMPAGNEMENT_FINI: "Accompagnement fini",
    Action.ACCOMPAGNEMENT_REPRIS: "Accompagnement repris",
    Action.RSA_CLOS: "Droit au RSA clos",
    Action.RSA_ROUVERT: "Droit au RSA rouvert",
    Action.REVUE_DE_FICHE: "Conservation revue",
    Action.ATTRIBUTION: "Fiche attribuée",
    Action.NOTE_D_APPEL: "Note d’appel",
    Action.PHRASE_TYPE: "Phrase type modifiée",
    Action.FICHE_COMPLETEE: "Brouillon complété",
    Action.ABSENCE_DECLAREE: "Absence déclarée",
    Action.ABSENCE_ANNULEE: "Absence annulée",
    Action.DOUBLON_SIGNALE: "Mise en relation demandée",
    Action.DYSFONCTIONNEMENT_SIGNALE: "Dysfonctionnement signalé",
    Action.DYSFONCTIONNEMENT_TRAITE: "Dysfonctionnement traité",
    Action.IMPORT_DEPOSE: "Fichier du repérage donné",
    Action.IMPORT_CONFIRME: "Fichier du repérage confirmé",
    Action.IMPORT_ANNULE: "Fichier du repérage abandonné",
    Action.IMPORT_FAIT: "Fichier du repérage enregistré",
    Action.PERSONNE_CONFIEE: "Personne repérée confiée",
    Action.PERSONNE_DEPLACEE: "Personne repérée changée de territoire",
    Action.PERSONNE_CONTACTEE: "Contact noté",
    Action.PERSONNE_CORRIGEE: "Coordonnées corrigées avec la personne",
    Action.OBJECTIF_MODIFIE: "Objectif retraite modifié",
    Action.CONFLIT_DECIDE: "Sources contradictoires départagées",
    Action.OPPOSITION_RECUE: "Opposition reçue, personne effacée",
    Action.LECTURE: "Fiche lue",
    Action.LECTURE_LISTE: "Liste lue",
    Action.RECHERCHE: "Recherche",
    Action.ETAT_CONSULTE: "État d’une fiche demandé",
    Action.COPIE_NIR: "Numéro de sécurité sociale montré",
    Action.DOCUMENT_IMPRIME: "Document ouvert ou imprimé",
    Action.EXPORT: "Export",
    Action.ACCES_REFUSE: "Accès refusé",
    Action.CONNEXION: "Connexion",
    Action.CONNEXION_REFUSEE: "Connexion refusée",
    Action.DECONNEXION: "Déconnexion",
    Action.COMPTE_VERROUILLE: "Compte verrouillé",
    Action.COMPTE_CREE: "Compte créé",
    Action.COMPTE_INVITE: "Invitation envoyée",
    Action.INVITATION_ACCEPTEE: "Invitation acceptée",
    Action.INVITATION_ANNULEE: "Invitation annulée",
    Action.COMPTE_MODIFIE: "Compte modifié",
    Action.COMPTE_DESACTIVE: "Compte désactivé",
    Action.COMPTE_REOUVERT: "Compte rouvert",
    Action.IMPORT_D_AGENTS: "Comptes importés",
    Action.EQUIPE_CREEE: "Équipe créée",
    Action.EQUIPE_MODIFIEE: "Équipe modifiée",
    Action.ROLE_PROPOSE: "Rôle proposé",
    Action.ROLE_REFUSE: "Rôle écarté",
    Action.ROLE_DONNE: "Rôle donné",
    Action.ROLE_RETIRE: "Rôle retiré",
    Action.REVUE_DES_DROITS: "Droit confirmé à la revue",
    Action.FACTEURS_REINITIALISES: "Seconds facteurs retirés",
    Action.SESSION_TERMINEE: "Session fermée",
    Action.CHANGEMENT_D_AFFECTATION: "Changement d’affectation",
    Action.MOT_DE_PASSE_CHANGE: "Mot de passe changé",
    Action.SECOND_FACTEUR_AJOUTE: "Second facteur ajouté",
    Action.SECOND_FACTEUR_RETIRE: "Second facteur retiré",
    Action.DESTRUCTION_ENGAGEE: "Effacement engagé",
    Action.DESTRUCTION: "Clés détruites",
    Action.RETENUE_POSEE: "Retenue posée",
    Action.RETENUE_LEVEE: "Retenue levée",
    Action.CONSERVATION_RECALCULEE: "Conservations recalculées",
    Action.RESTAURATION_REJOUEE: "Effacements rejoués après restauration",
    Action.COURRIEL_ABANDONNE: "Courriel abandonné",
    Action.CONVENTION_ENREGISTREE: "Convention enregistrée",
}
ISSUES: dict[str, str] = {Issue.FAIT: "", Issue.REFUSE: "refusé", Issue.ECHEC: "sans résultat"}
# What a DPO looks for first; the rest is read in the whole list.
ACTES_CHERCHES = (
    Action.LECTURE,
    Action.LECTURE_LISTE,
    Action.RECHERCHE,
    Action.ETAT_CONSULTE,
    Action.COPIE_NIR,
    Action.DOCUMENT_IMPRIME,
    Action.EXPORT,
    Action.ACCES_REFUSE,
    Action.CONNEXION,
    Action.CONNEXION_REFUSEE,
    Action.ROLE_DONNE,
    Action.ROLE_RETIRE,
    Action.DESTRUCTION,
)
IDENTIFIANT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Looked for together: the same act, whatever it is on.
CHERCHES: dict[str, str] = {
    **{un: ACTES[un] for un in ACTES_CHERCHES},
    Action.LECTURE: "Fiche ou personne repérée lue",
    Action.LECTURE_LISTE: "Liste, fichier ou journal lus",
}
_RAISONS = {**{str(code): dit for code, dit in RAISONS_COPIE.items()}, **RAISONS_OUVERTURE}
# What an identifier is of, by the act that bears it; any other one is an account's.
_PERSONNE, _FICHIER = "personne repérée", "fichier du repérage"
_PORTEURS: dict[str, str] = {
    **dict.fromkeys(
        (
            Action.LECTURE,
            Action.DOCUMENT_IMPRIME,
            Action.PERSONNE_CONFIEE,
            Action.PERSONNE_DEPLACEE,
            Action.PERSONNE_CONTACTEE,
            Action.PERSONNE_CORRIGEE,
            Action.OBJECTIF_MODIFIE,
            Action.CONFLIT_DECIDE,
            Action.OPPOSITION_RECUE,
            Action.DESTRUCTION_ENGAGEE,
        ),
        _PERSONNE,
    ),
    **dict.fromkeys(
        (
            Action.IMPORT_DEPOSE,
            Action.IMPORT_CONFIRME,
            Action.IMPORT_ANNULE,
            Action.IMPORT_FAIT,
            Action.LECTURE_LISTE,
            Action.EXPORT,
        ),
        _FICHIER,
    ),
    Action.PHRASE_TYPE: "phrase type",
}
# The same acts on a fiche or on nothing have other words.
_SUR_UN_PORTEUR: dict[str, str] = {
    Action.LECTURE: "Personne repérée lue",
    Action.LECTURE_LISTE: "Fichier du repérage relu",
    Action.EXPORT: "Liste des erreurs d’un fichier téléchargée",
    Action.DOCUMENT_IMPRIME: "Encart du contrat ouvert ou imprimé",
}
DEJA_REFUSES = (Action.ACCES_REFUSE, Action.CONNEXION_REFUSEE)  # the word of the act says so
JOURNAL = "journal"
_EQUIPE = "equipe"
_OBJETS: dict[str, str] = {
    **LIBELLES,
    **{role.replace("_", "-"): libelle for role, libelle in LIBELLES_ROLES.items()},
    JOURNAL: "",
    "bordereau.csv": "le bordereau, en texte (CSV)",
    "fiches.csv": "les fiches, en texte (CSV)",
    "fiches.xlsx": "les fiches, en classeur (XLSX)",
    "reperage.csv": "les personnes à joindre, en texte (CSV)",
    "reperage.xlsx": "les personnes à joindre, en classeur (XLSX)",
    "reperage.telechargement": "les personnes à joindre, fichier téléchargé",
    "reperage.reunion": "les personnes à joindre, pour une réunion",
    "reference": "par référence",
    "nir": "par numéro",
    "nom": "par nom",
    "doublon": "autre demande en cours, par le numéro d’un brouillon",
    "reference-nom": "par référence ou par nom",
}


def acte_en_mots(action: str, objet: str) -> str:
    """What was done; a list with another object is the journal itself (views.portes)."""
    if IDENTIFIANT.fullmatch(objet) and action in _SUR_UN_PORTEUR:
        return _SUR_UN_PORTEUR[action]
    return "Journal lu" if action == Action.LECTURE_LISTE and objet else ACTES[action]


def porteur_en_mots(action: str, identifiant: str) -> str:
    """Whose identifier that is, and its beginning; empty when it is an account's."""
    quoi = _PORTEURS.get(action)
    return f"{quoi} {identifiant[:8]}" if quoi else ""


def objet_en_mots(action: str, objet: str) -> str:
    """What the object of an act says when it is neither a fiche nor an account."""
    if action == Action.ACCES_REFUSE and objet:
        return f"page « {objet} »"
    if objet.removeprefix(_EQUIPE).isdecimal():
        return f"équipe n° {objet.removeprefix(_EQUIPE)}"
    return _OBJETS.get(objet, objet)


def raison_en_mots(code: str) -> str:
    """Why a NIR was shown or an archive opened, as it was chosen; the code itself when unknown."""
    return _RAISONS.get(code, code)
