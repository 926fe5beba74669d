"""The result of a screening: one line per person, the same for every family of files."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

from relais.regles.calendrier import age
from relais.regles.convention import Convention
from relais.regles.foyer import Adulte, Examen, examiner

COLONNES = (
    *("ligne", "naissance", "age", "retraite_due_le", "aspa_due_le", "taux_plein_le"),
    *("age_legal_le", "publics", "urgence", "motifs"),
)
ENTETE = ";".join(COLONNES)
# Distinct people kept in mind: memory stays flat whatever the size of the file.
_EN_MEMOIRE = 20_000

Repere = Callable[[Adulte], str]


def reperage(*, au: date, convention: Convention) -> Repere:
    """The columns after `ligne` of one adult on that day, evaluated once per distinct adult."""

    @lru_cache(maxsize=_EN_MEMOIRE)
    def reperer(adulte: Adulte) -> str:
        return en_colonnes(examiner(adulte, au=au, convention=convention), au=au)

    return reperer


def en_colonnes(examen: Examen, *, au: date) -> str:
    """`naissance;age;…;motifs`: ISO dates, empty where nothing is due; several codes by a comma."""
    dates = examen.echeances
    retraite_le = dates.retraite_due_le
    return ";".join(
        (
            examen.naissance.isoformat(),
            str(age(examen.naissance, au=au)),
            "" if retraite_le is None else retraite_le.isoformat(),
            dates.aspa_due_le.isoformat(),
            dates.taux_plein_le.isoformat(),
            dates.age_legal_le.isoformat(),
            ",".join(examen.publics),
            str(examen.urgence.value),
            ",".join([str(motif) for motif in examen.motifs]),
        )
    )
