"""What is kept of a person once another file has told of her, part by part.

A part bears where it comes from and of when: an older file fills what is empty and overwrites
nothing, neither what a newer one said nor what was declared since. The flow of the CNAF and the
spreadsheets of the Département do not know the same things: each keeps to its own.

A file says nothing of the data that it does not tell (`dites`): they stay as they are.

A situation is declared datum by datum. A newer file replaces a declared datum by what it says, and
that is told; by its silence it replaces nothing, for no file knows all that a person knows.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cached_property
from typing import TypeVar

from relais.regles.foyer import Precision
from relais.regles.reperage import SOURCES, Consentement, Difference, Famille
from relais.regles.subsidiarite import Aah
from relais.reperage.dossier import (
    DECLARABLES,
    Coordonnees,
    Dossier,
    Foyer,
    Identite,
    Origine,
    Situation,
)
from relais.reperage.lecture.dites import PRECISION

T = TypeVar("T", Identite, Coordonnees, Foyer)
IDENTITE, SITUATION, COORDONNEES, FOYER = "identite", "situation", "coordonnees", "foyer"
NAISSANCE = "naissance"  # the birth date, once a file or a person said that it is the true one
CONTACTS = "contacts"  # phones, mails and consent, where another file tells of them
TABLEAU = "situation_du_tableau"  # before each datum that a spreadsheet told
FLUX = "situation_du_flux"
_HORS_DU_FLUX = frozenset({"inapte", "aah", "saspa"})
_SITUATION = tuple(champ.name for champ in fields(Situation))
_SUSPENDU = "suspendu"
ADRESSE = ("adresse", "code_postal", "commune", "insee")
_MOYENS = ("telephones", "courriels", "consentement")
_HORS_DU_MOT = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Provenance:
    """The file that is read: its name for people, its day, its family."""

    source: str
    au: date

    @cached_property
    def phrase(self) -> str:
        """« fichier de la CNAF du 01/11/2026 »."""
        return f"{self.source} du {self.au:%d/%m/%Y}"

    @cached_property
    def est_un_flux(self) -> bool:
        return self.source == SOURCES[Famille.FLUX]

    def origine(self, partie: str) -> Origine:
        return Origine(partie, self.phrase, self.au)


def premiere(lu: Dossier, *, de: Provenance, dites: Collection[str]) -> Dossier:
    """The dossier of somebody who was not kept: all its parts come from that file."""
    parties = [IDENTITE, COORDONNEES, FOYER]
    if PRECISION in dites and lu.identite.precision == Precision.CONNUE:
        parties.append(NAISSANCE)
    siennes = [nom for nom in _SITUATION if nom in dites]
    if siennes:
        parties += [SITUATION, *([FLUX] if de.est_un_flux else map(_du_tableau, siennes))]
    if _dit_comment_joindre(lu.coordonnees):
        parties.append(CONTACTS)
    return replace(lu, origines=tuple(de.origine(partie) for partie in parties))


def fusionner(
    garde: Dossier,
    lu: Dossier,
    *,
    de: Provenance,
    dites: Collection[str],
    identite: bool = True,
    numero_libre: bool = True,
) -> Dossier:
    """`garde` with what that file adds or renews; its notes, objective and conflicts stay.

    `identite`: False where somebody decided that the one that is kept is the true one.
    """
    fusion = _Fusion(garde, de)
    qui = garde.identite
    if identite:
        qui = fusion.identite(
            lu.identite, numero_libre=numero_libre, precision_dite=PRECISION in dites
        )
    situation = fusion.situation(lu.situation, dites)
    coordonnees = fusion.coordonnees(lu.coordonnees)
    foyer = fusion.foyer(lu.foyer)
    return replace(
        garde,
        identite=qui,
        situation=situation,
        coordonnees=coordonnees,
        foyer=foyer,
        origines=tuple(fusion.origines.values()),
    )


def en_attendant(garde: Dossier, lu: Dossier, *, de: Provenance, dites: Collection[str]) -> Dossier:
    """`garde` with what does not wait for somebody to decide of a birth date: where to write to
    her, and a suspension, which puts a household first whatever else holds.
    """
    fusion = _Fusion(garde, de)
    situation = fusion.situation(lu.situation, {_SUSPENDU} & set(dites))
    coordonnees = fusion.coordonnees(lu.coordonnees)
    return replace(
        garde,
        situation=situation,
        coordonnees=coordonnees,
        origines=tuple(fusion.origines.values()),
    )


def joindre(garde: Dossier, lues: Coordonnees, *, de: Provenance) -> Dossier:
    """`garde` with the ways to reach the person that a file of contacts says, and nothing else."""
    fusion = _Fusion(garde, de)
    coordonnees = fusion.coordonnees(lues)
    return replace(garde, coordonnees=coordonnees, origines=tuple(fusion.origines.values()))


def completer(garde: T, lu: T, renouvelle: bool, noms: tuple[str, ...]) -> T:
    """What is empty is filled in; what is not is replaced where `renouvelle`, case aside."""
    neufs = {}
    for nom in noms:
        sien, autre = getattr(garde, nom), getattr(lu, nom)
        if autre and (not sien or (renouvelle and not _memes_lettres(sien, autre))):
            neufs[nom] = autre
    return replace(garde, **neufs)


def differences(avant: Dossier, apres: Dossier) -> set[Difference]:
    """What differs between two states of a person, whatever made it so."""
    trouvees = set()
    if _sans(avant.identite) != _sans(apres.identite):
        trouvees.add(Difference.IDENTITE)
    if not _meme_adresse(avant.coordonnees, apres.coordonnees):
        trouvees.add(Difference.DEMENAGEE)
    if _part(avant.coordonnees, _MOYENS) != _part(apres.coordonnees, _MOYENS):
        trouvees.add(Difference.COORDONNEES)
    if apres.situation.invalidite and not avant.situation.invalidite:
        trouvees.add(Difference.INVALIDITE)
    if apres.situation.suspendu and not avant.situation.suspendu:
        trouvees.add(Difference.SUSPENSION)
    deja = {Difference.INVALIDITE, Difference.SUSPENSION} & trouvees
    if avant.situation != apres.situation and not _dit_par(avant, apres, deja):
        trouvees.add(Difference.SITUATION)
    if any(_contredite(nom, avant, apres) for nom in DECLARABLES):
        trouvees.add(Difference.CONTREDITE)
    return trouvees


def reprendre(garde: Dossier, autre: Dossier) -> Dossier:
    """`garde` with what was declared of the situation, later, on another page of that person."""
    for nom in DECLARABLES:
        ici, la = garde.origine(nom), autre.origine(nom)
        if la is not None and (ici is None or ici.le < la.le):
            dite = replace(garde.situation, **{nom: getattr(autre.situation, nom)})
            garde = replace(garde, situation=dite).declaree(nom, le=la.le)
    return garde


def _contredite(nom: str, avant: Dossier, apres: Dossier) -> bool:
    """Whether that datum was declared, and is no longer what was declared."""
    return (
        avant.origine(nom) is not None
        and apres.origine(nom) is None
        and getattr(avant.situation, nom) != getattr(apres.situation, nom)
    )


def _dit_par(avant: Dossier, apres: Dossier, deja: set[Difference]) -> bool:
    """Whether these differences tell all that changed of the situation."""
    dite = replace(
        avant.situation,
        invalidite=avant.situation.invalidite or Difference.INVALIDITE in deja,
        suspendu=avant.situation.suspendu or Difference.SUSPENSION in deja,
    )
    return dite == apres.situation


class _Fusion:
    """The parts of one dossier, with the origin of each as it goes."""

    def __init__(self, garde: Dossier, de: Provenance) -> None:
        self.garde, self.de = garde, de
        self.origines = {une.partie: une for une in garde.origines}

    def identite(self, lue: Identite, *, numero_libre: bool, precision_dite: bool) -> Identite:
        """Names renewed, a number filled in and never replaced, a birth date made surer."""
        sienne = self.garde.identite
        nir = sienne.nir or (lue.nir if numero_libre else "")
        renouvelle = self._renouvelle(IDENTITE)
        fusionnee = completer(sienne, lue, renouvelle, ("nom_naissance", "nom_usage", "prenoms"))
        if fusionnee.feminin is None or (renouvelle and lue.feminin is not None):
            fusionnee = replace(fusionnee, feminin=lue.feminin)
        if precision_dite:
            fusionnee = self._naissance(fusionnee, lue)
        return replace(fusionnee, nir=nir)

    def _naissance(self, sienne: Identite, lue: Identite) -> Identite:
        """The birth date that is known best. One that nobody said to be the true one, and that a
        file gives for an uncertain one, is uncertain.
        """
        if lue.precision == Precision.CONNUE:
            self._renouvelle(NAISSANCE)
            meilleure = True
        elif sienne.precision == Precision.CONNUE:
            meilleure = lue.naissance == sienne.naissance and NAISSANCE not in self.origines
        else:
            finesse = list(Precision).index
            meilleure = finesse(lue.precision) < finesse(sienne.precision)
        if not meilleure:
            return sienne
        return replace(sienne, naissance=lue.naissance, precision=lue.precision)

    def situation(self, lue: Situation, dites: Collection[str]) -> Situation:
        """The flow's own facts, and those that it never tells, each by its newest teller."""
        noms = [nom for nom in _SITUATION if nom in dites and self._a_dire(nom)]
        if not noms:
            return self.garde.situation
        if self.de.est_un_flux:
            self._noter(FLUX)
        else:
            for nom in noms:
                self._noter(_du_tableau(nom))
        self._renouvelle(SITUATION)
        return replace(
            self.garde.situation, **{nom: getattr(lue, nom) for nom in noms if self._dit(nom, lue)}
        )

    def _a_dire(self, nom: str) -> bool:
        """Whether the family of that file knows that datum, and no newer file of it told of it."""
        if self.de.est_un_flux:
            return nom not in _HORS_DU_FLUX and self._peut(FLUX)
        return (nom in _HORS_DU_FLUX or FLUX not in self.origines) and self._peut(_du_tableau(nom))

    def _dit(self, nom: str, lue: Situation) -> bool:
        """Whether that datum is the file's to say: what was declared, once a newer one differs."""
        if nom not in self.origines:
            return True
        sienne = getattr(self.garde.situation, nom)
        if not self._peut(nom) or _tait(nom, lue, sienne) or getattr(lue, nom) == sienne:
            return False
        del self.origines[nom]
        return True

    def coordonnees(self, lues: Coordonnees) -> Coordonnees:
        """The address as a whole, and the ways to reach the person, each by its newest teller."""
        siennes = self.garde.coordonnees
        fusionnees = siennes
        if lues.adresse or lues.commune or lues.code_postal or lues.insee:
            vide = not (siennes.adresse or siennes.commune or siennes.code_postal)
            renouvelle = self._renouvelle(COORDONNEES)
            if _meme_adresse(siennes, lues):
                fusionnees = replace(fusionnees, insee=siennes.insee or lues.insee)
            elif renouvelle or vide:
                adresse = {nom: getattr(lues, nom) for nom in ADRESSE}
                fusionnees = replace(fusionnees, **adresse)
        if _dit_comment_joindre(lues):
            fusionnees = self._moyens(fusionnees, lues)
        return fusionnees

    def _moyens(self, siennes: Coordonnees, lues: Coordonnees) -> Coordonnees:
        plus_recent = self._peut(CONTACTS)
        if self._declaree(COORDONNEES) and not self._peut(COORDONNEES):
            plus_recent = False
        if plus_recent:
            self._noter(CONTACTS)
        dits = completer(siennes, lues, plus_recent, ("telephones", "courriels"))
        if lues.consentement != Consentement.INCONNU and (
            plus_recent or siennes.consentement == Consentement.INCONNU
        ):
            dits = replace(dits, consentement=lues.consentement)
        return dits

    def foyer(self, lu: Foyer) -> Foyer:
        sien = self.garde.foyer
        if not (lu.matricule or lu.demande or lu.role):
            return sien
        return completer(sien, lu, self._renouvelle(FOYER), ("matricule", "demande", "role"))

    def _renouvelle(self, partie: str) -> bool:
        """Whether that file may overwrite that part; it is then where the part comes from."""
        if self._peut(partie):
            self._noter(partie)
            return True
        return False

    def _peut(self, partie: str) -> bool:
        origine = self.origines.get(partie)
        if origine is None:
            return True
        if self._declaree(partie):
            return self.de.au > origine.le
        return self.de.au >= origine.le

    def _declaree(self, partie: str) -> bool:
        origine = self.origines.get(partie)
        return origine is not None and origine.declaree

    def _noter(self, partie: str) -> None:
        self.origines[partie] = self.de.origine(partie)


def _du_tableau(nom: str) -> str:
    """The part under which that datum of a spreadsheet has its origin."""
    return f"{TABLEAU}:{nom}"


def _tait(nom: str, lue: Situation, declare: object) -> bool:
    """Whether the file is silent about that datum. Work is told of with an invalidity only."""
    dit = getattr(lue, nom)
    if nom == "travaille":
        return not dit and not lue.invalidite
    return not dit or (dit == Aah.INCONNU and declare is not None)


def _dit_comment_joindre(lues: Coordonnees) -> bool:
    return bool(lues.telephones or lues.courriels or lues.consentement != Consentement.INCONNU)


def _meme_adresse(une: Coordonnees, autre: Coordonnees) -> bool:
    """The same place, however it is written; a code that only one of them has does not count."""
    codes = {une.insee, autre.insee} - {""}
    return len(codes) < 2 and all(
        _memes_lettres(getattr(une, nom), getattr(autre, nom))
        for nom in ("adresse", "code_postal", "commune")
    )


def _memes_lettres(une: object, autre: object) -> bool:
    return une == autre or _lettres(une) == _lettres(autre)


def _lettres(valeur: object) -> str:
    texte = " ".join(valeur) if isinstance(valeur, tuple) else str(valeur)
    decompose = unicodedata.normalize("NFKD", texte.casefold())
    sans_accent = "".join(c for c in decompose if not unicodedata.combining(c))
    return _HORS_DU_MOT.sub("", sans_accent)


def _part(coordonnees: Coordonnees, noms: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(getattr(coordonnees, nom) for nom in noms)


def _sans(identite: Identite) -> Identite:
    return replace(identite, precision=Precision.CONNUE)
