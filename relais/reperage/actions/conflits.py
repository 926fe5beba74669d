"""Two sources disagree about who it is: a person decides, and the decision is journaled.

A decision stays with the disagreement, so that the next file does not ask again.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from relais.annuaire.models import Affectation
from relais.fiches.actions.acte import ActeRefuse
from relais.journal.models import Action
from relais.regles.effacement import Cause
from relais.regles.foyer import Precision
from relais.reperage import dossiers, droits
from relais.reperage.actions import oppositions
from relais.reperage.actions.acte import changer
from relais.reperage.dossier import Conflit, Dossier, Identite
from relais.reperage.imports import fusions
from relais.reperage.imports.rapprochement import (
    DEUX_PERSONNES,
    DOUBLON,
    NAISSANCE,
    NIR,
    PRENOMS,
    naissance_lue,
)
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de

DEJA_DECIDE = "Ce désaccord est déjà réglé : voici où en est la personne."
FERMEE = (
    "L’autre page n’est pas ouverte pour vous : le chargé du repérage peut réunir les deux pages."
)


class Decision(StrEnum):
    """What was found out, with the person or on a paper of hers. Two pages of one: GARDER."""

    GARDER = "garder"
    REMPLACER = "remplacer"
    DEUX_PERSONNES = DEUX_PERSONNES


_QUOI = {
    NIR: "Numéro de sécurité sociale",
    PRENOMS: "Prénoms",
    NAISSANCE: "Date de naissance",
    DOUBLON: "Deux pages",
}
_DITS = {
    Decision.GARDER: "gardé après vérification",
    Decision.REMPLACER: "remplacé après vérification",
    Decision.DEUX_PERSONNES: "il s’agit de deux personnes",
}
_REUNIES = "réunies ici"


def cles(dossier: Dossier) -> Iterator[tuple[str, Conflit]]:
    """Each disagreement with what a form names it by, which says nothing of what is disputed."""
    vus: Counter[str] = Counter()
    for pose in dossier.conflits:
        cle = f"{pose.nature}:{pose.le.isoformat()}"
        vus[cle] += 1
        yield f"{cle}:{vus[cle]}", pose


def a_decider(dossier: Dossier) -> dict[str, Conflit]:
    """Those that wait for a decision, by the same name."""
    return {cle: pose for cle, pose in cles(dossier) if not pose.decision}


@transaction.atomic
def decider(
    personne: Personne,
    conflit: str,
    decision: Decision,
    *,
    par: Affectation,
    maintenant: datetime,
) -> Personne:
    """Keep what is stored, take what the other source says, or keep both people apart.

    A double: both pages become this one, the other is destroyed. Raises ActeRefuse.
    """
    jour = jour_de(maintenant)
    pose = a_decider(dossiers.lire(personne)).get(conflit)
    if pose is None:
        raise ActeRefuse(DEJA_DECIDE)
    autre = None
    if pose.nature == DOUBLON and decision != Decision.DEUX_PERSONNES:
        autre = _absorber(UUID(pose.valeur), par=par, maintenant=maintenant)

    def apres(dossier: Dossier) -> Dossier:
        if a_decider(dossier).get(conflit) != pose:
            raise ActeRefuse(DEJA_DECIDE)
        return _decide(dossier, pose, decision, autre, le=jour)

    return changer(
        personne,
        apres,
        permis=droits.peut_decider,
        action=Action.CONFLIT_DECIDE,
        par=par,
        maintenant=maintenant,
    )


def _decide(
    dossier: Dossier, pose: Conflit, decision: Decision, autre: Dossier | None, *, le: date
) -> Dossier:
    conflits = tuple(
        replace(un, decision=decision.value) if un == pose else un for un in dossier.conflits
    )
    decide = replace(dossier, conflits=conflits)
    if pose.nature == DOUBLON:
        dit = _DITS[decision] if decision == Decision.DEUX_PERSONNES else _REUNIES
        return _reunir(decide, autre).passee(le, f"{_QUOI[DOUBLON]} : {dit}")
    if decision == Decision.REMPLACER:
        decide = replace(decide, identite=_remplacee(dossier.identite, pose))
        decide = decide.declaree(fusions.IDENTITE, le=le)
    if pose.nature == NAISSANCE and _est_sure(decide, decision):
        decide = decide.declaree(fusions.NAISSANCE, le=le)
    return decide.passee(le, f"{_QUOI[pose.nature]} : {_DITS[decision]}")


def _est_sure(decide: Dossier, decision: Decision) -> bool:
    """Whether the birth date is known, now that somebody checked it."""
    connue = decide.identite.precision == Precision.CONNUE
    return connue and decision != Decision.DEUX_PERSONNES


def _remplacee(identite: Identite, pose: Conflit) -> Identite:
    if pose.nature == NIR:
        return replace(identite, nir=pose.valeur)
    if pose.nature == NAISSANCE:
        naissance, precision = naissance_lue(pose.valeur)
        return replace(identite, naissance=naissance, precision=precision)
    return replace(identite, prenoms=pose.valeur)


def _absorber(pk: UUID, *, par: Affectation, maintenant: datetime) -> Dossier | None:
    """The other page, destroyed; None when it is gone already."""
    if not Personne.objects.d_ids([pk]).exists():
        return None
    autre = Personne.objects.visibles_par(par).d_ids([pk]).first()
    if autre is None:
        raise ActeRefuse(FERMEE)
    dossier = dossiers.lire(autre)
    oppositions.effacer(
        autre, droits.peut_decider, regle=Cause.SANS_OBJET, par=par, maintenant=maintenant
    )
    return dossier


def _reunir(dossier: Dossier, autre: Dossier | None) -> Dossier:
    """What was noted or declared on both pages; an objective of this one stays."""
    if autre is None:
        return dossier
    return replace(
        fusions.reprendre(dossier, autre),
        notes=tuple(dict.fromkeys((*dossier.notes, *autre.notes))),
        passages=tuple(sorted((*dossier.passages, *autre.passages), key=lambda un: un.le)),
        objectif=dossier.objectif or autre.objectif,
        foyer=dossier.foyer if dossier.foyer.conjoint else autre.foyer,
    )
