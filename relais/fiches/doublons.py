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
    trouves = chercher_nir(fiche.departement_id, contenu.personne.nir)
    copies = [pk for genre, pk in trouves if genre == Genre.EXEMPLAIRE]
    autre = Fiche.objects.ouvertes_avec_copie(copies, EN_COURS).exclude(pk=fiche.pk).first()
    if autre is None:
        return None
    return Doublon(autre.reference, autre.equipe_id == pour.equipe_id)
