"""The caisse writes down a contact about a fiche, and takes back a note written by mistake."""

import uuid
from datetime import datetime

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.coffre.actions import Genre, sceller_neuf
from relais.fiches import droits, effacement, notes
from relais.fiches.actions import reponses
from relais.fiches.actions.acte import ActeRefuse, consigner_par, verrouiller
from relais.fiches.models import Fiche, NoteAppel
from relais.fiches.notes import Appel
from relais.journal.models import Action
from relais.regles.circuit import Statut
from relais.regles.effacement import Cause
from relais.socle.horloge import jour_de

SANS_EXEMPLAIRE = "Votre exemplaire a été effacé : une note ne peut plus lui être jointe."
DEJA_RETIREE = "Cette note n’est plus là."


@transaction.atomic
def noter(fiche: Fiche, appel: Appel, *, par: Affectation, maintenant: datetime) -> NoteAppel:
    """Keep a note of a contact, under a key of its own, as long as the caisse's copy at most.

    A call is an act: the fiche that nobody has, or that waits for `par`, is taken in charge.
    Raises ActeRefuse with its `manques`, or when the caisse no longer holds the request.
    """
    exiger(droits.peut_traiter(par, fiche))
    if manques := notes.manques(appel, jour=jour_de(maintenant)):
        raise ActeRefuse("La note n’est pas complète.", manques)
    fiche = verrouiller(fiche)
    if not fiche.copie_vivante(maintenant):
        raise ActeRefuse(SANS_EXEMPLAIRE)
    if fiche.statut == Statut.TRANSMISE and fiche.chargee_a_id in (None, par.agent_id):
        reponses.prendre_en_charge(fiche, par=par, maintenant=maintenant)
    assert fiche.copie_caisse_jusqu_au is not None  # it lives
    pk = uuid.uuid4()
    note = NoteAppel.objects.create(
        id=pk,
        fiche=fiche,
        organisation_id=fiche.caisse_id,
        par=par.agent,
        document=sceller_neuf(Genre.NOTE, pk, appel.en_octets(), organisation=fiche.caisse_id),
        cree_le=maintenant,
        a_purger_le=fiche.copie_caisse_jusqu_au,
    )
    consigner_par(Action.NOTE_D_APPEL, fiche.reference, par=par)
    return note


@transaction.atomic
def retirer_note(fiche: Fiche, note: str, *, par: Affectation, maintenant: datetime) -> None:
    """Destroy a note of one's own, written on the wrong fiche or badly. `note`: its id."""
    exiger(droits.peut_traiter(par, fiche))
    ecrite = next((une for une in NoteAppel.objects.de(fiche) if str(une.pk) == note), None)
    if ecrite is None:
        raise ActeRefuse(DEJA_RETIREE)
    exiger(ecrite.par_id == par.agent_id)
    NoteAppel.objects.filter(pk=ecrite.pk).update(destruction_engagee_le=maintenant)
    effacement.engager(
        Genre.NOTE,
        {ecrite.pk: maintenant},
        organisation=fiche.caisse_id,
        regle=Cause.NOTE_RETIREE,
        le=maintenant,
    )
    consigner_par(Action.DESTRUCTION_ENGAGEE, fiche.reference, par=par)
