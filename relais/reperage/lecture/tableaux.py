"""Spreadsheets of a Département, with free titles: who is to be screened, row by row."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from relais.adaptateurs import feuilles
from relais.adaptateurs.feuilles import Rangee
from relais.adaptateurs.fichier import Avancer, FichierRefuse, Source
from relais.regles.foyer import Adulte, Precision, naissance_retenue
from relais.regles.nir import Nir
from relais.reperage.lecture import dites, numeros, situations, taux, titres
from relais.reperage.lecture.evenements import (
    SANS_IDENTITE,
    Evenement,
    Lecture,
    Personne,
    Refus,
    Remarque,
)
from relais.reperage.lecture.naissances import CaseRefusee, de_tableau, vraisemblable
from relais.reperage.lecture.titres import NON, OUI, Champ, Choisies, Colonnes, normaliser

if TYPE_CHECKING:
    from relais.reperage.lecture.identites_des_tableaux import Identites

# The first word of a role; RDO answers for the file, and is not who it is of.
_ENFANTS = {"enf", "enfant", "enfants", "pac", "rdo", "aut", "autre", "autres", "fils", "fille"}
_A_CHARGE = ("a charge", "personne a charge", "personnes a charge")
_SANS_DROIT = {
    *("rsa_demande_en_attente", "rsa_refuse", "rsa_clos", "rsa_clos_anterieur"),
    *("0", "1", "5", "6", "n", "non"),
}
_AVEC_DROIT = {
    *("rsa_droit_ouvert_versable", "rsa_droit_ouvert_et_suspendu"),
    *("rsa_droit_ouvert_versement_suspendu", "2", "3", "4", "o", "oui", ""),
}
_FEMININ = {
    **dict.fromkeys(("mme", "madame", "mlle", "f", "2"), True),
    **dict.fromkeys(("m", "m.", "mr", "monsieur", "1"), False),
}
_NOMMENT = (Champ.NOM, Champ.NOM_NAISSANCE, Champ.NIR)
# Whose activities are one person's: never those of the other adult of a household.
_QUI = (*_NOMMENT, Champ.PRENOM, Champ.NAISSANCE, Champ.ROLE, Champ.MATRICULE)
_ACTE = ("ACT", "DFACT")
_AAH_ILLISIBLE = (
    "l’AAH est comptée avec un taux à vérifier : écrivez 50_79, 80 ou inconnu, ou laissez vide"
)
_DECALEE = (
    "plus de cases que de titres, un séparateur a pu les décaler : vérifiez-la, ou enregistrez le"
    " tableau en XLSX"
)
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
    lecture = Lecture(iter(()))
    tableau = _Tableau(au, premiere, colonnes, lecture.comptes)
    if Champ.ACTIVITE in colonnes:  # read twice: the rows of one person may stand apart
        tableau.relever(rangees)
        _, _, rangees = rangees_du_tableau(source, choisies, avancer=avancer)
    suivante = next(rangees, None)
    if suivante is None:
        raise FichierRefuse("Ce fichier n’a que sa ligne de titres.")
    if identites:  # phones and mails load libraries that the screening does without
        from relais.reperage.lecture.identites_des_tableaux import Identites

        tableau.identites = Identites(colonnes)
        tableau.dites = dites.du_tableau(du_reperage)
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


@dataclass(frozen=True, slots=True)
class _Ligne:
    """A row of somebody, and all that the sheet says of her activities."""

    numero: int
    rangee: Rangee
    cases: Mapping[Champ, str]
    actes: Sequence[Mapping[str, str]]


@dataclass(slots=True)
class _Tableau:
    au: date
    titres: Rangee
    colonnes: Colonnes
    comptes: Counter[str]
    identites: "Identites | None" = None
    dites: tuple[str, ...] = ()
    lignes: dict[int, int] = field(default_factory=dict)
    numeros: dict[int, int] = field(default_factory=dict)
    actes: dict[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    lues: set[int] = field(default_factory=set)

    def relever(self, rangees: Iterable[tuple[int, Rangee]]) -> None:
        """Note the activities of each person, from all of her rows, before any is told."""
        for _, rangee in rangees:
            cases = self._cases(rangee)
            qui = _qui(cases)
            acte = cases[Champ.ACTIVITE], cases.get(Champ.FIN_D_ACTIVITE, "")
            deja = self.actes.get(qui, ())
            if qui and acte not in deja and not _ecartee(cases):
                self.actes[qui] = (*deja, acte)

    def evenements(self, rangees: Iterator[tuple[int, Rangee]]) -> Iterator[Evenement]:
        """One person per row, but for the rows that differ by the activity alone."""
        for numero, rangee in rangees:
            if not any(case.strip() for case in rangee):
                self.comptes["Lignes vides"] += 1
                continue
            premiere = self._identique(numero, rangee)
            if premiere:
                yield Remarque(f"ligne {numero} : identique à la ligne {premiere}, lue une fois.")
                continue
            cases = self._cases(rangee)
            qui = _qui(cases) if Champ.ACTIVITE in self.colonnes else 0
            ecartee = _ecartee(cases)
            if ecartee:
                self.comptes[ecartee] += 1
            elif qui and self._deja_lue(rangee):
                self.comptes["Lignes d’une autre activité, réunies à une ligne plus haute"] += 1
            else:
                if normaliser(cases.get(Champ.DROITS, "")) not in _AVEC_DROIT:
                    self.comptes["État du RSA pas reconnu, compté comme ouvert"] += 1
                yield from self._ligne(_Ligne(numero, rangee, cases, self._actes(qui, cases)))

    def _cases(self, rangee: Rangee) -> dict[Champ, str]:
        return {champ: _case(rangee, rangs[0]) for champ, rangs in self.colonnes.items()}

    def _actes(self, qui: int, cases: Mapping[Champ, str]) -> list[dict[str, str]]:
        """Her activities in all the sheet; those of the row, where nothing says whose it is."""
        siens = cases.get(Champ.ACTIVITE, ""), cases.get(Champ.FIN_D_ACTIVITE, "")
        actes = self.actes.get(qui, (siens,))
        return [dict(zip(_ACTE, acte, strict=True)) for acte in actes]

    def _deja_lue(self, rangee: Rangee) -> bool:
        """Whether a row before says the same of the same person, but for her activity."""
        reste = hash(
            tuple(
                _case(rangee, rang)
                for champ, rangs in self.colonnes.items()
                for rang in rangs
                if champ not in (Champ.ACTIVITE, Champ.FIN_D_ACTIVITE)
            )
        )
        deja = reste in self.lues
        self.lues.add(reste)
        return deja

    def _identique(self, numero: int, rangee: Rangee) -> int:
        """The row that says the same of the same person, 0 for none. Without a name: nobody's."""
        if self.colonnes.keys().isdisjoint(titres.NOMS | {Champ.NIR}):
            return 0
        premiere = self.lignes.setdefault(hash(rangee), numero)
        return premiere if premiere != numero else 0

    def _ligne(self, lue: _Ligne) -> Iterator[Evenement]:
        numero, cases = lue.numero, lue.cases
        ou = f"ligne {numero}"
        champ = Champ.NAISSANCE
        try:
            naissance = de_tableau(cases[champ], au=self.au)
            champ = Champ.PRECISION
            precision = _precision(cases.get(champ, ""))
            vraisemblable(naissance_retenue(naissance, precision=precision), au=self.au)
        except CaseRefusee as refus:
            yield Refus(ou, refus.phrase, self._colonne(champ))
            return
        situation, dits = _situation(cases)
        de_la_cnaf, a_verifier = situations.situation(lue.actes, (), au=self.au)
        situation |= de_la_cnaf
        dits += a_verifier
        if any(case.strip() for case in lue.rangee[len(self.titres) :]):
            dits.append(_DECALEE)
        adulte = Adulte(naissance, precision, **situation)
        feminin = _FEMININ.get(normaliser(cases.get(Champ.CIVILITE, "")))
        nir = numeros.lire(cases[Champ.NIR]) if cases.get(Champ.NIR) else None
        if cases.get(Champ.NIR):
            dits += self._numero(numero, cases[Champ.NIR], nir, naissance, feminin)
        if self.identites is None:
            yield Personne(numero, adulte)
        else:
            entier = "" if nir is None else nir.corps + nir.cle
            dossier, foyer, autres = self.identites.dossier(
                lue.rangee, numero, adulte, feminin=feminin, nir=entier
            )
            if not dossier.identite.reconnaissable:
                yield Refus(ou, SANS_IDENTITE)
                return
            dites_ici = dites.avec_precision(self.dites, cases.get(Champ.PRECISION, ""))
            yield Personne(numero, adulte, dossier, foyer, dites_ici)
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
        rang = self.colonnes[champ][0]
        return f"{titres.montrer(self.titres[rang])} (colonne {feuilles.lettres(rang)})"


def _case(rangee: Rangee, rang: int) -> str:
    return rangee[rang].strip() if rang < len(rangee) else ""


def _qui(cases: Mapping[Champ, str]) -> int:
    """Whose row it is, as a digest; 0 where nothing says so."""
    if not any(cases.get(champ) for champ in _NOMMENT):
        return 0
    return hash(tuple(normaliser(cases.get(champ, "")) for champ in _QUI))


def _ecartee(cases: Mapping[Champ, str]) -> str:
    """Under which count a row is set aside; empty for the adults of an open RSA."""
    prestation = normaliser(cases.get(Champ.PRESTATION, ""))
    if prestation and prestation != "rsa":
        return "Lignes d’une autre prestation que le RSA"
    role = normaliser(cases.get(Champ.ROLE, ""))
    if re.split("[^a-z]", role)[0] in _ENFANTS or role.startswith(_A_CHARGE):
        return "Enfants et autres personnes du foyer"
    if normaliser(cases.get(Champ.DROITS, "")) in _SANS_DROIT:
        return "Personnes d’un dossier sans RSA ouvert"
    return ""


def _situation(cases: Mapping[Champ, str]) -> tuple[dict[str, Any], list[str]]:
    """What `Adulte` is told, and what is to be checked."""
    situation: dict[str, Any] = {}
    dits = []
    for champ, nom in _OUI_OU_NON.items():
        dit = normaliser(cases.get(champ, ""))
        situation[nom] = dit in OUI
        if dit not in OUI | NON:
            dits.append(f"{champ} n’est ni oui ni non, et n’est pas compté")
    situation["aah"], illisible = taux.lire(normaliser(cases.get(Champ.AAH, "")))
    return situation, dits + [_AAH_ILLISIBLE] * illisible


def _precision(lue: str) -> Precision:
    if lue not in ("", *Precision):
        raise CaseRefusee("naissance : TYPEDTNAI n’est ni N, ni J, ni O.")
    return Precision(lue or Precision.CONNUE)
