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


class ObjetComplement(StrEnum):
    """What a complement bears on; without box 1 the last one is closed (architecture, circuit)."""

    IDENTITE = "identite"
    COORDONNEES = "coordonnees"
    NOUVEL_ENVOI = "nouvel_envoi"
    DOSSIER = "dossier"
