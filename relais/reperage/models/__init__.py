"""The caseload: people who are to be reached, and the files that told of them."""

from relais.reperage.models.exports import Export, ExportQuerySet
from relais.reperage.models.imports import (
    Correspondance,
    Import,
    ImportQuerySet,
    Lot,
    Morceau,
)
from relais.reperage.models.personnes import Personne, PersonneQuerySet

__all__ = [
    "Correspondance",
    "Export",
    "ExportQuerySet",
    "Import",
    "ImportQuerySet",
    "Lot",
    "Morceau",
    "Personne",
    "PersonneQuerySet",
]
