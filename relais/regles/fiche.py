"""Codes of the fiche that annex 1 does not list: they are ours, the convention file holds its own.

What annex 1 offers to tick (situations, dossiers, motifs) is read from the convention.
"""

from enum import StrEnum


class SansNir(StrEnum):
    """Why the fiche leaves without a NIR."""

    PAS_SUR_ELLE = "pas_sur_elle"
    NE_CONNAIT_PAS = "ne_connait_pas"
    NE_SOUHAITE_PAS = "ne_souhaite_pas"
    PAS_ENCORE = "pas_encore"


RAISONS_SANS_NIR = {
    SansNir.PAS_SUR_ELLE: "la personne ne l’a pas sur elle",
    SansNir.NE_CONNAIT_PAS: "la personne ne le connaît pas",
    SansNir.NE_SOUHAITE_PAS: "la personne ne souhaite pas le donner",
    SansNir.PAS_ENCORE: "la personne n’en a pas encore",
}


class ModeSignature(StrEnum):
    """Drawn on a screen, or on a paper page whose photo or scan is joined."""

    ECRAN = "ecran"
    PAGE = "page"


class Signataire(StrEnum):
    """Who signed: the insured person, or somebody entitled to sign for her."""

    PERSONNE = "personne"
    REPRESENTANT = "representant"


class NatureReponse(StrEnum):
    """What the caisse says back; the first five close a tour."""

    PAIEMENT_DEBLOQUE = "paiement_debloque"
    PIECE_MANQUANTE = "piece_manquante"
    DROIT_ACCORDE = "droit_accorde"
    AUTRE_ORGANISME = "autre_organisme"
    AUTRE = "autre"
    ETAPE = "etape"
    HORS_PERIMETRE = "hors_perimetre"
    COMPLEMENT_DEMANDE = "complement_demande"


class Droit(StrEnum):
    """A right that the caisse can grant."""

    RETRAITE = "retraite"
    REVERSION = "reversion"
    ASPA = "aspa"
    ASI = "asi"


LIBELLES_DROIT = {
    Droit.RETRAITE: "Retraite",
    Droit.REVERSION: "Réversion",
    Droit.ASPA: "Aspa",
    Droit.ASI: "ASI",
}


class MoyenContact(StrEnum):
    """How the caisse reached the person directly."""

    TELEPHONE = "telephone"
    COURRIEL = "courriel"
    COURRIER = "courrier"


LIBELLES_MOYEN = {
    MoyenContact.TELEPHONE: "téléphone",
    MoyenContact.COURRIEL: "courriel",
    MoyenContact.COURRIER: "courrier",
}


class Interlocuteur(StrEnum):
    """Whom a contact of the caisse reached."""

    PERSONNE = "personne"
    PROCHE = "proche"
    PROFESSIONNEL = "professionnel"
    AUCUN = "aucun"


LIBELLES_INTERLOCUTEUR = {
    Interlocuteur.PERSONNE: "la personne",
    Interlocuteur.PROCHE: "un proche, ou qui la représente",
    Interlocuteur.PROFESSIONNEL: "le professionnel du Département",
    Interlocuteur.AUCUN: "personne n’a répondu",
}


class MotifCopie(StrEnum):
    """Why somebody who does not have the fiche in charge asks for the whole NIR."""

    REMPLACEMENT = "remplacement"
    VERIFICATION = "verification"
    DEMARCHE = "demarche"
    RAPPROCHEMENT = "rapprochement"


RAISONS_COPIE = {
    MotifCopie.REMPLACEMENT: "je remplace le collègue qui suit cette fiche",
    MotifCopie.VERIFICATION: "je vérifie le numéro avec la personne",
    MotifCopie.DEMARCHE: "je fais une démarche avec la personne ou pour elle",
    MotifCopie.RAPPROCHEMENT: "je compare avec une autre fiche ou un autre dossier",
}


class ObjetComplement(StrEnum):
    """What a complement bears on; without box 1 the last one is closed (architecture, circuit)."""

    IDENTITE = "identite"
    COORDONNEES = "coordonnees"
    NOUVEL_ENVOI = "nouvel_envoi"
    DOSSIER = "dossier"


LIBELLES_COMPLEMENT: dict[str, str] = {
    ObjetComplement.IDENTITE: "L’identité de la personne",
    ObjetComplement.COORDONNEES: "Les coordonnées de la personne",
    ObjetComplement.NOUVEL_ENVOI: "Un nouvel envoi de la fiche",
    ObjetComplement.DOSSIER: "Le dossier ou la situation",
}


def objets_du_complement(*, informe: bool) -> tuple[ObjetComplement, ...]:
    """What a complement may bear on. Without box 1 nothing of the file may be told (annex 1)."""
    return tuple(o for o in ObjetComplement if informe or o is not ObjetComplement.DOSSIER)
