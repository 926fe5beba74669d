"""What the objects of an organisation are found by: digests of whole values, under its own key.

No prefix, nothing in clear. `actions` is the door: who stores and who searches goes through it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from relais.coffre import chiffrement, cles_d_organisation, lignes, magasin
from relais.coffre.chiffrement import Usage
from relais.coffre.lignes import LigneCle
from relais.coffre.models import Genre, Nature
from relais.coffre.noms import normaliser_nom
from relais.coffre.trousseau import Trousseau

CARACTERES_NIR = 13
Valeur = tuple[Nature, str]
"""A nature with a value as it is compared."""
Objet = tuple[Genre, UUID]


@dataclass(frozen=True, slots=True)
class Index:
    """What an object is found by: the 13 characters of the NIR, the birth and used names.

    `matricule`: the number of allocataire. `etats_civils`: each name with the birth date;
    `publics`: codes of the audiences.
    """

    nir: str | None = field(default=None, repr=False)
    noms: tuple[str, ...] = field(default=(), repr=False)
    matricule: str = field(default="", repr=False)
    etats_civils: tuple[tuple[str, date], ...] = field(default=(), repr=False)
    publics: tuple[str, ...] = field(default=(), repr=False)

    def valeurs(self) -> set[Valeur]:
        """Each nature with its value as it is compared; ValueError if the NIR is no body of one."""
        toutes = {
            (Nature.NOM, normalise) for nom in self.noms if (normalise := normaliser_nom(nom))
        }
        toutes |= {valeur for un in self.etats_civils if (valeur := etat_civil(*un))}
        toutes |= {(Nature.PUBLIC, str(public)) for public in self.publics}
        toutes |= {allocataire(self.matricule)} if self.matricule else set()
        return toutes | ({numero(self.nir)} if self.nir else set())


def numero(corps: str) -> Valeur:
    """The value of a NIR; ValueError if these are not 13 characters."""
    compare = corps.upper()
    if len(compare) != CARACTERES_NIR or not (compare.isascii() and compare.isalnum()):
        raise ValueError("Le corps d'un NIR a 13 caractères.")
    return Nature.NIR, compare


def allocataire(matricule: str) -> Valeur:
    """The value of a number of allocataire: zeros in front count."""
    return Nature.MATRICULE, "".join(matricule.split()).upper()


def etat_civil(nom: str, naissance: date) -> Valeur | None:
    """The value of a name and a birth date together; None when nothing is left of the name."""
    normalise = normaliser_nom(nom)
    return (Nature.ETAT_CIVIL, f"{normalise}|{naissance.isoformat()}") if normalise else None


def chercher_nir(organisation: str, corps: str) -> list[Objet]:
    """The objects of this organisation indexed under these 13 characters, newest first."""
    return _chercher(organisation, numero(corps))


def chercher_nom(organisation: str, nom: str) -> list[Objet]:
    """The objects of this organisation indexed under this whole name, newest first."""
    normalise = normaliser_nom(nom)
    return _chercher(organisation, (Nature.NOM, normalise)) if normalise else []


def chercher_public(organisation: str, public: str) -> list[Objet]:
    """The people of this organisation who are in that audience, newest first."""
    return _chercher(organisation, (Nature.PUBLIC, str(public)))


def retrouver(organisation: str, valeurs: Iterable[Valeur]) -> dict[Valeur, list[Objet]]:
    """The objects under each of these values, newest first, in one query; none is left out."""
    trouves: dict[Valeur, list[Objet]] = {valeur: [] for valeur in valeurs}
    with magasin.lecture():
        ligne = cles_d_organisation.trouver(Usage.RECHERCHE, organisation)
        if ligne is None or not trouves:
            return trouves
        cle = cles_d_organisation.ouvrir(ligne, Trousseau())
        par_etiquette = {chiffrement.etiquette(cle, *valeur): valeur for valeur in trouves}
        for etiquette, objet in lignes.trouver_plusieurs(organisation, list(par_etiquette)):
            trouves[par_etiquette[etiquette]].append(objet)
    return trouves


def indexer(
    trousseau: Trousseau,
    organisation: str,
    a_indexer: Sequence[tuple[LigneCle, set[Valeur]]],
) -> None:
    """Replace what these keys are found by, inside a transaction of the store."""
    if not a_indexer:
        return
    ligne = cles_d_organisation.trouver_ou_creer(Usage.RECHERCHE, organisation, trousseau)
    cle_de_recherche = cles_d_organisation.ouvrir(ligne, trousseau)
    lignes.remplacer_index(
        organisation,
        [
            (cle, [(n, chiffrement.etiquette(cle_de_recherche, n, v)) for n, v in sorted(valeurs)])
            for cle, valeurs in a_indexer
        ],
    )


def _chercher(organisation: str, valeur: Valeur) -> list[Objet]:
    return retrouver(organisation, [valeur])[valeur]
