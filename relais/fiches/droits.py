"""Who may do what with a fiche (security.md, rights). Deny by default, one place."""

from relais.annuaire.models import Affectation
from relais.fiches.models import ROLES_CAISSE, Fiche
from relais.regles.circuit import Partie
from relais.regles.convention import Convention, Role
from relais.socle import horloge


def partie_de(qui: Affectation, fiche: Fiche) -> Partie | None:
    """The side on which `qui` acts on this fiche, None when they have no part in it."""
    if qui.organisation_id == fiche.caisse_id:
        return Partie.CAISSE if qui.role in ROLES_CAISSE else None
    if qui.organisation_id != fiche.departement_id:
        return None
    if qui.agent_id == fiche.proprietaire_id and qui.role in (
        Role.TRAVAILLEUR_SOCIAL,
        Role.CHARGE_ACCUEIL,
        Role.ENCADRANT,
    ):
        return Partie.AUTEUR
    if qui.role == Role.ENCADRANT and qui.equipe_id == fiche.equipe_id:
        return Partie.ENCADRANT
    return None


def peut_lire(qui: Affectation, fiche: Fiche) -> bool:
    """Content: the owner, the team's encadrant once sent, the caisse once sent."""
    return Fiche.objects.visibles_par(qui).filter(pk=fiche.pk).exists()


def peut_completer(qui: Affectation, convention: Convention) -> bool:
    """Fill a fiche in (annex 1: the social workers). An encadrant does so for the team."""
    permis = convention.fiche.completee_par.exigee(horloge.aujourd_hui())
    return qui.role in permis or qui.role == Role.ENCADRANT


def peut_ecrire(qui: Affectation, fiche: Fiche, convention: Convention) -> bool:
    return partie_de(qui, fiche) == Partie.AUTEUR and peut_completer(qui, convention)


def peut_envoyer(qui: Affectation, fiche: Fiche, convention: Convention) -> bool:
    """Send a completed fiche (annex 1: social workers or chargés d'accueil social)."""
    permis = convention.fiche.envoyee_par.exigee(horloge.aujourd_hui())
    return partie_de(qui, fiche) == Partie.AUTEUR and (
        qui.role in permis or qui.role == Role.ENCADRANT
    )


def peut_traiter(qui: Affectation, fiche: Fiche) -> bool:
    """Act for the caisse."""
    return partie_de(qui, fiche) == Partie.CAISSE


def peut_suivre(qui: Affectation) -> bool:
    """See the counts of the convention (art. 6)."""
    return qui.role in (Role.REFERENT, Role.RESPONSABLE_CAISSE, Role.ENCADRANT)


def peut_signaler(qui: Affectation) -> bool:
    """Report a malfunction: the professionals of both sides who use the channel (art. 6)."""
    return qui.role in (
        Role.TRAVAILLEUR_SOCIAL,
        Role.CHARGE_ACCUEIL,
        Role.ENCADRANT,
        Role.AGENT_CAISSE,
        Role.RESPONSABLE_CAISSE,
        Role.REFERENT,
    )
