"""Whether somebody that a file tells of is already kept (import-formats.md, « Same person »).

Equal NIR and birth dates that agree, with first names that agree; else a name in common (birth or
used), the same birth date, and first names that agree. What contradicts itself is told, never
merged.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from uuid import UUID

from relais.coffre.actions import Valeur, etat_civil, numero
from relais.regles.foyer import Precision
from relais.regles.nir import LONGUEUR_CORPS
from relais.reperage.dossier import Conflit, Dossier, Identite

NIR, PRENOMS, DOUBLON, NAISSANCE = "nir", "prenoms", "doublon", "naissance"
DEUX_PERSONNES = "deux_personnes"  # a decision: what the other source says is of somebody else
_MOTS = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Desaccord:
    """`de`: the kept person to be flagged; None: the one who comes."""

    de: UUID | None
    nature: str
    valeur: str


class Reprise(Enum):
    """How much of what was read is taken."""

    TOUT = auto()
    SANS_L_IDENTITE = auto()  # another birth date: the one that is kept was checked
    EN_ATTENDANT = auto()  # another birth date: somebody is to decide


@dataclass(frozen=True, slots=True)
class Trouvee:
    """`pk`: who it is among the people kept, None: nobody.

    `numero_libre`: the number read is not another person's.
    """

    pk: UUID | None = None
    desaccords: tuple[Desaccord, ...] = ()
    numero_libre: bool = True
    reprise: Reprise = Reprise.TOUT


def valeurs(identite: Identite) -> list[Valeur]:
    """What a person may be known by: her number, each of her names with the birth date."""
    siennes = [etat_civil(nom, identite.naissance) for nom in identite.noms]
    if identite.nir:
        siennes.append(numero(identite.nir[:LONGUEUR_CORPS]))
    return [valeur for valeur in siennes if valeur is not None]


def prenoms_accordes(uns: str, autres: str) -> bool:
    """Whether one is the beginning of the other, hyphens and accents aside; silence agrees."""
    if uns == autres:
        return True
    court, long = sorted((mots(uns), mots(autres)), key=len)
    return long[: len(court)] == court or "".join(court) == "".join(long)


def nom_commun(une: Identite, autre: Identite) -> bool:
    """Whether one of the names of one is a name of the other."""
    jour = une.naissance
    return not {etat_civil(nom, jour) for nom in une.noms}.isdisjoint(
        etat_civil(nom, jour) for nom in autre.noms
    )


def mots(prenoms: str) -> list[str]:
    """First names one by one, without accents nor capitals."""
    decompose = unicodedata.normalize("NFKD", prenoms.casefold())
    return _MOTS.findall("".join(c for c in decompose if not unicodedata.combining(c)))


def naissances_accordees(une: Identite, autre: Identite) -> bool:
    """Whether it may be one birth date, as far as each is known: the same year, month or day."""
    precisions = {une.precision, autre.precision}
    if Precision.MOIS_INCONNU in precisions:
        return une.naissance.year == autre.naissance.year
    if Precision.JOUR_INCONNU in precisions:
        return une.naissance.replace(day=1) == autre.naissance.replace(day=1)
    return une.naissance == autre.naissance


def naissance_ecrite(identite: Identite) -> str:
    """A birth date as a disagreement keeps it: ISO, then J or O where it is not wholly known."""
    connue = identite.precision == Precision.CONNUE
    return identite.naissance.isoformat() + ("" if connue else f" {identite.precision.value}")


def naissance_lue(valeur: str) -> tuple[date, Precision]:
    """What `naissance_ecrite` wrote."""
    jour, _, precision = valeur.partition(" ")
    return date.fromisoformat(jour), Precision(precision or Precision.CONNUE)


@dataclass(slots=True)
class Connues:
    """The people kept that may be those of a lot, as their dossiers say, whatever tags say."""

    identites: dict[UUID, Identite] = field(default_factory=dict)
    roles: dict[UUID, str] = field(default_factory=dict)
    conflits: dict[UUID, tuple[Conflit, ...]] = field(default_factory=dict)
    _par_nir: dict[str, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    _par_nom: dict[Valeur, list[UUID]] = field(default_factory=lambda: defaultdict(list))

    def ajouter(self, pk: UUID, dossier: Dossier) -> None:
        """Also for who was added before, whose dossier says more by now."""
        identite = dossier.identite
        self.identites[pk], self.roles[pk] = identite, dossier.foyer.role
        self.conflits[pk] = dossier.conflits
        if identite.nir:
            _ranger(self._par_nir[identite.nir[:LONGUEUR_CORPS]], pk)
        for nom in identite.noms:
            if valeur := etat_civil(nom, identite.naissance):
                _ranger(self._par_nom[valeur], pk)

    def trouver(self, lu: Dossier, *, exclues: Collection[UUID] = ()) -> Trouvee:
        """Who it is. `exclues`: who it cannot be, the conjoint of the same household."""
        identite = lu.identite
        sous_le_numero = self._sous_le_numero(identite)
        du_jour = [
            pk for pk in sous_le_numero if naissances_accordees(self.identites[pk], identite)
        ]
        homonymes = self._homonymes(identite)
        memes = self._accordees(du_jour, lu, exclues)
        if memes:
            autres = [pk for pk in self._accordees(homonymes, lu, exclues) if pk not in du_jour]
            return self._par_le_numero(memes[0], autres, identite)
        accordees = self._accordees(homonymes, lu, exclues)
        if accordees:
            return self._par_le_nom(accordees, identite, numero_libre=not du_jour)
        if contredite := self._contredite(sous_le_numero, lu):
            return contredite
        return Trouvee(None, tuple(self._prenoms_en_desaccord(du_jour, homonymes, identite)))

    def _par_le_numero(self, pk: UUID, autres: Iterable[UUID], identite: Identite) -> Trouvee:
        """Who has the number; another row that the names say to be the same is a double."""
        doubles = [autre for autre in autres if not self.identites[autre].nir]
        desaccords = [Desaccord(pk, DOUBLON, str(autre)) for autre in doubles]
        desaccords += [Desaccord(autre, DOUBLON, str(pk)) for autre in doubles]
        return Trouvee(pk, tuple(desaccords))

    def _par_le_nom(
        self, accordees: list[UUID], identite: Identite, *, numero_libre: bool
    ) -> Trouvee:
        """Who has the name and the birth date; another number is a conflict, never overwritten."""
        sans_autre_numero = [pk for pk in accordees if not self._autre_numero(pk, identite)]
        if sans_autre_numero:
            return Trouvee(sans_autre_numero[0], numero_libre=numero_libre)
        restantes = [pk for pk in accordees if not self._separees(pk, NIR, identite.nir)]
        if not restantes:
            return Trouvee(None)
        return Trouvee(
            restantes[0], (Desaccord(restantes[0], NIR, identite.nir),), numero_libre=False
        )

    def _contredite(self, sous_le_numero: list[UUID], lu: Dossier) -> Trouvee | None:
        """The same number and names with another birth date: one of the two is wrong."""
        dite = naissance_ecrite(lu.identite)
        for pk in self._accordees(sous_le_numero, lu, ()):
            sienne, decision = self.identites[pk], self._decision(pk, NAISSANCE, dite)
            if (
                decision != DEUX_PERSONNES
                and not naissances_accordees(sienne, lu.identite)
                and nom_commun(sienne, lu.identite)
            ):
                if decision:
                    return Trouvee(pk, reprise=Reprise.SANS_L_IDENTITE)
                desaccord = Desaccord(pk, NAISSANCE, dite)
                return Trouvee(pk, (desaccord,), reprise=Reprise.EN_ATTENDANT)
        return None

    def _prenoms_en_desaccord(
        self, du_jour: list[UUID], homonymes: list[UUID], identite: Identite
    ) -> Iterable[Desaccord]:
        """Two people, unless somebody finds otherwise; two numbers tell twins apart."""
        douteuses = dict.fromkeys(
            [*du_jour, *(pk for pk in homonymes if not self._autre_numero(pk, identite))]
        )
        for pk in douteuses:
            yield Desaccord(pk, PRENOMS, identite.prenoms)
            yield Desaccord(None, PRENOMS, self.identites[pk].prenoms)

    def _sous_le_numero(self, identite: Identite) -> list[UUID]:
        return list(self._par_nir.get(identite.nir[:LONGUEUR_CORPS], ())) if identite.nir else []

    def _homonymes(self, identite: Identite) -> list[UUID]:
        valeurs_du_nom = (etat_civil(nom, identite.naissance) for nom in identite.noms)
        return list(
            dict.fromkeys(
                pk for valeur in valeurs_du_nom if valeur for pk in self._par_nom.get(valeur, ())
            )
        )

    def _accordees(
        self, candidates: Iterable[UUID], lu: Dossier, exclues: Collection[UUID]
    ) -> list[UUID]:
        """Those whose first names agree, the nearest first."""

        def proche(pk: UUID) -> tuple[bool, bool, bool, str]:
            sienne = self.identites[pk]
            return (
                mots(sienne.prenoms) != mots(lu.identite.prenoms),
                self.roles[pk] != lu.foyer.role,
                sienne.feminin != lu.identite.feminin,
                str(pk),
            )

        accordees = [
            pk
            for pk in candidates
            if pk not in exclues
            and prenoms_accordes(self.identites[pk].prenoms, lu.identite.prenoms)
        ]
        return sorted(accordees, key=proche) if len(accordees) > 1 else accordees

    def _autre_numero(self, pk: UUID, identite: Identite) -> bool:
        sien = self.identites[pk].nir[:LONGUEUR_CORPS]
        return bool(sien and identite.nir) and sien != identite.nir[:LONGUEUR_CORPS]

    def _separees(self, pk: UUID, nature: str, valeur: str) -> bool:
        """Whether somebody decided that what the file says is of another person."""
        return self._decision(pk, nature, valeur) == DEUX_PERSONNES

    def _decision(self, pk: UUID, nature: str, valeur: str) -> str:
        """What somebody decided of that disagreement, empty: nothing yet."""
        decisions = (
            un.decision for un in self.conflits[pk] if (un.nature, un.valeur) == (nature, valeur)
        )
        return next(decisions, "")


def _ranger(liste: list[UUID], pk: UUID) -> None:
    if pk not in liste:
        liste.append(pk)
