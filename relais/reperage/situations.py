"""What the CNAF's codes say of the situation of one adult (ACT, NATRESS)."""

from collections.abc import Iterable, Mapping
from typing import Any

# Salaried, self-employed, farmer, apprentice, home child minder, sheltered work, salesman.
_TRAVAIL = {"SAL", "ETI", "EXP", "APP", "AMA", "CAT", "VRP"}
_INVALIDE, _RETRAITE, _SIGNALES = "INV", "RET", {"INP", "HAN"}
_PENSION_INVALIDITE, _PENSIONS_RETRAITE = "021", {"022", "028"}


def situation(
    activites: Iterable[Mapping[str, str]], ressources: Iterable[Any], *, au: str
) -> dict[str, Any]:
    """What `Adulte` is told, from the texts of each `Activite` and the elements `Ressources`.

    `au`: the day, written AAAA-MM-JJ. An activity that ended before it and a resource of nothing
    do not count. Unfit and handicapped are only said so: to confirm. Work counts with invalidity.
    """
    actes = {lue.get("ACT") for lue in activites if not "" < lue.get("DFACT", "")[:10] < au}
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
    return {nom: True for nom, oui in dits.items() if oui}


def _verse(nature: Any) -> bool:
    montant = nature.getparent().findtext("MTNATRESSMEN") or ""
    try:
        return float(montant.strip().replace(",", ".")) > 0
    except ValueError:
        return False
