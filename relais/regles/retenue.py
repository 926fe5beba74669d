"""Holds: why the DPO of the Département keeps a fiche from the purge, and until when at most."""

from datetime import date
from enum import StrEnum

from relais.regles.calendrier import decaler
from relais.regles.convention import Convention


class MotifRetenue(StrEnum):
    """A closed list: a hold says why without a word about the person."""

    CONTENTIEUX = "contentieux"
    DROITS = "droits"
    VIOLATION = "violation"
    RECLAMATION = "reclamation"
    CONTROLE = "controle"


LIBELLES_RETENUE: dict[str, str] = {
    MotifRetenue.CONTENTIEUX: "Un recours ou un contentieux est en cours",
    MotifRetenue.DROITS: "La personne exerce ses droits (RGPD, articles 15 à 22)",
    MotifRetenue.VIOLATION: "Une violation de données est à l’étude (RGPD, article 33)",
    MotifRetenue.RECLAMATION: "Une plainte ou une réclamation est en cours",
    MotifRetenue.CONTROLE: "Une autorité de contrôle a demandé la fiche",
}


def fin_au_plus_tard(pose_le: date, *, convention: Convention) -> date:
    """The last day of a hold put on `pose_le`, at most (setting, in calendar months)."""
    return decaler(pose_le, mois=convention.conservation.retenue_mois.exigee(pose_le))
