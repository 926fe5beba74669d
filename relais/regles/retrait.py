"""Why a request already read by the caisse is withdrawn: told to the Département alone."""

from enum import StrEnum


class MotifRetrait(StrEnum):
    """Chosen by the professional. The caisse never learns it: there the fiche disappears."""

    DECES = "deces"
    OPPOSITION = "opposition"
    CASE_REPRISE = "case_reprise"
    AUTRE_DEMARCHE = "autre_demarche"
    ERREUR = "erreur"


LIBELLES_RETRAIT: dict[str, str] = {
    MotifRetrait.DECES: "la personne est décédée",
    MotifRetrait.OPPOSITION: "la personne s’oppose au traitement de ses données",
    MotifRetrait.CASE_REPRISE: "la personne revient sur une case qu’elle avait cochée",
    MotifRetrait.AUTRE_DEMARCHE: "une autre démarche a réglé la situation",
    MotifRetrait.ERREUR: "la fiche est partie par erreur",
}
