"""The référents take the metadata of the fiches away, as a spreadsheet (article 6)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction

from relais.adaptateurs import tableur
from relais.annuaire.droits import exiger
from relais.annuaire.models import Affectation, Organisation
from relais.fiches import droits, metadonnees
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.fiches.models import Fiche
from relais.journal.models import Action
from relais.socle.horloge import PARIS, minuit

LIGNES_AU_PLUS = 10_000  # a few seconds and some tens of megabytes of memory
TROP_LONGUE = (
    "Cette période contient plus de 10 000 fiches. Choisissez-la plus courte, et faites plusieurs"
    " exports."
)


class Forme(StrEnum):
    """The file that is asked for."""

    XLSX = "xlsx"
    CSV = "csv"


TYPES_MIME = {
    Forme.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Forme.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Export:
    """A file whole in memory; nothing of it is kept."""

    nom: str
    type_mime: str
    octets: bytes
    nombre: int


@transaction.atomic
def exporter(
    debut: date, fin: date, forme: Forme, *, par: Affectation, maintenant: datetime
) -> Export:
    """One line for each fiche sent from `debut` to `fin`, both included, in Paris time.

    Raises ActeRefuse (field `fin`) beyond 10 000 lines. Journaled with the number of lines.
    """
    exiger(droits.peut_exporter(par))
    caisse = par.organisation.nature == Organisation.Nature.CAISSE
    fiches = list(
        Fiche.objects.referencees_par(par)
        .envoyees_entre(minuit(debut), minuit(fin + timedelta(days=1)))
        .pour_export()[: LIGNES_AU_PLUS + 1]
    )
    if len(fiches) > LIGNES_AU_PLUS:
        raise ActeRefuse(TROP_LONGUE, {"fin": TROP_LONGUE})
    periode = f"Fiches envoyées du {debut:%d/%m/%Y} au {fin:%d/%m/%Y}."
    feuilles = metadonnees.feuilles(fiches, caisse=caisse, periode=periode)
    if forme == Forme.XLSX:
        cree_le = maintenant.astimezone(PARIS).replace(tzinfo=None, microsecond=0)
        octets = tableur.xlsx(feuilles, titre=periode, cree_le=cree_le)
    else:
        octets = tableur.en_csv(feuilles[0])
    consigner_par(Action.EXPORT, f"fiches.{forme}", par=par, nombre=len(fiches))
    nom = f"relais-fiches-{debut.isoformat()}-{fin.isoformat()}.{forme}"
    return Export(nom, TYPES_MIME[forme], octets, len(fiches))
