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
# People share their days: whoever was born on one reaches the same ages together.
_iso = lru_cache(maxsize=_EN_MEMOIRE)(date.isoformat)

Repere = Callable[[Adulte], str]


def reperage(*, au: date, convention: Convention) -> Repere:
    """The columns after `ligne` of one adult on that day, evaluated once per distinct adult."""

    @lru_cache(maxsize=_EN_MEMOIRE)
    def reperer(adulte: Adulte) -> str:
        return en_colonnes(examiner(adulte, au=au, convention=convention), au=au)

    return reperer


def en_colonnes(examen: Examen, *, au: date) -> str:
    """`naissance;age;…;motifs`: ISO dates, empty where nothing is due; several codes by a comma."""
    naissance, dates, publics, urgence, motifs = examen
    retraite_le = dates.retraite_due_le
    return ";".join(
        (
            _naissance(naissance, au),
            "" if retraite_le is None else _iso(retraite_le),
            _iso(dates.aspa_due_le),
            _iso(dates.taux_plein_le),
            _iso(dates.age_legal_le),
            ",".join(publics),
            str(int(urgence)),
            ",".join(map(str, motifs)),
        )
    )


@lru_cache(maxsize=_EN_MEMOIRE)
def _naissance(naissance: date, au: date) -> str:
    return f"{naissance.isoformat()};{age(naissance, au=au)}"
