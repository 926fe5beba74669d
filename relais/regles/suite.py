"""What to do now about one person, in which order and with whom (convention, articles 1 and 3).

Steps follow from the reasons of an examination: what is only to verify is never said to be claimed,
and who has no base scheme is sent to the town hall, not to the caisse (CSS R.815-15).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from relais.regles.convention import Convention
from relais.regles.explication import AAH_A_VERIFIER, aspa_a_verifier, depot, en_mots, valeurs
from relais.regles.foyer import Examen
from relais.regles.reperage import Demarche
from relais.regles.subsidiarite import CODES_AAH, Aah, Code
from relais.regles.textes import Paragraphe, TextesSuite

_DE_L_AAH = frozenset(CODES_AAH.values())
_PAS_D_ABORD = frozenset(AAH_A_VERIFIER)
Etape = tuple[Paragraphe, Demarche | None]


@dataclass(frozen=True, slots=True)
class Pas:
    """A step. `demarche`: the action of the objective that it stands for, None for a check."""

    titre: str
    texte: str
    demarche: Demarche | None = None


def a_faire(
    examen: Examen,
    *,
    au: date,
    convention: Convention,
    veuf: bool = False,
    articles: bool = True,
) -> tuple[Pas, ...]:
    """The steps in their order. `articles`: for an agent; without them for what the person keeps.

    ValeurInconnue when the words did not exist yet on `au`.
    """
    textes = convention.reperage.suite.exigee(au)
    dites = valeurs(examen, au=au, convention=convention)
    maintenant = depot(examen, au=au, convention=convention) <= au
    return tuple(
        Pas(paragraphe.titre, en_mots(paragraphe, dites, articles=articles), demarche)
        for paragraphe, demarche in (
            *_verifications(examen, textes),
            *_demarches(examen, textes, maintenant=maintenant),
            *([(textes.reversion, None)] if veuf else []),
        )
    )


def objectif_propose(examen: Examen, *, au: date, convention: Convention) -> str:
    """The objective in the words of the person, to read and to sign: no article, no health."""
    textes = convention.reperage.suite.exigee(au)
    maintenant = depot(examen, au=au, convention=convention) <= au
    if aspa_a_verifier(examen):
        choisi = textes.objectif_releve
    elif Code.PENSION_VERSEE in _codes(examen):
        choisi = textes.objectif_pension
    elif sans_regime(examen):
        atteinte = examen.echeances.aspa_due_le <= au
        choisi = textes.objectif_mairie_maintenant if atteinte else textes.objectif_mairie
    elif _codes(examen) & _DE_L_AAH:
        choisi = textes.objectif_aah
    else:
        choisi = textes.objectif_maintenant if maintenant else textes.objectif
    return en_mots(choisi, valeurs(examen, au=au, convention=convention), articles=False)


def demarches_proposees(examen: Examen) -> tuple[Demarche, ...]:
    """The actions that the objective proposes; the professional keeps those that fit."""
    if aspa_a_verifier(examen):
        return (Demarche.RELEVE_DE_CARRIERE,)
    if Code.PENSION_VERSEE in _codes(examen):
        aspa = () if _codes(examen) & _PAS_D_ABORD else (Demarche.DEMANDE_D_ASPA,)
        return (Demarche.RELEVE_DE_CARRIERE, *aspa)
    if sans_regime(examen):
        return tuple(une for une in Demarche if une != Demarche.DEMANDE_DE_RETRAITE)
    if CODES_AAH[Aah.DE_50_A_79] in _codes(examen):
        return tuple(une for une in Demarche if une != Demarche.DEMANDE_DE_RETRAITE)
    if _codes(examen) & _DE_L_AAH:
        return (Demarche.RELEVE_DE_CARRIERE, Demarche.NOTIFICATION)
    return tuple(Demarche)


def sans_regime(examen: Examen) -> bool:
    """No base scheme is known: no retirement to claim, so nothing for the caisse (R.815-15)."""
    return examen.echeances.retraite_due_le is None


def _codes(examen: Examen) -> set[Code]:
    return {motif.code for motif in examen.motifs}


def _verifications(examen: Examen, textes: TextesSuite) -> Iterator[Etape]:
    """What is to check first, before anything is claimed."""
    codes = _codes(examen)
    for code, paragraphe in (
        (Code.SUSPENSION, textes.suspension),
        (Code.NAISSANCE_INCERTAINE, textes.naissance),
        (Code.PENSION_VERSEE, textes.pension_versee),
        (Code.INAPTITUDE_SIGNALEE, textes.inaptitude),
        (Code.AAH_INCONNU, textes.aah_taux),
    ):
        if code in codes:
            yield paragraphe, None


def _demarches(examen: Examen, textes: TextesSuite, *, maintenant: bool) -> Iterator[Etape]:
    """The career statement, then the claims, both on the same day."""
    codes = _codes(examen)
    if sans_regime(examen):
        yield textes.releve_partout, Demarche.RELEVE_DE_CARRIERE
        if aspa_a_verifier(examen):
            yield textes.aspa_aah_80, None
        elif Code.PENSION_VERSEE not in codes:
            yield textes.aspa_mairie, Demarche.DEMANDE_D_ASPA
        return
    yield textes.releve, Demarche.RELEVE_DE_CARRIERE
    if Code.PENSION_VERSEE in codes:
        if codes & _PAS_D_ABORD:
            yield textes.aspa_aah_80, None
        return
    if codes & _DE_L_AAH:
        yield textes.aah, Demarche.NOTIFICATION
        if Code.AAH_80 not in codes:
            yield textes.aspa_aah_50_79, Demarche.DEMANDE_D_ASPA
        if Code.AAH_50_79 not in codes:
            yield textes.aspa_aah_80, None
        return
    yield (
        textes.retraite_maintenant if maintenant else textes.retraite,
        Demarche.DEMANDE_DE_RETRAITE,
    )
    yield textes.aspa, Demarche.DEMANDE_D_ASPA
    yield textes.notification, Demarche.NOTIFICATION
