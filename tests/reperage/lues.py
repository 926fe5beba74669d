"""People as the readers of files tell of them."""

import io
from datetime import date

from relais.reperage.lecture import flux_cnaf, tableaux
from relais.reperage.lecture.evenements import Lecture, Personne
from tests.reperage.personnes import Recue


def du_tableau(texte: str, au: date) -> list[Recue]:
    return _recues(tableaux.lire(io.BytesIO(texte.encode()), au=au, identites=True))


def du_flux(octets: bytes, au: date) -> list[Recue]:
    return _recues(flux_cnaf.lire(io.BytesIO(octets), au=au, identites=True))


def _recues(lecture: Lecture) -> list[Recue]:
    return [
        Recue(un.dossier, un.foyer, un.dites)
        for un in lecture.evenements
        if isinstance(un, Personne) and un.dossier is not None
    ]
