"""Who a row of a spreadsheet tells of, and how to reach her: what is sealed in her dossier."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from relais.regles.foyer import Adulte
from relais.reperage.dossier import Coordonnees, Dossier, Foyer, Identite, Situation
from relais.reperage.lecture import cellules, matricules, numeros
from relais.reperage.lecture.titres import Champ, Colonnes, normaliser
from relais.reperage.textes import (
    LONGUEUR,
    courriels_laisses,
    prenoms_ecrits,
    propre,
    telephones_laisses,
)

ADULTES_AU_PLUS = 2  # of a household
_ROLES = {
    **dict.fromkeys(
        ("dem", "demandeur", "demandeuse", "allocataire", "responsable", "rsa", "d"), "DEM"
    ),
    **dict.fromkeys(("cjt", "conjoint", "conjointe", "concubin", "concubine", "c"), "CJT"),
}
# What a cell says in the place of a number that it does not have.
_PAS_UN_NUMERO = re.compile(r"[^0-9]*|0+")
_FIN_D_ADRESSE = re.compile(r"(.*?)[\s,\-]+([0-9]{5}\s+[^0-9]+)", re.S)


@dataclass(slots=True)
class Identites:
    """Reads rows one after the other, and puts the two adults of a household together."""

    colonnes: Colonnes
    foyers: dict[int, int] = field(default_factory=dict)
    membres: Counter[int] = field(default_factory=Counter)

    def dossier(
        self,
        rangee: Sequence[str],
        numero: int,
        adulte: Adulte,
        *,
        feminin: bool | None,
        nir: str,
        veuf: bool = False,
    ) -> tuple[Dossier, int, list[str]]:
        """The dossier of a row, its household (0 for none), and what is to be checked."""
        cases = {champ: _cases(rangee, rangs) for champ, rangs in self.colonnes.items()}
        coordonnees, dits = _coordonnees(cases)
        matricule = cellules.matricule(_une(cases, Champ.MATRICULE))
        demande = cellules.entier(_une(cases, Champ.DEMANDE))
        foyer = self._foyer(matricule, numero, dits)
        lu = Dossier(
            identite=Identite(
                nom_naissance=_une(cases, Champ.NOM_NAISSANCE),
                nom_usage=_une(cases, Champ.NOM),
                prenoms=prenoms_ecrits(_toutes(cases, Champ.PRENOM)),
                feminin=feminin,
                naissance=adulte.naissance,
                precision=adulte.precision,
                nir=nir or _cache(matricule, adulte, feminin),
            ),
            situation=Situation(veuf=veuf, **_situation(adulte)),
            coordonnees=coordonnees,
            foyer=Foyer(
                matricule=matricule,
                demande=demande,
                role=_ROLES.get(normaliser(_une(cases, Champ.ROLE)), ""),
            ),
        )
        if not lu.identite.noms:
            dits.append("aucun nom")
        return lu, foyer, dits

    def _foyer(self, matricule: str, numero: int, dits: list[str]) -> int:
        """The first row that bears the same number of allocataire; a third adult is nobody's."""
        if _PAS_UN_NUMERO.fullmatch(matricule):
            return 0
        premier = self.foyers.setdefault(hash(matricule), numero)
        self.membres[premier] += 1
        if self.membres[premier] > ADULTES_AU_PLUS:
            dits.append(f"plus de deux adultes sous le numéro d’allocataire de la ligne {premier}")
            return 0
        return premier


def _situation(adulte: Adulte) -> dict[str, Any]:
    noms = ("inapte", "signale", "invalidite", "aah", "saspa", "travaille", "pensionne", "suspendu")
    return {nom: getattr(adulte, nom) for nom in noms}


def _coordonnees(cases: Mapping[Champ, list[str]]) -> tuple[Coordonnees, list[str]]:
    dits = []
    adresse = " ".join(map(propre, cases.get(Champ.ADRESSE, ())))
    ville = _une(cases, Champ.VILLE) or _une(cases, Champ.CP_VILLE)
    postal = _une(cases, Champ.CODE_POSTAL)
    if not ville and not postal and (trouve := _FIN_D_ADRESSE.fullmatch(adresse)):
        adresse, ville = trouve[1], trouve[2]
    postal, ville = cellules.lieu(postal, ville)
    telephones, mauvais = cellules.telephones("\n".join(cases.get(Champ.TELEPHONE, ())))
    if mauvais:
        dits.append(telephones_laisses(mauvais))
    courriels, mauvais = cellules.courriels("\n".join(cases.get(Champ.MAIL, ())))
    if mauvais:
        dits.append(courriels_laisses(mauvais))
    complement = _toutes(cases, Champ.COMPLEMENT)
    lues = Coordonnees(
        adresse=", ".join(filter(None, (adresse, complement)))[:LONGUEUR],
        code_postal=postal,
        commune=ville,
        insee=cellules.insee(_une(cases, Champ.INSEE)),
        telephones=telephones,
        courriels=courriels,
    )
    return lues, dits


def _cache(matricule: str, adulte: Adulte, feminin: bool | None) -> str:
    """A NIR that stands as the number of allocataire (MSA), when nothing of her contradicts it."""
    if feminin is None or not matricules.est_un_nir(matricule):
        return ""
    lu = numeros.lire(matricule)
    if lu is None or numeros.discordances(lu, naissance=adulte.naissance, feminin=feminin):
        return ""
    return lu.corps + lu.cle


def _cases(rangee: Sequence[str], rangs: Sequence[int]) -> list[str]:
    """The cells that hold something; line breaks stay, several phones may be parted by them."""
    lues = (rangee[rang].strip() for rang in rangs if rang < len(rangee))
    return [lue for lue in lues if lue]


def _une(cases: Mapping[Champ, list[str]], champ: Champ) -> str:
    lues = cases.get(champ)
    return propre(lues[0]) if lues else ""


def _toutes(cases: Mapping[Champ, list[str]], champ: Champ) -> str:
    return " ".join(map(propre, cases.get(champ, ())))[:LONGUEUR]
