"""The circuit of a fiche: one table of transitions, and nothing else decides of a state.

Lateness is not a state. A hand-over changes who « auteur » is, not the table.
"""

from dataclasses import dataclass
from enum import StrEnum


class Statut(StrEnum):
    """State of a fiche."""

    BROUILLON = "brouillon"
    TRANSMISE = "transmise"
    PRISE_EN_CHARGE = "prise_en_charge"
    COMPLEMENT_DEMANDE = "complement_demande"
    REPONDUE = "repondue"
    HORS_PERIMETRE = "hors_perimetre"
    RAPPELEE = "rappelee"
    RETIREE = "retiree"
    CLOSE = "close"


CHEZ_LA_CAISSE = (Statut.TRANSMISE, Statut.PRISE_EN_CHARGE)  # its turn to act
OUVERTES = (*CHEZ_LA_CAISSE, Statut.COMPLEMENT_DEMANDE)  # sent, and not answered yet
TRAITEES = (Statut.REPONDUE, Statut.HORS_PERIMETRE)  # answered, and not closed yet
REPONDUES = (*TRAITEES, Statut.CLOSE)  # closed or not
TERMINEES = (Statut.CLOSE, Statut.RETIREE)


class Geste(StrEnum):
    """What somebody does to a fiche, in the words of the convention."""

    TRANSMETTRE = "transmettre"
    PRENDRE_EN_CHARGE = "prendre_en_charge"
    DONNER_ETAPE = "donner_etape"
    DEMANDER_COMPLEMENT = "demander_complement"
    COMPLETER = "completer"
    REPONDRE = "repondre"
    DIRE_HORS_PERIMETRE = "dire_hors_perimetre"
    RAPPELER = "rappeler"
    RETIRER = "retirer"
    CORRIGER = "corriger"
    REDEMANDER = "redemander"
    CLORE = "clore"
    CLORE_AVEC_REPONSE = "clore_avec_reponse"
    CLORE_D_OFFICE = "clore_d_office"
    ROUVRIR = "rouvrir"
    SUPPRIMER = "supprimer"


class Partie(StrEnum):
    """Who acts. « auteur » is the owner of the fiche: its author until it is handed over."""

    AUTEUR = "auteur"
    CAISSE = "caisse"
    ENCADRANT = "encadrant"
    SYSTEME = "systeme"


class MotifRefus(StrEnum):
    """Why an act is refused."""

    ETAT = "etat"
    PARTIE = "partie"
    DEJA_LUE = "deja_lue"
    PAS_ENCORE_LUE = "pas_encore_lue"


PHRASES = {
    MotifRefus.ETAT: "La fiche a changé d’état entre-temps : rechargez la page.",
    MotifRefus.PARTIE: "Ce geste revient à une autre personne.",
    MotifRefus.DEJA_LUE: (
        "La caisse a déjà ouvert cette fiche : elle ne se rappelle plus. Vous pouvez la retirer."
    ),
    MotifRefus.PAS_ENCORE_LUE: (
        "La caisse n’a pas encore ouvert cette fiche : vous pouvez la rappeler."
    ),
}


class GesteImpossible(Exception):
    """The table has no such transition. `motif` says why, `phrase` says it to the person."""

    def __init__(self, motif: MotifRefus) -> None:
        super().__init__(motif.value)
        self.motif = motif
        self.phrase = PHRASES[motif]


@dataclass(frozen=True, slots=True)
class Transition:
    """`arrivee` None: the fiche is deleted. `lue` None: read or not by the caisse, both do."""

    depart: Statut
    geste: Geste
    par: frozenset[Partie]
    arrivee: Statut | None
    lue: bool | None = None


def _lignes(
    departs: tuple[Statut, ...],
    geste: Geste,
    par: tuple[Partie, ...],
    arrivee: Statut | None,
    lue: bool | None = None,
) -> list[Transition]:
    return [Transition(depart, geste, frozenset(par), arrivee, lue) for depart in departs]


_S, _G, _P = Statut, Geste, Partie

TRANSITIONS: tuple[Transition, ...] = (
    *_lignes((_S.BROUILLON,), _G.TRANSMETTRE, (_P.AUTEUR,), _S.TRANSMISE),
    *_lignes((_S.TRANSMISE,), _G.PRENDRE_EN_CHARGE, (_P.CAISSE,), _S.PRISE_EN_CHARGE),
    # The first act of the caisse counts as taking charge, whatever the act.
    *_lignes(CHEZ_LA_CAISSE, _G.DONNER_ETAPE, (_P.CAISSE,), _S.PRISE_EN_CHARGE),
    *_lignes(CHEZ_LA_CAISSE, _G.DEMANDER_COMPLEMENT, (_P.CAISSE,), _S.COMPLEMENT_DEMANDE),
    *_lignes((_S.COMPLEMENT_DEMANDE,), _G.COMPLETER, (_P.AUTEUR,), _S.PRISE_EN_CHARGE),
    *_lignes(OUVERTES, _G.REPONDRE, (_P.CAISSE,), _S.REPONDUE),
    *_lignes(OUVERTES, _G.DIRE_HORS_PERIMETRE, (_P.CAISSE,), _S.HORS_PERIMETRE),
    *_lignes((_S.TRANSMISE,), _G.RAPPELER, (_P.AUTEUR,), _S.RAPPELEE, lue=False),
    *_lignes((_S.TRANSMISE,), _G.RETIRER, (_P.AUTEUR,), _S.RETIREE, lue=True),
    # Death, opposition, box taken back: possible until the answer.
    *_lignes((_S.PRISE_EN_CHARGE, _S.COMPLEMENT_DEMANDE), _G.RETIRER, (_P.AUTEUR,), _S.RETIREE),
    *_lignes((_S.RAPPELEE,), _G.CORRIGER, (_P.AUTEUR,), _S.BROUILLON),
    *_lignes(TRAITEES, _G.REDEMANDER, (_P.AUTEUR,), _S.TRANSMISE),
    *_lignes(TRAITEES, _G.CLORE, (_P.AUTEUR,), _S.CLOSE),
    *_lignes(TRAITEES, _G.CLORE_AVEC_REPONSE, (_P.CAISSE,), _S.CLOSE),
    *_lignes(TRAITEES, _G.CLORE_D_OFFICE, (_P.SYSTEME,), _S.CLOSE),
    *_lignes((_S.CLOSE,), _G.ROUVRIR, (_P.AUTEUR, _P.ENCADRANT), _S.TRANSMISE),
    # The system deletes what its author forgot (conservation.brouillon).
    *_lignes((_S.BROUILLON, _S.RAPPELEE), _G.SUPPRIMER, (_P.AUTEUR, _P.SYSTEME), None),
)

_PAR_DEPART = {(ligne.depart, ligne.geste): ligne for ligne in TRANSITIONS}


def verifier(statut: Statut, geste: Geste, *, par: Partie, lue: bool = False) -> Transition:
    """The transition of that act, or GesteImpossible.

    `lue`: the caisse has opened the last message of the author.
    """
    ligne = _PAR_DEPART.get((Statut(statut), Geste(geste)))
    if ligne is None:
        raise GesteImpossible(MotifRefus.ETAT)
    if par not in ligne.par:
        raise GesteImpossible(MotifRefus.PARTIE)
    if ligne.lue is not None and ligne.lue != lue:
        raise GesteImpossible(MotifRefus.DEJA_LUE if lue else MotifRefus.PAS_ENCORE_LUE)
    return ligne


def apres(statut: Statut, geste: Geste, *, par: Partie, lue: bool = False) -> Statut:
    """The state after that act, or GesteImpossible. A deletion leaves no state: use `verifier`."""
    arrivee = verifier(statut, geste, par=par, lue=lue).arrivee
    if arrivee is None:
        raise ValueError("a deletion leaves no state: call verifier()")
    return arrivee


def gestes_possibles(statut: Statut, *, par: Partie, lue: bool = False) -> list[Geste]:
    """The acts that the table allows to that party, in the order of Geste."""
    permis = {
        ligne.geste
        for ligne in TRANSITIONS
        if ligne.depart == statut and par in ligne.par and ligne.lue in (None, lue)
    }
    return [geste for geste in Geste if geste in permis]


def mermaid() -> str:
    """The table as a Mermaid state diagram (docs/circuit.md)."""
    lignes = ["stateDiagram-v2", "    [*] --> brouillon"]
    for ligne in TRANSITIONS:
        par = ", ".join(partie.value for partie in Partie if partie in ligne.par)
        condition = {None: "", True: ", lue", False: ", non lue"}[ligne.lue]
        arrivee = "[*]" if ligne.arrivee is None else ligne.arrivee.value
        geste = ligne.geste.value.replace("_", " ")
        lignes.append(f"    {ligne.depart.value} --> {arrivee} : {geste} ({par}{condition})")
    departs = {ligne.depart for ligne in TRANSITIONS}
    lignes += [f"    {statut.value} --> [*]" for statut in Statut if statut not in departs]
    return "\n".join(lignes) + "\n"
