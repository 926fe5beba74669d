"""Dates as files write them, births first, and the refusal of a cell that does not give one."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from functools import lru_cache

from relais.regles.foyer import Precision, naissance_retenue

_PRECISIONS = {"": Precision.CONNUE, **{precision.value: precision for precision in Precision}}
# An xs:date may bear a time zone, which is left out.
_ISO = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2}|T.*)?")
_HEURE = re.compile(r"[T ]\d{1,2}[:h]\d{2}(?::\d{2}(?:\.\d+)?)?$")
_ANNEE_DEVANT = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_ANNEE_DERRIERE = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})")
_COMPACTE = re.compile(r"([0-9]{7,8})(?:[.,]0+)?")
# Days since 30 December 1899, as spreadsheets count; a smaller number is rather a year.
_SERIE = re.compile(r"([0-9]{4,5})(?:[.,][0-9]+)?")
_ORIGINE_DES_SERIES, _SERIE_AU_MOINS = date(1899, 12, 30), 3000
ANS_AU_PLUS = 130
_A_VENIR = 50  # years that a date of two digits may be after the day of the screening
_PREMIERE_ANNEE = 1900


class CaseRefusee(Exception):
    """`phrase`: which cell and how to mend it, in French. It never quotes the cell."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


def vraisemblable(lue: date, *, au: date) -> date:
    """That birth date, unless nobody alive on that day can bear it. Raises CaseRefusee."""
    if lue > au:
        raise CaseRefusee("naissance : cette date est après celle du repérage.")
    if lue.year < au.year - ANS_AU_PLUS:
        raise CaseRefusee(f"naissance : cette date est à plus de {ANS_AU_PLUS} ans.")
    return lue


def du_flux(lue: str, precision: str, *, au: date) -> tuple[date, Precision]:
    """A DTNAI and its TYPEDTNAI: what is not known of the date may be written 00."""
    if precision not in _PRECISIONS:
        raise CaseRefusee("naissance : TYPEDTNAI n’est ni N, ni J, ni O.")
    sure = _PRECISIONS[precision]
    trouve = _ISO.fullmatch(lue)
    if trouve is None:
        raise CaseRefusee("naissance : DTNAI manque ou n’est pas une date AAAA-MM-JJ.")
    annee, mois, jour = (int(chiffres) for chiffres in trouve.groups())
    if sure == Precision.MOIS_INCONNU:
        mois = mois or 1
    if sure != Precision.CONNUE:
        jour = jour or 1
    try:
        naissance = date(annee, mois, jour)
    except ValueError:
        raise CaseRefusee("naissance : cette date n’existe pas.") from None
    vraisemblable(naissance_retenue(naissance, precision=sure), au=au)
    return naissance, sure


def de_tableau(case: str, *, au: date) -> date:
    """A birth date as a spreadsheet writes it: ISO, dd/mm/yyyy, dd/mm/yy, compact, or a serial."""
    if not case:
        raise CaseRefusee("naissance : la case est vide.")
    lues = set(_lectures(_HEURE.sub("", case), au.year))
    plausibles = {lue for lue in lues if lue <= au and lue.year >= au.year - ANS_AU_PLUS}
    if len(plausibles) == 1:
        return plausibles.pop()
    if len(plausibles) > 1:
        raise CaseRefusee("naissance : deux dates sont possibles, écrivez JJ/MM/AAAA.")
    if lues:
        return vraisemblable(lues.pop(), au=au)
    raise CaseRefusee("naissance : cette date ne se lit pas, écrivez JJ/MM/AAAA.")


@lru_cache(maxsize=4096)
def un_jour(case: str, *, au: date) -> date | None:
    """Any day as a flow or a spreadsheet writes it, past or to come; None: it does not read."""
    if trouve := _ISO.fullmatch(case):
        lues = set(_date(trouve[1], trouve[2], trouve[3]))
    else:
        lues = set()
    lues |= set(_lectures(_HEURE.sub("", case), au.year + _A_VENIR))
    plausibles = {lue for lue in lues if lue.year >= _PREMIERE_ANNEE}
    return plausibles.pop() if len(plausibles) == 1 else None


def _lectures(texte: str, derniere: int) -> Iterator[date]:
    """The dates that this text may write. `derniere`: the latest year that two digits may be."""
    if trouve := _ANNEE_DEVANT.fullmatch(texte):
        yield from _date(trouve[1], trouve[2], trouve[3])
    if trouve := _ANNEE_DERRIERE.fullmatch(texte):
        annee = trouve[3]
        if len(annee) == 2:
            siecle = derniere // 100 * 100
            annee = str(siecle + int(annee) - (100 if siecle + int(annee) > derniere else 0))
        yield from _date(annee, trouve[2], trouve[1])
    if trouve := _COMPACTE.fullmatch(texte):
        chiffres = trouve[1].zfill(8)  # a zero in front is lost in a number
        yield from _date(chiffres[:4], chiffres[4:6], chiffres[6:])
        yield from _date(chiffres[4:], chiffres[2:4], chiffres[:2])
    if (trouve := _SERIE.fullmatch(texte)) and int(trouve[1]) >= _SERIE_AU_MOINS:
        yield _ORIGINE_DES_SERIES + timedelta(days=int(trouve[1]))


def _date(annee: str, mois: str, jour: str) -> Iterator[date]:
    with suppress(ValueError):
        yield date(int(annee), int(mois), int(jour))
