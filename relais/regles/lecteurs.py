"""One reader per kind of value that a convention file may hold.

A reader takes a TOML value and returns the value of `relais.regles.convention`, or raises Inattendu
with what was expected, in French.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from string import Formatter
from typing import Any
from zoneinfo import ZoneInfo

from relais.regles.convention import Age, Jour, Plage, Semaine

Lecteur = Callable[[object], Any]

HEURE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
PLAGE = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Inattendu(Exception):
    """A value that a reader refuses. `sous_cle`: where inside the value, `vu`: what stands there.

    `vu` is None when nothing stands there, and `constat` replaces « et non … » when it is given.
    """

    def __init__(
        self, attendu: str, vu: object = None, *, sous_cle: str = "", constat: str = ""
    ) -> None:
        super().__init__(attendu)
        self.attendu = attendu
        self.vu = vu
        self.sous_cle = sous_cle
        self.constat = constat


def texte(maximum: int = 400, *, champs: frozenset[str] = frozenset()) -> Lecteur:
    """A text, stripped; `champs`: the only names allowed between braces."""

    def lire(brut: object) -> str:
        attendu = f"un texte non vide, de {maximum} caractères au plus"
        if not isinstance(brut, str) or not brut.strip() or len(brut) > maximum:
            raise Inattendu(attendu, brut)
        if any(not c.isprintable() and c not in "\n\u00a0\u202f" for c in brut):
            raise Inattendu("un texte sans caractère invisible", brut)
        _accolades(brut, champs)
        return brut.strip()

    return lire


def _accolades(brut: str, champs: frozenset[str]) -> None:
    permis = ", ".join(f"{{{champ}}}" for champ in sorted(champs)) or "aucun"
    attendu = f"un texte dont les seuls mots entre accolades sont : {permis}"
    try:
        vus = {nom for _, nom, _, _ in Formatter().parse(brut) if nom is not None}
    except ValueError:
        raise Inattendu(attendu, brut) from None
    if vus - champs or ("{" in brut and not vus):
        raise Inattendu(attendu, brut)


def motif(expression: str | re.Pattern[str], attendu: str) -> Lecteur:
    """A text that matches an expression as a whole."""

    def lire(brut: object) -> str:
        if not isinstance(brut, str) or not re.fullmatch(expression, brut):
            raise Inattendu(attendu, brut)
        return brut

    return lire


def entier(minimum: int, maximum: int, unite: str) -> Lecteur:
    """A whole number within bounds."""

    def lire(brut: object) -> int:
        if type(brut) is not int or not minimum <= brut <= maximum:
            raise Inattendu(f"un nombre entier de {minimum} à {maximum} ({unite})", brut)
        return brut

    return lire


def montant(brut: object) -> Decimal:
    """An amount in euros, exact to the cent."""
    valeur = Decimal(brut) if type(brut) is int else brut
    if not isinstance(valeur, Decimal) or not valeur.is_finite() or not 0 < valeur < 100_000:
        raise Inattendu("un montant en euros, comme 1043.59", brut)
    if valeur != round(valeur, 2):
        raise Inattendu("un montant en euros et centimes, comme 1043.59", brut)
    return valeur


def jour(brut: object) -> date:
    """A day, from 1900 to 2200."""
    if isinstance(brut, datetime) or not isinstance(brut, date) or not 1900 <= brut.year <= 2200:
        raise Inattendu("une date sans guillemets, comme 2025-07-07", brut)
    return brut


def vrai(brut: object) -> bool:
    """`true` or `false`."""
    if not isinstance(brut, bool):
        raise Inattendu("true ou false", brut)
    return brut


def choix(enum: type[StrEnum]) -> Lecteur:
    """One member of an enum, by its value."""

    def lire(brut: object) -> StrEnum:
        if not isinstance(brut, str) or brut not in set(enum):
            raise Inattendu(parmi(brut, list(enum), "un mot"), brut)
        return enum(brut)

    return lire


def liste(lecteur: Lecteur, *, unique: str = "") -> Lecteur:
    """A non-empty list; `unique`: the attribute that may not come twice ("" : the whole item)."""

    def lire(brut: object) -> tuple[Any, ...]:
        if not isinstance(brut, list) or not brut:
            raise Inattendu("une liste non vide, entre crochets", brut)
        valeurs = []
        deja: set[object] = set()
        for rang, element in enumerate(brut, start=1):
            valeur = _sous(f"[{rang}]", lecteur, element)
            cle = getattr(valeur, unique) if unique else valeur
            if cle in deja:
                sous_cle = f"[{rang}].{unique}" if unique else f"[{rang}]"
                attendu = f"un {unique or 'élément'} différent pour chaque ligne de la liste"
                raise Inattendu(attendu, cle, sous_cle=sous_cle, constat="écrit deux fois")
            deja.add(cle)
            valeurs.append(valeur)
        return tuple(valeurs)

    return lire


def _sous(sous_cle: str, lecteur: Lecteur, brut: object) -> Any:
    try:
        return lecteur(brut)
    except Inattendu as faute:
        faute.sous_cle = sous_cle + faute.sous_cle
        raise


def table(classe: type, cles: Mapping[str, Lecteur], *, facultatives: str = "") -> Lecteur:
    """A table read into a dataclass; `facultatives`: names of the optional keys."""
    libres = set(facultatives.split())

    def lire(brut: object) -> Any:
        if not isinstance(brut, dict):
            raise Inattendu("une table avec les clés " + ", ".join(cles), brut)
        inconnue = next((cle for cle in brut if cle not in cles), None)
        if inconnue is not None:
            raise Inattendu(parmi(inconnue, cles), sous_cle=f".{inconnue}", constat="clé inconnue")
        for cle in cles:
            if cle not in brut and cle not in libres:
                attendu = attendu_par(cles[cle])
                raise Inattendu(attendu, sous_cle=f".{cle}", constat="clé absente")
        return classe(
            **{cle: _sous(f".{cle}", cles[cle], brut[cle]) for cle in cles if cle in brut}
        )

    return lire


def attendu_par(lecteur: Lecteur) -> str:
    """What a reader expects, in French."""
    try:
        lecteur(None)
    except Inattendu as refus:
        return refus.attendu
    return "une valeur"


def parmi(mot: object, mots: Iterable[str], genre: str = "une clé") -> str:
    """What was expected instead of an unknown word: the nearest one, or all of them."""
    from difflib import get_close_matches  # slow to import, useful in this one case

    connus = [str(connu) for connu in mots]
    proches = get_close_matches(str(mot), connus, n=1, cutoff=0.6)
    return f"sans doute « {proches[0]} »" if proches else f"{genre} parmi : {', '.join(connus)}"


def fuseau(brut: object) -> str:
    """The name of a time zone that this machine knows."""
    try:
        return ZoneInfo(brut if isinstance(brut, str) else "").key
    except (ValueError, OSError, LookupError):
        raise Inattendu("un fuseau horaire, comme Europe/Paris", brut) from None


def heure(brut: object) -> time:
    """An hour of the day, to the minute."""
    trouve = HEURE.fullmatch(brut) if isinstance(brut, str) else None
    if trouve is None:
        raise Inattendu("une heure entre guillemets, comme 08:30", brut)
    heures, minutes = map(int, trouve.groups())
    return time(heures, minutes)


def _plage(brut: object) -> Plage:
    attendu = "une plage horaire comme 09:00-12:00, la fin après le début"
    trouve = PLAGE.fullmatch(brut) if isinstance(brut, str) else None
    if trouve is None:
        raise Inattendu(attendu, brut)
    h1, m1, h2, m2 = map(int, trouve.groups())
    plage = Plage(time(h1, m1), time(h2, m2))
    if plage.debut >= plage.fin:
        raise Inattendu(attendu, brut)
    return plage


def _journee(brut: object) -> tuple[Plage, ...]:
    if not isinstance(brut, list):
        raise Inattendu('une liste de plages, comme ["09:00-12:00", "13:00-17:00"], ou []', brut)
    plages = tuple(_sous(f"[{rang}]", _plage, p) for rang, p in enumerate(brut, start=1))
    for rang, (avant, suivante) in enumerate(pairwise(plages), start=2):
        if avant.fin > suivante.debut:
            raise Inattendu("des plages dans l'ordre et sans chevauchement", brut[rang - 1])
    return plages


def horaires(brut: object) -> Semaine:
    """Opening hours of the seven days; open at least once in the week."""
    jours = table(dict, dict.fromkeys(Jour, _journee))(brut)
    semaine = tuple(jours[j] for j in Jour)
    if not any(semaine):
        raise Inattendu("au moins une plage d'ouverture dans la semaine", constat="tout est fermé")
    return semaine


AGE = table(
    Age,
    {
        "annees": entier(50, 80, "ans"),
        "mois": entier(0, 11, "mois"),
        "nes_depuis": jour,
    },
    facultatives="nes_depuis",
)


def ages(brut: object) -> tuple[Age, ...]:
    """Ages by date of birth, oldest generation first; only the first has no lower bound."""
    tranches: tuple[Age, ...] = liste(AGE)(brut)
    bornes = [tranche.nes_depuis for tranche in tranches]
    attendu = "des générations dans l'ordre, la première sans « nes_depuis »"
    if bornes[0] is not None:
        raise Inattendu(attendu, bornes[0], sous_cle="[1].nes_depuis")
    for rang, (avant, borne) in enumerate(pairwise(bornes), start=2):
        if borne is None or (avant is not None and borne <= avant):
            raise Inattendu(attendu, borne, sous_cle=f"[{rang}].nes_depuis")
    return tranches
