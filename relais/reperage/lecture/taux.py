"""The rate of an AAH as somebody typed it: a fraction, a percentage, one bound or two."""

import re

from relais.regles.subsidiarite import Aah
from relais.reperage.lecture.titres import NON, OUI

_RIEN = NON | {"-", "/", "nc", "neant"}
_REFUS = {"non", "pas", "sans", "aucun", "aucune"}
_CONNUS = {"50_79": Aah.DE_50_A_79, "80": Aah.DE_80_OU_PLUS, "inconnu": Aah.INCONNU}
_NOMBRE = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
# Beside the numbers: words that bound them, and those that say nothing.
_MOTS = re.compile(r"[a-z]+|[^\s\w%.,:=()/'-]")
_SANS_EFFET = {"aah", "taux", "de", "d", "a", "et", "ou", "entre", "egal", "egale", "mdph"}
_AU_MOINS = ({">"}, {"≥"}, {"+"}, {"plus"}, {"minimum"}, {"au", "moins"}, {"superieur"})
_AU_PLUS = ({"<"}, {"moins"}, {"inferieur"})


def lire(normal: str) -> tuple[Aah | None, bool]:
    """The rate of a normalised cell, and whether it says something that does not read.

    None: no AAH. What is filled, and says neither that nor a rate, is an AAH of unknown rate.
    """
    if normal in _RIEN or re.split(r"[^a-z]", normal)[0] in _REFUS:
        return None, False
    if normal in OUI:
        return Aah.INCONNU, False
    if normal in _CONNUS:
        return _CONNUS[normal], False
    lu = _taux(normal)
    return (Aah.INCONNU, True) if lu is None else (lu, False)


def _taux(normal: str) -> Aah | None:
    nombres = [_pour_cent(dit) for dit in _NOMBRE.findall(normal)]
    mots = set(_MOTS.findall(_NOMBRE.sub(" ", normal))) - _SANS_EFFET
    if not 1 <= len(nombres) <= 2 or not all(50 <= taux <= 100 for taux in nombres):
        return None
    bas, haut = min(nombres), max(nombres)
    if not mots:
        return _entre(bas, haut)
    if mots in _AU_PLUS and bas == haut <= 80:
        return Aah.DE_50_A_79
    return Aah.DE_80_OU_PLUS if mots in _AU_MOINS and bas >= 80 else None


def _entre(bas: float, haut: float) -> Aah | None:
    if bas >= 80:
        return Aah.DE_80_OU_PLUS
    return Aah.DE_50_A_79 if haut < 80 or bas < haut == 80 else None


def _pour_cent(dit: str) -> float:
    """« 0,8 » is what a cell of 80 % holds."""
    lu = float(dit.replace(",", "."))
    return lu * 100 if lu < 1 else lu
