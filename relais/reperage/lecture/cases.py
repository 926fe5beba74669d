"""The simplest file to screen: six columns, a birth date and what is known of the situation."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from relais.adaptateurs.fichier import FichierRefuse, Refuse
from relais.regles.convention import Convention
from relais.regles.foyer import Adulte, examiner
from relais.regles.subsidiarite import Aah
from relais.reperage.lecture.familles import COLONNES, sans_guillemets, six_colonnes
from relais.reperage.lecture.naissances import CaseRefusee, vraisemblable
from relais.reperage.lecture.paralleles import a_plusieurs
from relais.reperage.lecture.resultat import ENTETE, en_colonnes

if TYPE_CHECKING:
    from relais.adaptateurs.lignes import Bilan

_OUI_NON = {"0": False, "1": True}
_AAH: dict[str, Aah | None] = {"": None, **{taux.value: taux for taux in Aah}}


def reperer(source: Path, sortie: Path, *, au: date, convention: Convention) -> "Bilan":
    """Screen the file; nothing but the result is written. Raises FichierRefuse."""
    with source.open(encoding="utf-8", errors="replace") as flux:
        ordre = six_colonnes(flux.readline())
    if ordre is None:
        raise FichierRefuse("Les titres attendus sont : " + ";".join(COLONNES) + ".")
    traduire = _traducteur(ordre, au, convention)
    with a_plusieurs(traduire, octets=source.stat().st_size) as traduction:
        from relais.adaptateurs import lignes  # polars has threads: after the forks

        return lignes.traduire(source, sortie, entete=ENTETE, traduction=traduction)


def _traducteur(
    ordre: Sequence[str], au: date, convention: Convention
) -> Callable[[str], str | Refuse]:
    lecteur = _Lecteur(ordre, au)

    def traduire(ligne: str) -> str | Refuse:
        try:
            adulte = lecteur.adulte(ligne)
        except CaseRefusee as refus:
            return Refuse(refus.phrase)
        return en_colonnes(examiner(adulte, au=au, convention=convention), au=au)

    return traduire


class _Lecteur:
    """Reads lines of one order of columns: by the million, each cell's text is read once."""

    def __init__(self, ordre: Sequence[str], au: date) -> None:
        self.rang = ordre.index("naissance")
        self.autres = [colonne for colonne in ordre if colonne != "naissance"]
        self.naissance = lru_cache(maxsize=50_000)(partial(_naissance, au=au))
        self.situation = lru_cache(maxsize=1000)(self._situation)

    def adulte(self, ligne: str) -> Adulte:
        lues = ligne.split(";")
        if len(lues) != len(COLONNES):
            raise CaseRefusee(f"{len(lues)} colonne(s) au lieu de {len(COLONNES)}.")
        naissance = self.naissance(lues.pop(self.rang))
        return Adulte(naissance, *self.situation(tuple(lues)))

    def _situation(self, lues: tuple[str, ...]) -> tuple[Any, ...]:
        """What an Adulte bears after the birth date."""
        dits: dict[str, Any] = {
            colonne: _aah(case) if colonne == "aah" else _oui(colonne, case)
            for colonne, case in zip(self.autres, map(sans_guillemets, lues), strict=True)
        }
        return Adulte(date.max, **dits)[1:]


def _aah(case: str) -> Aah | None:
    if case not in _AAH:
        raise CaseRefusee("aah : laissez vide, ou écrivez 50_79, 80 ou inconnu.")
    return _AAH[case]


def _oui(colonne: str, case: str) -> bool:
    if case not in _OUI_NON:
        raise CaseRefusee(f"{colonne} : écrivez 0 ou 1.")
    return _OUI_NON[case]


def _naissance(lue: str, *, au: date) -> date:
    case = sans_guillemets(lue)
    if len(case) != 10 or case[4] != "-" or case[7] != "-":
        raise CaseRefusee("naissance : écrivez la date AAAA-MM-JJ.")
    try:
        return vraisemblable(date.fromisoformat(case), au=au)
    except ValueError:
        raise CaseRefusee("naissance : cette date n’existe pas.") from None
