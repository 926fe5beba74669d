"""A fiche already open for the same NIR, announced without telling whose (people flee violence)."""

from dataclasses import dataclass

from relais.annuaire.models import Affectation
from relais.coffre.actions import Genre, chercher_nir
from relais.fiches.contenu import Contenu
from relais.fiches.models import Fiche
from relais.regles.circuit import Statut

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


def du_numero(fiche: Fiche, contenu: Contenu, *, pour: Affectation) -> Doublon | None:
    """The open fiche of the same Département for the same 13 characters, None when there is none.

    Goes round `visibles_par` on purpose: its existence alone is told, and the act is journaled.
    """
    if not contenu.personne.nir:
        return None
    return ouverte_pour(contenu.personne.nir, fiche.departement_id, pour=pour, sauf=fiche)


def ouverte_pour(
    corps: str, departement: str, *, pour: Affectation, sauf: Fiche | None = None
) -> Doublon | None:
    """The same before a fiche is started: `corps`, the 13 characters."""
    copies = [pk for genre, pk in chercher_nir(departement, corps) if genre == Genre.EXEMPLAIRE]
    ouvertes = Fiche.objects.ouvertes_avec_copie(copies, EN_COURS)
    autre = (ouvertes.exclude(pk=sauf.pk) if sauf else ouvertes).first()
    if autre is None:
        return None
    return Doublon(autre.reference, autre.equipe_id == pour.equipe_id)
