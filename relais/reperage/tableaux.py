"""Spreadsheets of a Département, with free titles: who is to be screened, row by row."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from relais.adaptateurs import feuilles
from relais.adaptateurs.feuilles import Rangee
from relais.adaptateurs.fichier import FichierRefuse
from relais.regles.foyer import Adulte, Precision
from relais.regles.subsidiarite import Aah
from relais.reperage import numeros, situations, titres
from relais.reperage.evenements import Evenement, Lecture, Personne, Refus, Remarque
from relais.reperage.naissances import CaseRefusee, de_tableau
from relais.reperage.titres import Champ, normaliser

_RANGEES_DE_TITRES = 20  # a sheet may bear a few lines above its titles
_OUI, _NON = {"1", "o", "oui", "x", "true", "vrai"}, {"", "0", "n", "non", "false", "faux"}
_ENFANTS = {"enf", "enfant", "aut", "autre", "personne a charge"}
_SANS_DROIT = {
    *("rsa_demande_en_attente", "rsa_refuse", "rsa_clos", "rsa_clos_anterieur"),
    *("0", "1", "5", "6"),
}
_AAH = {
    **dict.fromkeys(("50_79", "50-79", "50 a 79", "50 a 79 %"), Aah.DE_50_A_79),
    **dict.fromkeys(("80", "80%", "80 %"), Aah.DE_80_OU_PLUS),
    "inconnu": Aah.INCONNU,
}
_FEMININ = {
    **dict.fromkeys(("mme", "madame", "mlle", "f", "2"), True),
    **dict.fromkeys(("m", "m.", "mr", "monsieur", "1"), False),
}
_OUI_OU_NON = {
    Champ.INAPTE: "inapte",
    Champ.SIGNALE: "signale",
    Champ.INVALIDITE: "invalidite",
    Champ.SASPA: "saspa",
    Champ.TRAVAILLE: "travaille",
}


def lire(source: Path, *, au: date, dire: Callable[[str], object]) -> Lecture:
    """The adults of a sheet. `dire` gets what each column was taken for. Raises FichierRefuse."""
    rangees = enumerate(feuilles.rangees(source), 1)
    premiere, colonnes = _titres(rangees)
    for phrase in titres.dire(colonnes, premiere):
        dire(phrase)
    suivante = next(rangees, None)
    if suivante is None:
        raise FichierRefuse("Ce fichier n’a que sa ligne de titres.")
    lecture = Lecture(iter(()))
    tableau = _Tableau(au, colonnes, lecture.comptes)
    lecture.evenements = tableau.evenements(chain([suivante], rangees))
    return lecture


def _titres(
    rangees: Iterator[tuple[int, Rangee]],
) -> tuple[Rangee, dict[Champ, int]]:
    """The first row that has a birth date among its titles; the fullest one tells what is wrong."""
    vues: list[Rangee] = []
    for numero, rangee in rangees:
        if any(titres.est_une_naissance(titre) for titre in rangee):
            return rangee, titres.proposer(rangee)
        vues.append(rangee)
        if numero == _RANGEES_DE_TITRES:
            break
    pleines = [rangee for rangee in vues if any(case.strip() for case in rangee)]
    if not pleines:
        raise FichierRefuse("Ce fichier est vide.")
    fournie = max(pleines, key=lambda rangee: sum(bool(case.strip()) for case in rangee))
    titres.proposer(fournie)
    raise AssertionError("a row without a birth date has been taken for titles")


@dataclass(slots=True)
class _Tableau:
    au: date
    colonnes: Mapping[Champ, int]
    comptes: Counter[str]
    lignes: dict[int, int] = field(default_factory=dict)
    numeros: dict[int, int] = field(default_factory=dict)

    def evenements(self, rangees: Iterator[tuple[int, Rangee]]) -> Iterator[Evenement]:
        for numero, rangee in rangees:
            if not any(case.strip() for case in rangee):
                self.comptes["Lignes vides"] += 1
                continue
            premiere = self._identique(numero, rangee)
            if premiere:
                yield Remarque(f"ligne {numero} : identique à la ligne {premiere}, lue une fois.")
                continue
            cases = {
                champ: rangee[rang].strip() if rang < len(rangee) else ""
                for champ, rang in self.colonnes.items()
            }
            yield from self._ligne(numero, cases)

    def _identique(self, numero: int, rangee: Rangee) -> int:
        """The row that says the same of the same person, 0 for none. Without a name: nobody's."""
        if Champ.NOM not in self.colonnes and Champ.NIR not in self.colonnes:
            return 0
        premiere = self.lignes.setdefault(hash(rangee), numero)
        return premiere if premiere != numero else 0

    def _ligne(self, numero: int, cases: Mapping[Champ, str]) -> Iterator[Evenement]:
        ou = f"ligne {numero}"
        if normaliser(cases.get(Champ.ROLE, "")) in _ENFANTS:
            self.comptes["Enfants et autres personnes du foyer"] += 1
            return
        if normaliser(cases.get(Champ.DROITS, "")) in _SANS_DROIT:
            self.comptes["Personnes d’un dossier sans RSA ouvert"] += 1
            return
        try:
            naissance = de_tableau(cases[Champ.NAISSANCE], au=self.au)
            precision = _precision(cases.get(Champ.PRECISION, ""))
        except CaseRefusee as refus:
            yield Refus(ou, refus.phrase)
            return
        situation, douteux = _situation(cases)
        acte = {
            "ACT": cases.get(Champ.ACTIVITE, ""),
            "DFACT": cases.get(Champ.FIN_D_ACTIVITE, ""),
        }
        situation |= situations.situation([acte], (), au=self.au.isoformat())
        yield Personne(numero, Adulte(naissance, precision, **situation))
        for champ in douteux:
            yield Remarque(f"{ou} : {champ} n’est ni oui ni non, et n’est pas compté.")
        if cases.get(Champ.NIR):
            for dit in self._numero(numero, cases, naissance):
                yield Remarque(f"{ou} : {dit}.")

    def _numero(self, numero: int, cases: Mapping[Champ, str], naissance: date) -> Iterator[str]:
        nir = numeros.lire(cases[Champ.NIR])
        if nir is None:
            yield "le numéro de sécurité sociale ne se lit pas"
            return
        feminin = _FEMININ.get(normaliser(cases.get(Champ.CIVILITE, "")))
        yield from numeros.discordances(nir, naissance=naissance, feminin=feminin)
        premiere = self.numeros.setdefault(hash((nir.corps, naissance)), numero)
        if premiere != numero:
            yield f"même numéro de sécurité sociale et même naissance que la ligne {premiere}"


def _situation(cases: Mapping[Champ, str]) -> tuple[dict[str, Any], list[Champ]]:
    """What `Adulte` is told, and the fields that say neither yes nor no."""
    situation: dict[str, Any] = {}
    douteux = []
    for champ, nom in _OUI_OU_NON.items():
        dit = normaliser(cases.get(champ, ""))
        situation[nom] = dit in _OUI
        if dit not in _OUI | _NON:
            douteux.append(champ)
    aah = normaliser(cases.get(Champ.AAH, ""))
    situation["aah"] = Aah.INCONNU if aah in _OUI else _AAH.get(aah)
    if aah not in _OUI | _NON and aah not in _AAH:
        douteux.append(Champ.AAH)
    return situation, douteux


def _precision(lue: str) -> Precision:
    if lue not in ("", *Precision):
        raise CaseRefusee("naissance : TYPEDTNAI n’est ni N, ni J, ni O.")
    return Precision(lue or Precision.CONNUE)
