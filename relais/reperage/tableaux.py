"""Spreadsheets of a Département, with free titles: who is to be screened, row by row."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from relais.adaptateurs import feuilles
from relais.adaptateurs.feuilles import Rangee
from relais.adaptateurs.fichier import Avancer, FichierRefuse, Source
from relais.regles.foyer import Adulte, Precision
from relais.regles.nir import Nir
from relais.regles.subsidiarite import Aah
from relais.reperage import numeros, situations, titres
from relais.reperage.evenements import Evenement, Lecture, Personne, Refus, Remarque
from relais.reperage.naissances import CaseRefusee, de_tableau
from relais.reperage.titres import Champ, Choisies, normaliser

if TYPE_CHECKING:
    from relais.reperage.identites_des_tableaux import Identites

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


def lire(
    source: Source,
    *,
    au: date,
    dire: Callable[[str], object] = lambda _: None,
    identites: bool = False,
    correspondances: Choisies | None = None,
    avancer: Avancer | None = None,
) -> Lecture:
    """The adults of a sheet. `dire` gets what each column was taken for. Raises FichierRefuse.

    `identites`: with their dossiers, to be stored. `correspondances`: what titles were said to
    hold, where it is not what is proposed.
    """
    choisies = correspondances or {}
    _, premiere, rangees = rangees_du_tableau(source, choisies, avancer=avancer)
    colonnes = titres.ranger(premiere, titres.proposer(premiere, choisies))
    du_reperage = {c: rangs for c, rangs in colonnes.items() if c not in titres.A_CONSERVER}
    for phrase in titres.dire(colonnes if identites else du_reperage, premiere):
        dire(phrase)
    suivante = next(rangees, None)
    if suivante is None:
        raise FichierRefuse("Ce fichier n’a que sa ligne de titres.")
    lecture = Lecture(iter(()))
    tableau = _Tableau(au, premiere, {c: r[0] for c, r in du_reperage.items()}, lecture.comptes)
    if identites:  # phones and mails load libraries that the screening does without
        from relais.reperage.identites_des_tableaux import Identites

        tableau.identites = Identites(colonnes)
    lecture.evenements = tableau.evenements(chain([suivante], rangees))
    return lecture


def rangees_du_tableau(
    source: Source, choisies: Choisies, *, avancer: Avancer | None = None
) -> tuple[int, Rangee, Iterator[tuple[int, Rangee]]]:
    """The row of titles with its number, and the numbered rows under it. Raises FichierRefuse.

    Of the first rows, the one that holds most known titles: a row of groups may stand above them.
    Without any, the fullest one, to be told of.
    """
    connus = partial(titres.connus, choisies=choisies)
    rangees = enumerate(feuilles.rangees(source, connus=connus, avancer=avancer), 1)
    vues = list(islice(rangees, titres.RANGEES))
    pleines = [vue for vue in vues if any(case.strip() for case in vue[1])]
    if not pleines:
        raise FichierRefuse("Ce fichier est vide.")
    numero, choisie = max(pleines, key=lambda vue: _merite(vue[1], choisies))
    return numero, choisie, chain(vues[numero:], rangees)


def _merite(rangee: Rangee, choisies: Choisies) -> tuple[int, bool, int]:
    """How much a row looks like the titles."""
    connus = titres.connus(rangee, choisies)
    naissance = any(titres.est_une_naissance(case, choisies) for case in rangee)
    return connus, naissance, 0 if connus else sum(bool(case.strip()) for case in rangee)


@dataclass(slots=True)
class _Tableau:
    au: date
    titres: Rangee
    colonnes: Mapping[Champ, int]
    comptes: Counter[str]
    identites: "Identites | None" = None
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
            yield from self._ligne(numero, cases, rangee)

    def _identique(self, numero: int, rangee: Rangee) -> int:
        """The row that says the same of the same person, 0 for none. Without a name: nobody's."""
        if self.colonnes.keys().isdisjoint(titres.NOMS | {Champ.NIR}):
            return 0
        premiere = self.lignes.setdefault(hash(rangee), numero)
        return premiere if premiere != numero else 0

    def _ligne(
        self, numero: int, cases: Mapping[Champ, str], rangee: Rangee
    ) -> Iterator[Evenement]:
        ou = f"ligne {numero}"
        if normaliser(cases.get(Champ.ROLE, "")) in _ENFANTS:
            self.comptes["Enfants et autres personnes du foyer"] += 1
            return
        if normaliser(cases.get(Champ.DROITS, "")) in _SANS_DROIT:
            self.comptes["Personnes d’un dossier sans RSA ouvert"] += 1
            return
        champ = Champ.NAISSANCE
        try:
            naissance = de_tableau(cases[champ], au=self.au)
            champ = Champ.PRECISION
            precision = _precision(cases.get(champ, ""))
        except CaseRefusee as refus:
            yield Refus(ou, refus.phrase, self._colonne(champ))
            return
        situation, douteux = _situation(cases)
        acte = {
            "ACT": cases.get(Champ.ACTIVITE, ""),
            "DFACT": cases.get(Champ.FIN_D_ACTIVITE, ""),
        }
        situation |= situations.situation([acte], (), au=self.au.isoformat())
        adulte = Adulte(naissance, precision, **situation)
        feminin = _FEMININ.get(normaliser(cases.get(Champ.CIVILITE, "")))
        nir = numeros.lire(cases[Champ.NIR]) if cases.get(Champ.NIR) else None
        dits = [f"{champ} n’est ni oui ni non, et n’est pas compté" for champ in douteux]
        if cases.get(Champ.NIR):
            dits += self._numero(numero, cases[Champ.NIR], nir, naissance, feminin)
        if self.identites is None:
            yield Personne(numero, adulte)
        else:
            entier = "" if nir is None else nir.corps + nir.cle
            dossier, foyer, autres = self.identites.dossier(
                rangee, numero, adulte, feminin=feminin, nir=entier
            )
            yield Personne(numero, adulte, dossier, foyer)
            dits += autres
        for dit in dits:
            yield Remarque(f"{ou} : {dit}.")

    def _numero(
        self, numero: int, case: str, nir: Nir | None, naissance: date, feminin: bool | None
    ) -> Iterator[str]:
        if nir is None:
            yield "le numéro de sécurité sociale ne se lit pas" + (
                ", un tableur l’a arrondi : reprenez-le d’après la carte ou l’attestation"
                if numeros.arrondi(case)
                else ""
            )
            return
        yield from numeros.discordances(nir, naissance=naissance, feminin=feminin)
        premiere = self.numeros.setdefault(hash((nir.corps, naissance)), numero)
        if premiere != numero:
            yield f"même numéro de sécurité sociale et même naissance que la ligne {premiere}"

    def _colonne(self, champ: Champ) -> str:
        """The title of the column and its letter, as the user finds it."""
        rang = self.colonnes[champ]
        return f"{titres.montrer(self.titres[rang])} (colonne {feuilles.lettres(rang)})"


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
