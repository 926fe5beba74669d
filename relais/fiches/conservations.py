"""The Département's clock of a fiche: when its copy ends, or when somebody must look at it.

Rules give the dates (relais.regles.conservation), the fiche keeps them, the purge compares them.
The caisse's copies have their own (relais.fiches.exemplaires): nothing here moves them.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from relais.annuaire.conventions import regles_de
from relais.fiches.models import Fiche
from relais.regles import conservation, delais
from relais.regles.circuit import Statut
from relais.regles.conservation import Duree
from relais.regles.effacement import Cause
from relais.socle.horloge import jour_de

CHAMPS = ("dernier_evenement_le", "departement_a_purger_le", "revue_le")


class Horloge(NamedTuple):
    """The two dates of a fiche at the Département; a draft has neither, its own clock runs."""

    a_purger_le: datetime | None
    revue_le: date | None


def dater(fiche: Fiche, *, le: datetime) -> tuple[str, ...]:
    """Something happened at `le`: set the clock of a locked fiche; the columns to save."""
    fiche.dernier_evenement_le = le
    fiche.departement_a_purger_le, fiche.revue_le = horloge(fiche)
    return CHAMPS


def horloge(fiche: Fiche, *, au: date | None = None) -> Horloge:
    """The clock of that fiche as its columns read.

    `au`: the day whose durations apply, that of the last event unless given (an avenant that
    changes them: relais.rgpd.actions.recalcul).
    """
    statut, evenement = Statut(fiche.statut), fiche.dernier_evenement_le
    if statut == Statut.BROUILLON or evenement is None:
        return Horloge(None, None)
    convention = regles_de(fiche.convention_id)
    if statut == Statut.RAPPELEE:
        return Horloge(conservation.brouillon(evenement, convention=convention), None)
    duree = duree_de(fiche, au=au)
    if duree.a_purger_le is None:
        return Horloge(None, duree.revue_le)
    return Horloge(delais.debut_du_jour(duree.a_purger_le, convention=convention), None)


def duree_de(fiche: Fiche, *, au: date | None = None) -> Duree:
    """What the rule says of a fiche once sent: which clause, archived when, kept until when."""
    assert fiche.dernier_evenement_le is not None
    convention = regles_de(fiche.convention_id)
    return conservation.exemplaire_departement(
        dernier_evenement_le=delais.jour_local(fiche.dernier_evenement_le, convention=convention),
        durees_du=au,
        convention=convention,
        accompagnement_fini_le=fiche.accompagnement_fini_le,
        rsa_clos_le=fiche.rsa_clos_le,
        rsa_rouvert_le=fiche.rsa_rouvert_le,
        versee_au_dossier_le=_jour(fiche),
    )


def duree_ecrite(fiche: Fiche) -> Duree:
    """The same with the dates that its columns hold: what the purge and the review compare."""
    duree, fin = duree_de(fiche), fiche.departement_a_purger_le
    return replace(
        duree,
        dernier_jour=jour_de(fin) - timedelta(days=1) if fin else None,
        revue_le=fiche.revue_le or duree.revue_le,
    )


def cause(fiche: Fiche) -> Cause:
    """By which rule a fiche that has fallen due goes, as its certificates say."""
    if fiche.statut == Statut.RAPPELEE:
        return Cause.BROUILLON
    return Cause(duree_de(fiche).regle.value)


def _jour(fiche: Fiche) -> date | None:
    if fiche.versee_au_dossier_le is None:
        return None
    convention = regles_de(fiche.convention_id)
    return delais.jour_local(fiche.versee_au_dossier_le, convention=convention)
