"""A fiche already open for the same NIR, announced without telling whose (people flee violence)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from relais.annuaire.models import Affectation
from relais.coffre.actions import Genre, Illisible, chercher_nir, ouvrir, sceller
from relais.fiches import recherche
from relais.fiches.contenu import Contenu
from relais.fiches.models import Brouillon, Fiche
from relais.regles.circuit import Statut

NATURE = "doublon"  # of the search, in the journal
MEMOIRE = timedelta(days=1)
EN_COURS = (
    Statut.TRANSMISE,
    Statut.PRISE_EN_CHARGE,
    Statut.COMPLEMENT_DEMANDE,
    Statut.REPONDUE,
    Statut.HORS_PERIMETRE,
)


@dataclass(frozen=True, slots=True)
class Doublon:
    """Another open fiche. `reference` is shown to the same équipe alone."""

    reference: str
    meme_equipe: bool


def du_brouillon(
    brouillon: Brouillon, contenu: Contenu, *, par: Affectation, maintenant: datetime
) -> Doublon | None:
    """The open fiche of the same Département for the number written in that draft, if any.

    Goes round `visibles_par` on purpose: its existence alone is told. So each new number of a
    draft is a search, journaled and bounded with the others; the same one again is not, for a
    day. Raises TropVite past the bound: nothing is told.
    """
    corps = contenu.personne.nir
    if not corps:
        return None
    if _dernier_cherche(brouillon) != corps:
        recherche.compter(NATURE, par=par, maintenant=maintenant)
        _retenir(brouillon, corps)
    fiche = brouillon.fiche
    return ouverte_pour(corps, fiche.departement_id, pour=par, sauf=fiche)


def ouverte_pour(
    corps: str, departement: str, *, pour: Affectation, sauf: Fiche | None = None
) -> Doublon | None:
    """The same for `corps`, the 13 characters, before a fiche is started; bounded by who asks."""
    copies = [pk for genre, pk in chercher_nir(departement, corps) if genre == Genre.EXEMPLAIRE]
    ouvertes = Fiche.objects.ouvertes_avec_copie(copies, EN_COURS)
    autre = (ouvertes.exclude(pk=sauf.pk) if sauf else ouvertes).first()
    if autre is None:
        return None
    return Doublon(autre.reference, autre.equipe_id == pour.equipe_id)


def _dernier_cherche(brouillon: Brouillon) -> str:
    """The number last looked up for that draft; empty when it is not remembered."""
    chiffre = cache.get(_cle(brouillon))
    if chiffre is None:
        return ""
    organisation = brouillon.organisation_id
    try:
        return ouvrir(
            Genre.BROUILLON, brouillon.pk, chiffre, organisation=organisation, partie=NATURE
        ).decode()
    except Illisible:
        return ""


def _retenir(brouillon: Brouillon, corps: str) -> None:
    """Sealed under the key of the draft: it is erased with it, and no digest of a NIR is left."""
    organisation = brouillon.organisation_id
    chiffre = sceller(
        Genre.BROUILLON, brouillon.pk, corps.encode(), organisation=organisation, partie=NATURE
    )
    cache.set(_cle(brouillon), chiffre, MEMOIRE.total_seconds())


def _cle(brouillon: Brouillon) -> str:
    return f"{NATURE}:{brouillon.pk}"
