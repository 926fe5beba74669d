"""The DPO takes the journal of their organisation away, sealed (docs/adr/0020)."""

import io
from datetime import date

from django.db import transaction

from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.actions.exports import Export
from relais.journal import export
from relais.journal.lecture import Periode
from relais.rgpd import droits

TYPE_MIME = "application/jsonl"
VIDE = "Aucun acte n’est noté dans cette période."


@transaction.atomic
def exporter(periode: Periode, *, du: date, au: date, par: Affectation) -> Export:
    """What was linked in that period, whole in memory. Raises ActeRefuse when nothing was.

    `du`, `au`: its days, for the name of the file. Raises CoffreIndisponible without the key.
    """
    exiger(droits.peut_lire_le_journal(par))
    organisation, tampon = par.organisation_id, io.BytesIO()
    try:
        nombre = export.exporter(
            organisation,
            du=periode.debut,
            au=periode.fin,
            vers=tampon,
            par=par.agent.pseudonyme,
        )
    except export.JournalVide:
        raise ActeRefuse(VIDE, {"fin": VIDE}) from None
    nom = f"journal-{organisation}-{du.isoformat()}-{au.isoformat()}.jsonl"
    return Export(nom, TYPE_MIME, tampon.getvalue(), nombre)
