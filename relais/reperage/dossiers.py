"""The encrypted document of a person: opened, sealed, found again by what it says."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from relais.coffre.actions import (
    Genre,
    Index,
    Valeur,
    creer_cle,
    ouvrir,
    ouvrir_plusieurs,
    retrouver,
    sceller,
)
from relais.regles.convention import Convention
from relais.regles.foyer import Examen
from relais.regles.nir import LONGUEUR_CORPS
from relais.reperage.dossier import Dossier
from relais.reperage.examens import Examens, mois_d_echeance, niveau_garde
from relais.reperage.models import Personne, PersonneQuerySet


def lire(personne: Personne) -> Dossier:
    """What is kept of that person. Raises Illisible when its key was destroyed."""
    octets = ouvrir(
        Genre.PERSONNE,
        personne.pk,
        bytes(personne.document),
        organisation=personne.organisation_id,
    )
    return Dossier.depuis_octets(octets)


def lire_plusieurs(personnes: Iterable[Personne]) -> dict[UUID, Dossier]:
    """`lire` for a page, with one query of keys; who cannot be read is left out."""
    par_organisation: dict[str, list[tuple[UUID, bytes]]] = {}
    for une in personnes:
        siens = par_organisation.setdefault(une.organisation_id, [])
        siens.append((une.pk, bytes(une.document)))
    return {
        pk: Dossier.depuis_octets(clair)
        for organisation, chiffres in par_organisation.items()
        for pk, clair in ouvrir_plusieurs(
            Genre.PERSONNE, chiffres, organisation=organisation
        ).items()
        if clair is not None
    }


def retrouves(
    organisation: str, valeurs: Iterable[Valeur], personnes: PersonneQuerySet
) -> tuple[dict[UUID, Personne], dict[UUID, Dossier]]:
    """Those of these people whom one of these values may be of, and what is kept of them."""
    trouves = retrouver(organisation, valeurs)
    ids = {pk for objets in trouves.values() for genre, pk in objets if genre == Genre.PERSONNE}
    lignes = {une.pk: une for une in personnes.d_ids(ids)}
    return lignes, lire_plusieurs(lignes.values())


def ecrire(personne: Personne, dossier: Dossier, *, convention: Convention, au: date) -> None:
    """Seal and save that locked person: tags, level, month and conflict follow from `dossier`.

    `au`: the day of the examination; a later one already made stays. Whatever else the caller
    changed on `personne` is saved with it. Tags that stay as they are, are not written again.
    """
    avant: tuple[Dossier, Examen] | None = None
    if not personne._state.adding:
        garde, du = lire(personne), personne.examinee_le
        avant = garde, Examens(au=du, convention=convention).de(garde)
        personne.version += 1
    le = max(au, personne.examinee_le) if personne.examinee_le else au
    lu = Examens(au=le, convention=convention).de(dossier)
    organisation = personne.organisation_id
    if index := index_a_ecrire(dossier, lu, avant=avant):
        creer_cle(Genre.PERSONNE, personne.pk, organisation=organisation, index=index)
    personne.document = sceller(
        Genre.PERSONNE, personne.pk, dossier.en_octets(), organisation=organisation
    )
    noter(personne, dossier, lu, le=le)
    personne.save()


def noter(personne: Personne, dossier: Dossier, lu: Examen, *, le: date) -> None:
    """Put in clear what lists sort by, and nothing else."""
    personne.urgence = niveau_garde(lu)
    personne.mois_echeance = mois_d_echeance(lu, dossier.objectif)
    personne.examinee_le = le
    personne.a_decider = dossier.a_decider


def index_a_ecrire(
    dossier: Dossier, lu: Examen, *, avant: tuple[Dossier, Examen] | None
) -> Index | None:
    """What a person is to be found by from now on; None when she already is.

    `avant`: what is kept of her, as examined on the day of which her row is true.
    """
    voulu = index_de(dossier, lu)
    return None if avant is not None and index_de(*avant) == voulu else voulu


def index_de(dossier: Dossier, lu: Examen) -> Index:
    """What a person is found by: number, names, names with the birth date, audiences."""
    identite = dossier.identite
    return Index(
        nir=identite.nir[:LONGUEUR_CORPS] or None,
        noms=identite.noms,
        matricule=dossier.foyer.matricule,
        etats_civils=tuple((nom, identite.naissance) for nom in identite.noms),
        publics=tuple(lu.publics),
    )
