"""The words of the screening: what is noted about a person, and the objective of her contract.

Lists of facts, never free text: what a contact was, what is left to do (articles 1 and 3).
"""

from enum import StrEnum


class EtatContact(StrEnum):
    """Where one is with a person; the only thing of it that lists show and sort."""

    A_CONTACTER = "a_contacter"
    TENTE = "tente"
    CONTACTEE = "contactee"
    EN_DEMARCHES = "en_demarches"
    TERMINE = "termine"


LIBELLES_CONTACT: dict[str, str] = {
    EtatContact.A_CONTACTER: "À contacter",
    EtatContact.TENTE: "Contact essayé",
    EtatContact.CONTACTEE: "Contactée",
    EtatContact.EN_DEMARCHES: "Démarches engagées",
    EtatContact.TERMINE: "Démarches faites",
}


class Fait(StrEnum):
    """What may be noted of a contact."""

    SANS_REPONSE = "sans_reponse"
    MESSAGE_LAISSE = "message_laisse"
    COURRIER_ENVOYE = "courrier_envoye"
    JOINTE = "jointe"
    RECUE = "recue"
    VUE_CHEZ_ELLE = "vue_chez_elle"
    INFORMEE_DE_SES_DROITS = "informee_de_ses_droits"
    COORDONNEES_FAUSSES = "coordonnees_fausses"


LIBELLES_FAIT: dict[str, str] = {
    Fait.SANS_REPONSE: "Appelée, sans réponse",
    Fait.MESSAGE_LAISSE: "Message laissé, sans rien dire du motif",
    Fait.COURRIER_ENVOYE: "Courrier envoyé",
    Fait.JOINTE: "Jointe au téléphone",
    Fait.RECUE: "Reçue en rendez-vous",
    Fait.VUE_CHEZ_ELLE: "Vue chez elle",
    Fait.INFORMEE_DE_SES_DROITS: "Informée de ses droits sur ces informations",
    Fait.COORDONNEES_FAUSSES: "Coordonnées à corriger",
}

FAITS_DE_CONTACT = frozenset(
    {Fait.JOINTE, Fait.RECUE, Fait.VUE_CHEZ_ELLE, Fait.INFORMEE_DE_SES_DROITS}
)
FAITS_D_ESSAI = frozenset({Fait.SANS_REPONSE, Fait.MESSAGE_LAISSE, Fait.COURRIER_ENVOYE})


class Demarche(StrEnum):
    """The actions of the objective, in the order in which they are done (article 1)."""

    RELEVE_DE_CARRIERE = "releve_de_carriere"
    DEMANDE_DE_RETRAITE = "demande_de_retraite"
    DEMANDE_D_ASPA = "demande_d_aspa"
    NOTIFICATION = "notification"


LIBELLES_DEMARCHE: dict[str, str] = {
    Demarche.RELEVE_DE_CARRIERE: "Relevé de carrière obtenu",
    Demarche.DEMANDE_DE_RETRAITE: "Demande de retraite déposée",
    Demarche.DEMANDE_D_ASPA: "Demande d’Aspa déposée, le même jour",
    Demarche.NOTIFICATION: "Notification reçue",
}
# Without a base scheme, the same action goes elsewhere (CSS R.815-15).
ASPA_A_LA_MAIRIE = "Demande d’Aspa déposée à la mairie"


def libelle_de(demarche: Demarche, *, mairie: bool = False) -> str:
    """The words of an action; `mairie`: for who has no base scheme."""
    if mairie and demarche == Demarche.DEMANDE_D_ASPA:
        return ASPA_A_LA_MAIRIE
    return LIBELLES_DEMARCHE[demarche]


class Charge(StrEnum):
    """Who has an action to do."""

    PERSONNE = "personne"
    PROFESSIONNEL = "professionnel"
    ENSEMBLE = "ensemble"


LIBELLES_CHARGE: dict[str, str] = {
    Charge.PERSONNE: "la personne",
    Charge.PROFESSIONNEL: "le professionnel",
    Charge.ENSEMBLE: "la personne, avec le professionnel",
}


class EtatObjectif(StrEnum):
    """Where the objective of the contrat d'engagement is."""

    PROPOSE = "propose"
    INSCRIT = "inscrit"
    ATTEINT = "atteint"
    ABANDONNE = "abandonne"


LIBELLES_OBJECTIF: dict[str, str] = {
    EtatObjectif.PROPOSE: "Proposé à la personne",
    EtatObjectif.INSCRIT: "Inscrit au contrat d’engagement (CER)",
    EtatObjectif.ATTEINT: "Atteint",
    EtatObjectif.ABANDONNE: "Retiré, la personne ne le souhaite pas",
}


class Famille(StrEnum):
    """The families of files that are read."""

    FLUX = "flux"
    TABLEAU = "tableau"
    CONTACTS = "contacts"


LIBELLES_FAMILLE: dict[str, str] = {
    Famille.FLUX: "Flux mensuel de la CNAF (XML)",
    Famille.TABLEAU: "Tableau du Département",
    Famille.CONTACTS: "Contacts de la CNAF",
}


class EtatImport(StrEnum):
    """The steps of an import. From A_LIRE to PRET nothing of anybody is changed."""

    A_LIRE = "a_lire"
    LECTURE = "lecture"
    PRET = "pret"
    EN_COURS = "en_cours"
    FAIT = "fait"
    ANNULE = "annule"
    REFUSE = "refuse"


LIBELLES_IMPORT: dict[str, str] = {
    EtatImport.A_LIRE: "En attente de lecture",
    EtatImport.LECTURE: "Lecture en cours",
    EtatImport.PRET: "Relu, à confirmer",
    EtatImport.EN_COURS: "Enregistrement en cours",
    EtatImport.FAIT: "Enregistré",
    EtatImport.ANNULE: "Annulé",
    EtatImport.REFUSE: "Fichier refusé",
}
COLONNES_A_DIRE = "Pas encore lu, colonnes à dire"


class Consentement(StrEnum):
    """What the person agreed to for messages (CNAF). A refusal: a letter, nothing else."""

    ACCORDE = "A"
    REFUSE = "R"
    INCONNU = "I"


class Difference(StrEnum):
    """What a file changes about a person; several hold at once."""

    NOUVELLE = "nouvelle"
    DEMENAGEE = "demenagee"
    DECEDEE = "decedee"
    SORTIE = "sortie"
    REVENUE = "revenue"
    DE_63_ANS = "de_63_ans"
    INVALIDITE = "invalidite"
    SUSPENSION = "suspension"
    SITUATION = "situation"
    REPETEE = "repetee"  # told of in several places of the file
    COORDONNEES = "coordonnees"
    IDENTITE = "identite"
    INCHANGEE = "inchangee"
    PLUS_ANCIEN = "plus_ancien"
    CONFLIT = "conflit"
    CONTREDITE = "contredite"
    OPPOSEE = "opposee"
    SANS_OBJET = "sans_objet"
    NON_GARDEE = "non_gardee"
    INCERTAINE = "incertaine"  # of a contact: somebody kept, perhaps


LIBELLES_DIFFERENCE: dict[str, str] = {
    Difference.NOUVELLE: "Nouvelle",
    Difference.DEMENAGEE: "A changé d’adresse",
    Difference.DECEDEE: "Décédée d’après le fichier : à enregistrer",
    Difference.SORTIE: "N’est plus dans le fichier",
    Difference.REVENUE: "Revenue dans le fichier",
    Difference.DE_63_ANS: "Entre dans le public des 63 ans et plus",
    Difference.INVALIDITE: "Pension d’invalidité signalée pour la première fois",
    Difference.SUSPENSION: (
        "Versement suspendu dans l’attente d’une demande de retraite, pour la première fois"
    ),
    Difference.SITUATION: "Situation modifiée",
    Difference.REPETEE: "Plusieurs fois dans le fichier",
    Difference.COORDONNEES: "Coordonnées modifiées",
    Difference.IDENTITE: "Identité complétée",
    Difference.INCHANGEE: "Sans changement",
    Difference.PLUS_ANCIEN: "Déjà connue par un fichier plus récent",
    Difference.CONFLIT: "Deux sources se contredisent : à décider",
    Difference.CONTREDITE: "Contredit ce que la personne avait déclaré",
    Difference.OPPOSEE: "Opposition enregistrée : non reprise",
    Difference.SANS_OBJET: "N’est plus concernée : effacée",
    Difference.NON_GARDEE: "Pas concernée à ce jour : non gardée",
    Difference.INCERTAINE: "Contact qui peut être de plusieurs personnes : laissé",
}

SOURCES: dict[str, str] = {
    Famille.FLUX: "fichier de la CNAF",
    Famille.TABLEAU: "tableau du Département",
    Famille.CONTACTS: "contacts de la CNAF",
}


class MotifSortie(StrEnum):
    """Why somebody is no longer concerned, as a professional learns it."""

    DECES = "deces"
    SANS_RSA = "sans_rsa"
    AILLEURS = "ailleurs"


LIBELLES_SORTIE: dict[str, str] = {
    MotifSortie.DECES: "La personne est décédée",
    MotifSortie.SANS_RSA: "Le foyer ne relève plus du RSA",
    MotifSortie.AILLEURS: "La personne vit dans un autre département",
}
