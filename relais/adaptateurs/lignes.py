"""Big text files line by line, through polars: a distinct line is read once, then joined back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from relais.adaptateurs.fichier import FichierRefuse, Refuse

_HORS_DU_TEXTE = "\x01"  # a separator that no text has: the whole line is one column
_RIEN = '; \t"'


@dataclass(frozen=True, slots=True)
class Bilan:
    """How many lines were written and were blank, and the refused ones: (number, reason)."""

    ecrites: int
    vides: int
    refus: list[tuple[int, str]]


def traduire(
    source: Path,
    sortie: Path,
    *,
    entete: str,
    traduction: Callable[[Sequence[str]], list[str | Refuse]],
) -> Bilan:
    """Write `number;translation` for each line of `source` but the first, which holds the titles.

    Lines are numbered as a spreadsheet does, the titles being line 1. `traduction` gets the
    distinct lines (UTF-8, without end of line), sorted, and gives for each what takes its place,
    without quote nor end of line, or why it is refused. Lines of nothing but separators are passed
    over. Raises FichierRefuse when the file is no text.
    """
    lignes = _lire(source)
    distinctes = lignes.get_column("ligne").unique().cast(pl.String).sort()
    pleines = distinctes.filter(distinctes.str.strip_chars(_RIEN) != "")
    traduites = traduction(pleines.to_list())
    sens = pl.DataFrame(
        {
            "ligne": pleines.cast(pl.Categorical),
            "traduite": [t if isinstance(t, str) else None for t in traduites],
            "raison": [t.raison if isinstance(t, Refuse) else None for t in traduites],
        },
        schema={"ligne": pl.Categorical, "traduite": pl.String, "raison": pl.String},
    )
    jointes = lignes.join(sens, on="ligne", how="left", maintain_order="left")
    bonnes = jointes.filter(pl.col("traduite").is_not_null())
    with sortie.open("wb") as flux:
        flux.write(f"{entete}\n".encode())
        bonnes.select("numero", "traduite").write_csv(
            flux, separator=";", include_header=False, quote_style="never"
        )
    refus = jointes.filter(pl.col("raison").is_not_null()).select("numero", "raison")
    return Bilan(len(bonnes), len(lignes) - len(bonnes) - len(refus), refus.rows())


def _lire(source: Path) -> pl.DataFrame:
    try:
        lues = pl.read_csv(
            source,
            separator=_HORS_DU_TEXTE,
            has_header=False,
            infer_schema=False,
            quote_char=None,
            new_columns=["ligne"],
        )
    except pl.exceptions.PolarsError:
        raise FichierRefuse(
            "Ce fichier n’est pas un texte lisible. Enregistrez-le en CSV, encodé en UTF-8."
        ) from None
    return lues.cast(pl.Categorical).with_row_index("numero", offset=1).slice(1)
