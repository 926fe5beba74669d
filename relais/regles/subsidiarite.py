"""The rights that the RSA supposes claimed, and from when (CASF L.262-10 I, since 2023-09-01).

The condition covers the household: the allocataire and the conjoint are tested one by one. Dates
only, from the ages of `conventions/droit-commun.toml`; a day is the birthday on which an age is
reached (29 February: 28 February in common years). Who is to be seen first is in `urgence`.

While steps are under way the RSA is paid as an advance (CASF L.262-11): a date passed is a step to
take, never a right that is lost.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from relais.regles.calendrier import decaler
from relais.regles.convention import Age, Datee, DroitCommun


class Aah(StrEnum):
    """What is known of the rate of an AAH (CSS L.821-1 and L.821-2)."""

    DE_50_A_79 = "50_79"
    DE_80_OU_PLUS = "80"
    INCONNU = "inconnu"


class Code(StrEnum):
    """Why somebody is screened: one code for each sentence of the explanation."""

    TAUX_PLEIN = "taux_plein"
    INAPTITUDE = "inaptitude"
    INAPTITUDE_SIGNALEE = "inaptitude_signalee"
    INVALIDITE = "invalidite"
    INVALIDITE_TRAVAIL = "invalidite_travail"
    AAH_50_79 = "aah_50_79"
    AAH_80 = "aah_80"
    AAH_INCONNU = "aah_inconnu"
    SASPA = "saspa"
    DEVOIR_DEPUIS = "devoir_depuis"
    SUSPENSION = "suspension"
    PENSION_VERSEE = "pension_versee"
    NAISSANCE_INCERTAINE = "naissance_incertaine"


class Reserve(StrEnum):
    """What nobody may take for granted: to check with the caisse, to confirm with the person."""

    A_VERIFIER = "a_verifier"
    A_CONFIRMER = "a_confirmer"


_AAH = ("CSS L.351-7-1 A", "CSS D.351-1-16")
ARTICLES: dict[Code, tuple[str, ...]] = {
    Code.TAUX_PLEIN: ("CASF L.262-10", "CSS L.351-8 1°"),
    Code.INAPTITUDE: ("CASF L.262-10", "CSS L.351-1-5", "CSS L.351-7", "CSS D.351-1-14"),
    Code.INAPTITUDE_SIGNALEE: ("CSS L.351-7",),
    Code.INVALIDITE: ("CSS L.341-15",),
    Code.INVALIDITE_TRAVAIL: ("CSS L.341-16",),
    Code.AAH_50_79: (*_AAH, "CSS L.821-2"),
    Code.AAH_80: (*_AAH, "CSS L.821-1"),
    Code.AAH_INCONNU: (*_AAH, "CSS L.821-1", "CSS L.821-2"),
    Code.SASPA: ("CSS R.815-1", "CSS R.815-15"),
    Code.DEVOIR_DEPUIS: ("Circulaire Cnav 2020-27",),
    Code.SUSPENSION: ("CASF L.262-10",),
    Code.PENSION_VERSEE: (),
    Code.NAISSANCE_INCERTAINE: (),
}
CODES_AAH = {
    Aah.DE_50_A_79: Code.AAH_50_79,
    Aah.DE_80_OU_PLUS: Code.AAH_80,
    Aah.INCONNU: Code.AAH_INCONNU,
}


class Motif(NamedTuple):
    """One reason. `le`: the day that the reason itself gives, None where it gives none."""

    code: Code
    le: date | None = None
    reserve: Reserve | None = None

    @property
    def articles(self) -> tuple[str, ...]:
        """The articles that it rests on, without a comma in any."""
        return ARTICLES[self.code]

    def __str__(self) -> str:
        """For a file: `aah_80 a_verifier (CSS L.821-1 + …)`, without comma nor semicolon."""
        return _mots(self.code, self.reserve)


@lru_cache
def _mots(code: Code, reserve: Reserve | None) -> str:
    mots = code.value if reserve is None else f"{code} {reserve}"
    return f"{mots} ({' + '.join(ARTICLES[code])})" if ARTICLES[code] else mots


class Echeances(NamedTuple):
    """The days of one person.

    `retraite_due_le`, `aspa_due_le`: from when each claim is due; None: no retirement to claim.
    `taux_plein_le`: automatic full rate. `age_legal_le`: what the person may do, never a duty.
    """

    retraite_due_le: date | None
    aspa_due_le: date
    taux_plein_le: date
    age_legal_le: date
    motifs: tuple[Motif, ...]


def echeances(
    naissance: date,
    *,
    inapte: bool = False,
    invalidite: bool = False,
    aah: str | None = None,
    saspa: bool = False,
    travaille: bool = False,
    signale: bool = False,
    droit: DroitCommun,
) -> Echeances:
    """When one person's retirement and Aspa claims are due (CASF L.262-10 I).

    - nothing else: the automatic full-rate age (CSS L.351-8 1°), for both;
    - `inapte`, recognised (L.351-7): 62 (L.351-1-5, D.351-1-14, R.815-1);
    - `signale`, said unfit or handicapped by a file: no date moves before the recognition;
    - `invalidite`, a pension of invalidity: 62 (L.341-15); with work (`travaille`), the full-rate
      age at the latest (L.341-16);
    - `aah` (a value of Aah, else ValueError): deemed unfit (L.821-1), 62, with or without work:
      liquidated without a claim (L.351-7-1 A, D.351-1-16), hence to verify. The Aspa of an AAH of
      80 % has its date and is not to be claimed first;
    - `saspa`, no compulsory base scheme: no retirement; Aspa at 65, at 62 when one of the lines
      above gives it (R.815-1).

    Several lines: the earliest date of each column. A date before the present wording is kept as it
    is, and a reason bears the day when that wording begins. For the unfit born before 1955, whose
    age the law set at their legal age (60 to 61 years and 7 months), the 62 of the convention's
    preamble is kept: all of them reached both before the wording began.
    """
    taux_plein_le, inaptitude_le, saspa_le, age_legal_le = _anniversaires(naissance, droit)
    taux = None if aah is None else CODES_AAH[Aah(aah)]
    avancee = inapte or taux is not None or (invalidite and not travaille)
    due_le = min(inaptitude_le, taux_plein_le) if avancee else taux_plein_le
    aspa_le = min(due_le, saspa_le) if saspa else due_le
    debut = droit.devoir_depuis.lignes[-1].valeur
    motifs = []
    if saspa:
        motifs.append(Motif(Code.SASPA, aspa_le, Reserve.A_VERIFIER))
    if inapte:
        motifs.append(Motif(Code.INAPTITUDE, inaptitude_le))
    if signale and not avancee:
        motifs.append(Motif(Code.INAPTITUDE_SIGNALEE, inaptitude_le, Reserve.A_CONFIRMER))
    if invalidite and not travaille:
        motifs.append(Motif(Code.INVALIDITE, inaptitude_le))
    if invalidite and travaille:
        motifs.append(Motif(Code.INVALIDITE_TRAVAIL, taux_plein_le, Reserve.A_VERIFIER))
    if taux is not None:
        motifs.append(Motif(taux, inaptitude_le, Reserve.A_VERIFIER))
    if not avancee and not saspa:
        motifs.append(Motif(Code.TAUX_PLEIN, taux_plein_le))
    if aspa_le < debut:
        motifs.append(Motif(Code.DEVOIR_DEPUIS, debut))
    retraite_le = None if saspa else due_le
    return Echeances(retraite_le, aspa_le, taux_plein_le, age_legal_le, tuple(motifs))


@lru_cache(maxsize=4096)
def _anniversaires(naissance: date, droit: DroitCommun) -> tuple[date, date, date, date]:
    """Full rate, unfitness, Saspa, legal age: whoever was born that day reaches them together."""
    return (
        atteint_le(naissance, droit.age_taux_plein),
        atteint_le(naissance, droit.age_inaptitude),
        atteint_le(naissance, droit.age_saspa),
        atteint_le(naissance, droit.age_legal),
    )


def atteint_le(naissance: date, ages: Datee[Age] | Datee[tuple[Age, ...]]) -> date:
    """The birthday on which that age is reached, under the line that governs this person.

    A line governs the pensions that take effect from its day on (loi 2025-1403, art. 105), and a
    pension takes effect on the 1st of a month (CSS R.351-37). The first line also serves for those
    who reached its age earlier. Nobody reaches an age by a new line before that line begins.
    """
    lignes = ages.lignes
    le = _anniversaire(naissance, lignes[0].valeur)
    for ligne in lignes[1:]:
        if premier_effet(le) < ligne.depuis:
            break
        le = _anniversaire(naissance, ligne.valeur)
        if premier_effet(le) < ligne.depuis:
            le = ligne.depuis
    return le


def premier_effet(jour: date) -> date:
    """That day when it is the 1st of a month, else the 1st of the next one (CSS R.351-37)."""
    return jour if jour.day == 1 else decaler(jour.replace(day=1), mois=1)


def generation(naissance: date, ages: tuple[Age, ...]) -> Age:
    """The age of those born on that day."""
    for tranche in reversed(ages):
        if tranche.nes_depuis is None or tranche.nes_depuis <= naissance:
            return tranche
    raise ValueError("the first generation has a lower bound")


def _anniversaire(naissance: date, age: Age | tuple[Age, ...]) -> date:
    le_sien = age if isinstance(age, Age) else generation(naissance, age)
    return decaler(naissance, annees=le_sien.annees, mois=le_sien.mois)
