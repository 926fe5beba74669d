"""What moves the Département's clock besides the circuit: support, RSA, the yearly review.

Each act says a day, which may be past; the dates that follow are the rule's (relais.regles).
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from relais.annuaire.models import Affectation
from relais.fiches import conservations, droits
from relais.fiches.actions.acte import ActeRefuse, consigner_par, verrouiller_si
from relais.fiches.models import Fiche
from relais.journal.models import Action
from relais.regles.circuit import Statut
from relais.regles.conservation import Duree
from relais.regles.convention import Canal
from relais.socle.horloge import jour_de

JOURS = ("accompagnement_fini_le", "rsa_clos_le", "rsa_rouvert_le")
PAS_TERMINEE = "Terminez d’abord la fiche : une réponse peut encore arriver."
A_VENIR = "Ce jour n’est pas encore venu."
AVANT_LA_FICHE = "Ce jour est avant l’envoi de la fiche."
PAS_FINI = "L’accompagnement n’est pas noté comme fini."
PAS_CLOS = "La clôture du droit au RSA n’est pas notée."
PAS_ENVOYEE = "Cette fiche n’est pas envoyée : il n’y a rien à noter."
AVANT_LA_CLOTURE = "Ce jour est avant la clôture du droit au RSA."
RIEN_A_REVOIR = "Cette fiche n’est pas à revoir : rechargez la page."


def prevoir(acte: Callable[..., object], fiche: Fiche, **dit: Any) -> Duree:
    """What that act would make of the clock: done, looked at, undone. Raises as the act does."""
    with transaction.atomic():
        acte(fiche, **dit)
        duree = conservations.duree_ecrite(Fiche.objects.get(pk=fiche.pk))
        transaction.set_rollback(True)
    return duree


@transaction.atomic
def finir_accompagnement(
    fiche: Fiche, *, le: date, par: Affectation, maintenant: datetime
) -> Fiche:
    """The support of the person has ended on that day: its retention starts (article 5.2 a).

    Raises ActeRefuse while the fiche is open, on a day to come, or before it was sent.
    """
    fiche = verrouiller_si(lambda une: droits.peut_dater(par, une), fiche)
    _fini(fiche, le, maintenant)
    return _ecrire(fiche, Action.ACCOMPAGNEMENT_FINI, par, maintenant)


@transaction.atomic
def reprendre_accompagnement(fiche: Fiche, *, par: Affectation, maintenant: datetime) -> Fiche:
    """The support goes on after all, or was said finished by mistake: its clock stops."""
    fiche = verrouiller_si(lambda une: droits.peut_dater(par, une), fiche)
    if fiche.accompagnement_fini_le is None:
        raise ActeRefuse(PAS_FINI)
    fiche.accompagnement_fini_le = None
    return _ecrire(fiche, Action.ACCOMPAGNEMENT_REPRIS, par, maintenant)


@transaction.atomic
def clore_rsa(fiche: Fiche, *, le: date, par: Affectation, maintenant: datetime) -> Fiche:
    """The RSA right closed on that day: the five years of annex 1 count from it."""
    fiche = verrouiller_si(lambda une: droits.peut_dater(par, une), fiche)
    _clos(fiche, le, maintenant)
    return _ecrire(fiche, Action.RSA_CLOS, par, maintenant)


@transaction.atomic
def rouvrir_rsa(fiche: Fiche, *, le: date, par: Affectation, maintenant: datetime) -> Fiche:
    """The RSA right was opened again on that day: the clock stops until it closes anew."""
    fiche = verrouiller_si(lambda une: droits.peut_dater(par, une), fiche)
    _exiger_passe(le, maintenant)
    if fiche.rsa_clos_le is None:
        raise ActeRefuse(PAS_CLOS)
    if le < fiche.rsa_clos_le:
        raise ActeRefuse(AVANT_LA_CLOTURE, {"le": AVANT_LA_CLOTURE})
    fiche.rsa_rouvert_le = le
    return _ecrire(fiche, Action.RSA_ROUVERT, par, maintenant)


@transaction.atomic
def revoir(
    fiche: Fiche,
    *,
    fini_le: date | None = None,
    rsa_clos_le: date | None = None,
    par: Affectation,
    maintenant: datetime,
) -> Fiche:
    """The encadrant looks at a fiche on which nothing happened for a year.

    The support goes on, and the clock starts from today; or it has ended on `fini_le`; the RSA
    right may have closed on `rsa_clos_le`. Raises ActeRefuse where there is nothing to review, or
    as `finir_accompagnement` and `clore_rsa`.
    """
    fiche = verrouiller_si(lambda une: droits.peut_revoir(par, une), fiche)
    if fiche.revue_le is None or fiche.revue_le > jour_de(maintenant):
        raise ActeRefuse(RIEN_A_REVOIR)
    if fini_le is not None:
        _fini(fiche, fini_le, maintenant, champ="fini_le")
    if rsa_clos_le is not None:
        _clos(fiche, rsa_clos_le, maintenant, champ="rsa_clos_le")
    return _ecrire(fiche, Action.REVUE_DE_FICHE, par, maintenant)


def _fini(fiche: Fiche, le: date, maintenant: datetime, *, champ: str = "le") -> None:
    _exiger_passe(le, maintenant, champ=champ)
    # What left by BlueFiles is answered there: it is never finished here.
    if not fiche.terminee and fiche.canal != Canal.BLUEFILES:
        raise ActeRefuse(PAS_TERMINEE)
    if fiche.transmise_le and le < jour_de(fiche.transmise_le):
        raise ActeRefuse(AVANT_LA_FICHE, {champ: AVANT_LA_FICHE})
    fiche.accompagnement_fini_le = le


def _clos(fiche: Fiche, le: date, maintenant: datetime, *, champ: str = "le") -> None:
    if fiche.statut == Statut.BROUILLON:
        raise ActeRefuse(PAS_ENVOYEE)
    _exiger_passe(le, maintenant, champ=champ)
    fiche.rsa_clos_le, fiche.rsa_rouvert_le = le, None


def _exiger_passe(le: date, maintenant: datetime, *, champ: str = "le") -> None:
    if le > jour_de(maintenant):
        raise ActeRefuse(A_VENIR, {champ: A_VENIR})


def _ecrire(fiche: Fiche, action: Action, par: Affectation, maintenant: datetime) -> Fiche:
    horloge = conservations.dater(fiche, le=maintenant)
    fiche.save(update_fields=[*JOURS, *horloge])
    consigner_par(action, fiche.reference, par=par)
    return fiche
