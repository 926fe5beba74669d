"""What the CNAF's codes say of the situation of one adult (ACT, NATRESS)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from relais.reperage.lecture.naissances import un_jour

# Salaried, self-employed, farmer, apprentice, home child minder, sheltered work, salesman.
_TRAVAIL = {"SAL", "ETI", "EXP", "APP", "AMA", "CAT", "VRP"}
_INVALIDE, _RETRAITE, _SIGNALES = "INV", "RET", {"INP", "HAN"}
_PENSION_INVALIDITE, _PENSIONS_RETRAITE = "021", {"022", "028"}


_CODES = {_INVALIDE, _RETRAITE, *_TRAVAIL, *_SIGNALES}
FIN_ILLISIBLE = (
    "la fin d’une activité (DFACT) ne se lit pas, l’activité est comptée : vérifiez-la, ou écrivez"
    " la date JJ/MM/AAAA"
)


def situation(
    activites: Iterable[Mapping[str, str]], ressources: Iterable[Any], *, au: date
) -> tuple[dict[str, Any], list[str]]:
    """What `Adulte` is told, and what is to be checked.

    From the texts of each `Activite` and the elements `Ressources`. An activity that ended before
    `au` and a resource of nothing do not count; an end that does not read ends nothing. Unfit and
    handicapped are only said so: to confirm. Work counts with invalidity.
    """
    actes, illisible = set(), False
    for lue in activites:
        code, fin = lue.get("ACT", "").upper(), lue.get("DFACT", "")
        finie = un_jour(fin, au=au) if fin else None
        illisible |= bool(fin) and finie is None and code in _CODES
        if finie is None or finie >= au:
            actes.add(code)
    natures = {
        (nature.text or "").strip()
        for bloc in ressources
        for nature in bloc.iter("NATRESS")
        if _verse(nature)
    }
    invalidite = _INVALIDE in actes or _PENSION_INVALIDITE in natures
    dits = {
        "invalidite": invalidite,
        "travaille": invalidite and not actes.isdisjoint(_TRAVAIL),
        "signale": not actes.isdisjoint(_SIGNALES),
        "pensionne": _RETRAITE in actes or not natures.isdisjoint(_PENSIONS_RETRAITE),
    }
    return {nom: True for nom, oui in dits.items() if oui}, [FIN_ILLISIBLE] * illisible


def _verse(nature: Any) -> bool:
    montant = nature.getparent().findtext("MTNATRESSMEN") or ""
    try:
        return float(montant.strip().replace(",", ".")) > 0
    except ValueError:
        return False
