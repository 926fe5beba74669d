"""Contacts with a person: facts of a list, with their day; never a free text."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches.actions.acte import ActeRefuse
from relais.journal.models import Action
from relais.regles.reperage import Fait
from relais.reperage import droits
from relais.reperage.actions.acte import changer
from relais.reperage.dossier import Dossier, Note
from relais.reperage.models import Personne
from relais.socle.horloge import jour_de

PAS_VENU = "Ce jour n’est pas encore venu."
TROP_ANCIEN = "Ce jour est trop ancien : un contact se note dans l’année."
RIEN = "Cochez ce qui s’est passé."
DEJA_RETIREE = "Cette note n’est plus là."


def cle(note: Note) -> str:
    """What a form names a note by: no two notes of a day tell the same fact."""
    return f"{note.le.isoformat()}:{note.fait}"


@transaction.atomic
def noter(
    personne: Personne,
    faits: Collection[Fait],
    *,
    le: date,
    par: Affectation,
    maintenant: datetime,
) -> Personne:
    """Keep these facts of a contact. Raises ActeRefuse with its `manques`."""
    exiger(droits.peut_suivre(par, personne))
    jour = jour_de(maintenant)
    manques = {}
    if not faits:
        manques["faits"] = RIEN
    if le > jour:
        manques["le"] = PAS_VENU
    elif le < jour - timedelta(days=366):
        manques["le"] = TROP_ANCIEN
    if manques:
        raise ActeRefuse("La note n’est pas complète.", manques)

    def apres(dossier: Dossier) -> Dossier:
        deja = {cle(note) for note in dossier.notes}
        nouvelles = (Note(le, fait, par.agent.nom_complet) for fait in Fait if fait in faits)
        return replace(
            dossier, notes=(*dossier.notes, *(n for n in nouvelles if cle(n) not in deja))
        )

    return changer(
        personne,
        apres,
        permis=droits.peut_suivre,
        action=Action.PERSONNE_CONTACTEE,
        par=par,
        maintenant=maintenant,
    )


@transaction.atomic
def retirer_note(
    personne: Personne, note: str, *, par: Affectation, maintenant: datetime
) -> Personne:
    """Take back a note written by mistake: one's own, or anybody's for the encadrant."""

    def apres(dossier: Dossier) -> Dossier:
        ecrite = next((une for une in dossier.notes if cle(une) == note), None)
        if ecrite is None:
            raise ActeRefuse(DEJA_RETIREE)
        exiger(droits.peut_retirer(par, ecrite))
        return replace(dossier, notes=tuple(une for une in dossier.notes if une != ecrite))

    return changer(
        personne,
        apres,
        permis=droits.peut_suivre,
        action=Action.PERSONNE_CONTACTEE,
        par=par,
        maintenant=maintenant,
    )
