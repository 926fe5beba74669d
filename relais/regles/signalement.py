"""A malfunction followed to its answer (article 6): one table, and codes instead of free text."""

from enum import StrEnum


class Etat(StrEnum):
    """Where a reported malfunction stands."""

    SIGNALE = "signale"
    PRIS = "pris"
    REPONDU = "repondu"
    CLOS = "clos"


class Geste(StrEnum):
    """What a référent does with it."""

    PRENDRE = "prendre"
    REPONDRE = "repondre"
    CLORE = "clore"


class Reponse(StrEnum):
    """What was found or done. Nothing here tells what the caisse answered about anybody."""

    CORRIGE = "corrige"
    RELANCE = "relance"
    A_COMPLETER = "a_completer"
    CADRE_RAPPELE = "cadre_rappele"
    TECHNIQUE = "technique"
    DPO = "dpo"
    COMITE = "comite"
    RIEN = "rien"


class Suite(StrEnum):
    """Who acts next."""

    PROFESSIONNEL = "professionnel"
    CAISSE = "caisse"
    REFERENT_DEPARTEMENT = "referent_departement"
    REFERENT_CAISSE = "referent_caisse"
    PERSONNE = "personne"


OUVERTS = (Etat.SIGNALE, Etat.PRIS)
_TABLE: dict[Geste, tuple[frozenset[Etat], Etat]] = {
    Geste.PRENDRE: (frozenset({Etat.SIGNALE}), Etat.PRIS),
    Geste.REPONDRE: (frozenset({Etat.SIGNALE, Etat.PRIS, Etat.REPONDU}), Etat.REPONDU),
    Geste.CLORE: (frozenset({Etat.REPONDU}), Etat.CLOS),
}


def apres(etat: Etat, geste: Geste) -> Etat | None:
    """The state after that act, None when it is not possible from there."""
    departs, arrivee = _TABLE[geste]
    return arrivee if etat in departs else None


def gestes_possibles(etat: Etat) -> list[Geste]:
    return [geste for geste in Geste if apres(etat, geste) is not None]
