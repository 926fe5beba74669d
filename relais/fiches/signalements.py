"""Malfunctions of the channel, reported by professionals to both sides' référents (art. 6)."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from relais.annuaire.models import Affectation, Convention
from relais.fiches import avis, droits
from relais.fiches.actions.acte import exiger
from relais.fiches.models import Avis, Dysfonctionnement
from relais.journal.actions import consigner
from relais.journal.models import Action

RECENTS = 50


@transaction.atomic
def signaler(
    nature: str, reference: str, *, par: Affectation, maintenant: datetime
) -> Dysfonctionnement:
    """Write it down and mail the référents of both parties; a nature and a reference, no text."""
    exiger(droits.peut_signaler(par))
    convention = (
        Convention.objects.filter(
            Q(departement=par.organisation_id) | Q(caisse=par.organisation_id)
        )
        .order_by("code")
        .first()
    )
    if convention is None:  # a party of no convention has no channel to speak of
        raise PermissionDenied
    signale = Dysfonctionnement.objects.create(
        convention=convention,
        organisation_id=par.organisation_id,
        territoire=par.territoire,
        nature=nature,
        reference=reference,
        par=par.agent,
        signale_le=maintenant,
    )
    for organisation in (convention.departement_id, convention.caisse_id):
        for referent in Affectation.objects.referents(organisation):
            avis.prevoir(
                Avis.Objet.DYSFONCTIONNEMENT,
                convention=convention.code,
                organisation=organisation,
                agent=referent.agent,
                maintenant=maintenant,
            )
    consigner(
        Action.DYSFONCTIONNEMENT_SIGNALE,
        organisation=par.organisation_id,
        agent=par.agent.pseudonyme,
        objet=reference,
    )
    return signale


def recents(organisation: str) -> QuerySet[Dysfonctionnement]:
    """The latest malfunctions of the conventions of that party."""
    return (
        Dysfonctionnement.objects.filter(
            Q(convention__departement=organisation) | Q(convention__caisse=organisation)
        )
        .select_related("organisation", "territoire")
        .order_by("-signale_le")[:RECENTS]
    )
