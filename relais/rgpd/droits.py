"""Who may do what with retention (security.md, rights). Deny by default, one place."""

from relais.annuaire.models import Affectation, Organisation
from relais.fiches.models import Fiche
from relais.regles.convention import Role


def peut_lire_le_journal(qui: Affectation) -> bool:
    """Read and take away the journal of one's own organisation, which the wall alone shows."""
    return qui.role == Role.DPO


def peut_suivre_les_effacements(qui: Affectation) -> bool:
    """What falls due, certificates, bordereau, of one's own organisation."""
    return qui.role == Role.DPO


def peut_poser_des_retenues(qui: Affectation) -> bool:
    """The DPO of a Département: nothing prolongs what a caisse has (art. 5.2 a)."""
    return qui.role == Role.DPO and qui.organisation.nature == Organisation.Nature.DEPARTEMENT


def peut_retenir(qui: Affectation, fiche: Fiche) -> bool:
    """Keep a fiche from the purge, or let it go again: the DPO of its Département alone."""
    return qui.role == Role.DPO and qui.organisation_id == fiche.departement_id
