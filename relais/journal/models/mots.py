"""The words of the trail: what can be journaled, how it ended, on which objects."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

SYSTEME = "relais"  # the chain of what belongs to no organisation

MOTIF_ORGANISATION = r"^[a-z][a-z0-9-]{0,39}$"
_MOT = r"[a-z]+[0-9]{0,4}"
MOTIF_CODE = r"^[a-z]+(_[a-z]+)*$"
MOTIF_CLE = r"^[0-9a-f]{16}$"  # verificateur.identifiant
OCTETS_SIGNATURE = 64
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# A word of the code, a reference of fiche (with a code after a colon: why it was read), a month
# or a day, a UUID: neither a name nor a NIR.
MOTIF_OBJET = (
    rf"^({_MOT}([-_:.]{_MOT})*"
    rf"|[0-9A-Z]{{4}}-[0-9A-Z]{{4}}(:{_MOT}(_{_MOT})*)?"
    r"|[0-9]{4}-[0-9]{2}(-[0-9]{2})?"
    rf"|{_UUID})?$"
)


class Action(StrEnum):
    """What can be journaled. Adding one is a migration: the database knows the list."""

    # the circuit: the values of regles.circuit.Geste
    TRANSMETTRE = "transmettre"
    PRENDRE_EN_CHARGE = "prendre_en_charge"
    DONNER_ETAPE = "donner_etape"
    DEMANDER_COMPLEMENT = "demander_complement"
    COMPLETER = "completer"
    REPONDRE = "repondre"
    DIRE_HORS_PERIMETRE = "dire_hors_perimetre"
    RAPPELER = "rappeler"
    RETIRER = "retirer"
    CORRIGER = "corriger"
    REDEMANDER = "redemander"
    CLORE = "clore"
    CLORE_AVEC_REPONSE = "clore_avec_reponse"
    CLORE_D_OFFICE = "clore_d_office"
    ROUVRIR = "rouvrir"
    SUPPRIMER = "supprimer"
    # around the fiche
    BROUILLON_CREE = "brouillon_cree"
    BROUILLON_SUPPRIME = "brouillon_supprime"
    DEPOT_DECLARE = "depot_declare"  # on a channel outside of this product (BlueFiles)
    DEPOT_RECU = "depot_recu"  # written in the chain of who receives
    TRANSMISSION_DE_MAIN = "transmission_de_main"  # handed over to a colleague
    CLASSEMENT = "classement"  # filed by the caisse in its business application
    CLASSEMENT_ANNULE = "classement_annule"
    VERSEMENT_AU_DOSSIER = "versement_au_dossier"  # printed into the paper file
    VERSEMENT_ANNULE = "versement_annule"
    ACCOMPAGNEMENT_FINI = "accompagnement_fini"
    ACCOMPAGNEMENT_REPRIS = "accompagnement_repris"
    RSA_CLOS = "rsa_clos"
    RSA_ROUVERT = "rsa_rouvert"
    REVUE_DE_FICHE = "revue_de_fiche"  # the yearly look at a fiche on which nothing happened
    ATTRIBUTION = "attribution"  # given to an agent of the caisse by its responsable
    NOTE_D_APPEL = "note_d_appel"
    PHRASE_TYPE = "phrase_type"  # a stock phrase of the organisation was changed
    FICHE_COMPLETEE = "fiche_completee"  # a draft begun by another role is complete (annex 1)
    ABSENCE_DECLAREE = "absence_declaree"
    ABSENCE_ANNULEE = "absence_annulee"
    DOUBLON_SIGNALE = "doublon_signale"
    DYSFONCTIONNEMENT_SIGNALE = "dysfonctionnement_signale"
    DYSFONCTIONNEMENT_TRAITE = "dysfonctionnement_traite"
    # around the caseload
    IMPORT_DEPOSE = "import_depose"
    IMPORT_CONFIRME = "import_confirme"
    IMPORT_ANNULE = "import_annule"
    IMPORT_FAIT = "import_fait"
    PERSONNE_CONFIEE = "personne_confiee"
    PERSONNE_DEPLACEE = "personne_deplacee"  # to another TIS, by hand or by her address
    PERSONNE_CONTACTEE = "personne_contactee"
    PERSONNE_CORRIGEE = "personne_corrigee"  # what she declares of herself
    OBJECTIF_MODIFIE = "objectif_modifie"
    CONFLIT_DECIDE = "conflit_decide"
    OPPOSITION_RECUE = "opposition_recue"
    # reading
    LECTURE = "lecture"
    LECTURE_LISTE = "lecture_liste"
    RECHERCHE = "recherche"
    ETAT_CONSULTE = "etat_consulte"  # « Où en est-on ? », by reference
    COPIE_NIR = "copie_nir"
    DOCUMENT_IMPRIME = "document_imprime"
    EXPORT = "export"
    ACCES_REFUSE = "acces_refuse"
    # accounts
    CONNEXION = "connexion"
    CONNEXION_REFUSEE = "connexion_refusee"
    DECONNEXION = "deconnexion"
    COMPTE_VERROUILLE = "compte_verrouille"
    COMPTE_CREE = "compte_cree"
    COMPTE_INVITE = "compte_invite"
    INVITATION_ACCEPTEE = "invitation_acceptee"
    INVITATION_ANNULEE = "invitation_annulee"
    COMPTE_MODIFIE = "compte_modifie"
    COMPTE_DESACTIVE = "compte_desactive"
    COMPTE_REOUVERT = "compte_reouvert"
    IMPORT_D_AGENTS = "import_d_agents"
    EQUIPE_CREEE = "equipe_creee"
    EQUIPE_MODIFIEE = "equipe_modifiee"
    ROLE_PROPOSE = "role_propose"
    ROLE_REFUSE = "role_refuse"
    ROLE_DONNE = "role_donne"
    ROLE_RETIRE = "role_retire"
    REVUE_DES_DROITS = "revue_des_droits"
    FACTEURS_REINITIALISES = "facteurs_reinitialises"
    SESSION_TERMINEE = "session_terminee"
    CHANGEMENT_D_AFFECTATION = "changement_d_affectation"
    MOT_DE_PASSE_CHANGE = "mot_de_passe_change"
    SECOND_FACTEUR_AJOUTE = "second_facteur_ajoute"
    SECOND_FACTEUR_RETIRE = "second_facteur_retire"
    # erasure and operation
    DESTRUCTION_ENGAGEE = "destruction_engagee"
    DESTRUCTION = "destruction"
    RETENUE_POSEE = "retenue_posee"  # the DPO keeps a fiche from the purge
    RETENUE_LEVEE = "retenue_levee"
    CONSERVATION_RECALCULEE = "conservation_recalculee"
    RESTAURATION_REJOUEE = "restauration_rejouee"
    COURRIEL_ABANDONNE = "courriel_abandonne"
    CONVENTION_ENREGISTREE = "convention_enregistree"


class Issue(StrEnum):
    """How it ended."""

    FAIT = "fait"
    REFUSE = "refuse"
    ECHEC = "echec"


def choix(enumeration: type[StrEnum]) -> list[tuple[str, str]]:
    return [(valeur.value, valeur.value) for valeur in enumeration]


def parmi(champ: str, enumeration: type[StrEnum], nom: str) -> models.CheckConstraint:
    valeurs = sorted(valeur.value for valeur in enumeration)
    return models.CheckConstraint(condition=Q((f"{champ}__in", valeurs)), name=nom)
