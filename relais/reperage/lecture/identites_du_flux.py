"""Who an adult of the monthly flow is, and how to write to her: what is sealed in her dossier."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relais.regles.foyer import Adulte
from relais.reperage.dossier import Coordonnees, Dossier, Foyer, Identite, Situation
from relais.reperage.lecture import matricules, numeros
from relais.reperage.textes import prenoms_ecrits, propre

_FEMININ = {"1": False, "2": True, "M": False, "F": True}
_CIVILITES = {"MME": True, "MLE": True, "MLLE": True, "MR": False, "M": False, "MONSIEUR": False}
_ACTUELLE, _VEUF, _DEMANDEUR = "01", "VEU", "DEM"

Textes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DuFoyer:
    """What the adults of a household share."""

    matricule: str
    demande: str
    coordonnees: Coordonnees
    veuf: bool
    numeros: tuple[str, ...]  # a NIR that stands where another number is expected (MSA)


def du_foyer(foyer: Any, identification: Textes) -> DuFoyer:
    """The address of today, the numbers, and whether the household is a widow's."""
    adresses: list[dict[str, str]] = []
    situations: list[str] = []
    for bloc in foyer.iter("DonneesAdministratives"):
        adresses += [_textes(adresse) for adresse in bloc.iter("Adresse")]
        situations += [propre(dite.text or "") for dite in bloc.iter("SITFAM")]
    caches = [identification.get("MATRICULE", "")]
    caches += [propre(e.text or "") for e in foyer.iter("MATRICULEORGCEDMUT")]
    return DuFoyer(
        propre(matricules.allocataire(identification.get("MATRICULE", ""))),
        propre(identification.get("NUMDEMRSA", "")),
        _coordonnees(_actuelle(adresses)),
        _VEUF in situations,
        tuple(dict.fromkeys(cache for cache in caches if matricules.est_un_nir(cache))),
    )


def dossier(adulte: Adulte, role: str, identite: Textes, partage: DuFoyer) -> Dossier:
    """What is to be kept of an adult. The NIR is empty when the file gives none that reads."""
    prenoms = [identite.get(nom, "") for nom in ("PRENOM", "PRENOM2", "PRENOM3")]
    feminin = sexe(identite)
    return Dossier(
        identite=Identite(
            nom_naissance=propre(identite.get("NOMNAI", "")),
            nom_usage=propre(identite.get("NOM", "")),
            prenoms=prenoms_ecrits(propre(" ".join(filter(None, prenoms)))),
            feminin=feminin,
            naissance=adulte.naissance,
            precision=adulte.precision,
            nir=_nir(identite, adulte, feminin, partage.numeros),
        ),
        situation=Situation(
            signale=adulte.signale,
            invalidite=adulte.invalidite,
            travaille=adulte.travaille,
            pensionne=adulte.pensionne,
            suspendu=adulte.suspendu,
            veuf=partage.veuf and role == _DEMANDEUR,
        ),
        coordonnees=partage.coordonnees,
        foyer=Foyer(matricule=partage.matricule, demande=partage.demande, role=role),
    )


def sexe(identite: Textes) -> bool | None:
    """True for a woman, by SEXE, else by QUAL; None when neither says."""
    dit = _FEMININ.get(identite.get("SEXE", ""))
    return _CIVILITES.get(identite.get("QUAL", "").upper()) if dit is None else dit


def _nir(identite: Textes, adulte: Adulte, feminin: bool | None, caches: Sequence[str]) -> str:
    """Her own number; else one of the household's that nothing of her contradicts (MSA)."""
    lu = numeros.lire(identite.get("NIR", ""))
    if lu is not None:
        return lu.corps + lu.cle
    if identite.get("NIR") or feminin is None:
        return ""
    for cache in map(numeros.lire, caches):
        if cache is not None and not numeros.discordances(
            cache, naissance=adulte.naissance, feminin=feminin
        ):
            return cache.corps + cache.cle
    return ""


def _actuelle(adresses: Sequence[dict[str, str]]) -> Textes:
    """The address of rank 01; the only one when it bears no rank."""
    for adresse in adresses:
        if adresse.get("RGADR") == _ACTUELLE:
            return adresse
    sans_rang = [adresse for adresse in adresses if not adresse.get("RGADR")]
    return sans_rang[0] if len(sans_rang) == len(adresses) == 1 else {}


def _coordonnees(adresse: Textes) -> Coordonnees:
    def premier(*noms: str) -> str:
        return next((adresse[nom] for nom in noms if adresse.get(nom)), "")

    voie = " ".join(_dits(adresse, ("NUMVOIE", "LIBTYPEVOIE", "TYPEVOIE", "NOMVOIE")))
    lignes = [voie, *_dits(adresse, ("COMPLIADR", "COMPLIDEADR", "COMPLADR", "LIEUDIST"))]
    return Coordonnees(
        adresse=propre(", ".join(filter(None, lignes))),
        code_postal=premier("CODEPOS"),
        commune=premier("NOMCOM", "LOCAADR"),
        insee=premier("NUMCOM", "NUMCOMPTT", "NUMCOMRAT"),
    )


def _dits(adresse: Textes, noms: Iterable[str]) -> Iterator[str]:
    return (adresse[nom] for nom in noms if adresse.get(nom))


def _textes(element: Any) -> dict[str, str]:
    return {e.tag: propre(e.text or "") for e in element.iter() if not len(e)}
