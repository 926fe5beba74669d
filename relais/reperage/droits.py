"""Who may do what with the caseload (security.md, rights). Deny by default, one place."""

from relais.annuaire.models import Affectation, Equipe, Organisation
from relais.fiches import droits as fiches
from relais.regles.convention import Convention, Role
from relais.reperage.dossier import Note
from relais.reperage.models import Personne

QUI_REPERE = (Role.CHARGE_REPERAGE, Role.ENCADRANT, Role.TRAVAILLEUR_SOCIAL)
QUI_CONFIE = (Role.CHARGE_REPERAGE, Role.ENCADRANT)
QUI_COMPTE = (Role.CHARGE_REPERAGE, Role.ENCADRANT, Role.REFERENT)


def peut_importer(qui: Affectation) -> bool:
    """Give a file, look at what it says, have it stored."""
    return qui.role == Role.CHARGE_REPERAGE


def peut_lire(qui: Affectation, personne: Personne) -> bool:
    """Open a person: the chargé du repérage, the équipe's encadrant, who follows her."""
    return Personne.objects.visibles_par(qui).filter(pk=personne.pk).exists()


def peut_confier(qui: Affectation, personne: Personne) -> bool:
    """Give a person to a travailleur social (encadrant), or to an équipe (chargé du repérage)."""
    return qui.role in QUI_CONFIE and peut_lire(qui, personne)


def peut_confier_a(qui: Affectation, a: Equipe | Affectation | None) -> bool:
    """To whom: an open équipe (chargé du repérage), a travailleur social of the équipe (encadrant);
    None: taken back.
    """
    if qui.role == Role.CHARGE_REPERAGE:
        return a is None or (
            isinstance(a, Equipe)
            and a.organisation_id == qui.organisation_id
            and a.fermee_le is None
        )
    if qui.role == Role.ENCADRANT:
        return a is None or (
            isinstance(a, Affectation)
            and a.role == Role.TRAVAILLEUR_SOCIAL
            and a.equipe_id == qui.equipe_id
        )
    return False


def peut_suivre(qui: Affectation, personne: Personne) -> bool:
    """Note contacts, record the objective, start a fiche."""
    return qui.role in (Role.ENCADRANT, Role.TRAVAILLEUR_SOCIAL) and peut_lire(qui, personne)


def peut_deplacer(qui: Affectation, personne: Personne) -> bool:
    """Change the TIS by hand."""
    return qui.role == Role.CHARGE_REPERAGE and peut_lire(qui, personne)


def peut_opposer(qui: Affectation, personne: Personne) -> bool:
    """Record that the person asked to be used no more: whoever may open her."""
    return peut_lire(qui, personne)


def peut_exporter(qui: Affectation) -> bool:
    """Take a list away: the chargé du repérage and the encadrant."""
    return qui.role in QUI_CONFIE


def peut_corriger(qui: Affectation, personne: Personne) -> bool:
    """Write down what the person says of herself (CRPA L.114-8): whoever may open her."""
    return peut_lire(qui, personne)


def peut_decider(qui: Affectation, personne: Personne) -> bool:
    """Say which of two sources is right: who sees the files, or who sees the person."""
    return peut_lire(qui, personne)


def peut_sortir(qui: Affectation, personne: Personne) -> bool:
    """Say that the person is no longer concerned (death, no right): whoever may open her."""
    return peut_lire(qui, personne)


def peut_commencer_une_fiche(qui: Affectation, personne: Personne, regles: Convention) -> bool:
    """Start a fiche already filled in: who follows the person and may begin a fiche."""
    return peut_suivre(qui, personne) and fiches.peut_commencer(qui, regles)


def peut_voir_les_objectifs(qui: Affectation) -> bool:
    """Read how many objectives there are, by TIS: nobody is named."""
    return qui.role in QUI_COMPTE and qui.organisation.nature == Organisation.Nature.DEPARTEMENT


def peut_retirer(qui: Affectation, note: Note) -> bool:
    """Take a contact back: who wrote it, or who leads the équipe."""
    return qui.role == Role.ENCADRANT or note.par == qui.agent.nom_complet
