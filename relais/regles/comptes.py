"""Accounts: when a right must be looked at again, when nobody uses an account any more."""

from datetime import date, datetime, timedelta

from relais.regles.calendrier import decaler
from relais.regles.convention import Convention, Role

# What the rights table of docs/droits.md opens without anybody's content, nor the means to open it.
ROLES_SANS_CONTENU = frozenset({Role.REFERENT, Role.ADMINISTRATEUR_TECHNIQUE})
ROLES_A_DEUX = frozenset(Role) - ROLES_SANS_CONTENU


def demande_un_accord(role: Role) -> bool:
    """Does the role start after a second person's approval? (security.md, rights; ADR 0015.)

    An administrateur reads nothing but gives roles: one alone could make an accomplice of himself.
    """
    return role in ROLES_A_DEUX


def prochaine_revue(jour: date, *, convention: Convention) -> date | None:
    """The day by which a right given or confirmed on `jour` is reviewed; None without a setting."""
    mois = convention.comptes.revue_mois.au(jour)
    return None if mois is None else decaler(jour, mois=mois)


def fin_du_lien(instant: datetime, *, jour: date, convention: Convention) -> datetime:
    """The instant from which a single-use link made at `instant` opens nothing any more."""
    return instant + timedelta(hours=convention.comptes.invitation_heures.exigee(jour))


def seuil_d_inutilite(instant: datetime, *, jour: date, convention: Convention) -> datetime | None:
    """An account without a login since that instant is unused; None without a setting."""
    jours = convention.comptes.inutilise_jours.au(jour)
    return None if jours is None else instant - timedelta(days=jours)
