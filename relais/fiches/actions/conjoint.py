"""« Ouvrir aussi pour le conjoint »: each adult of a household has a fiche (CASF L.262-10).

What two people who live together share is not typed twice; what is one's own is never copied:
no name, no NIR, no mail, no box, no comment, no signature. Nothing ties the two fiches together.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from relais.annuaire.models import Affectation
from relais.fiches import exemplaires
from relais.fiches.actions import brouillons
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.contenu import Contenu, Personne
from relais.fiches.models import Fiche

EFFACE = "Le contenu de cette fiche a été effacé : commencez une nouvelle fiche."


@dataclass(frozen=True, slots=True)
class Partage:
    """What the professional says that the two people share."""

    adresse: bool = False
    telephone: bool = False


@transaction.atomic
def ouvrir_pour_le_conjoint(
    fiche: Fiche, partage: Partage, *, par: Affectation, maintenant: datetime
) -> Fiche:
    """A second draft, for the spouse or partner; the first fiche is left as it is.

    Raises ActeRefuse when nothing is left of the first one.
    """
    commun = personne_connue(fiche, par=par)
    nouvelle = brouillons.commencer(fiche.convention, par=par, maintenant=maintenant)
    brouillon = brouillons.courant(nouvelle)
    assert brouillon is not None  # just made
    repris = replace(
        brouillons.lire(brouillon),
        personne=Personne(
            adresse=commun.adresse if partage.adresse else "",
            telephone=commun.telephone if partage.telephone else "",
        ),
    )
    brouillons.enregistrer(
        nouvelle, repris, version=brouillon.version, par=par, maintenant=maintenant
    )
    return nouvelle


def personne_connue(fiche: Fiche, *, par: Affectation) -> Personne:
    """The person as the fiche names her last, for who may write it; ActeRefuse once erased."""
    brouillons.exiger_ecriture(fiche, par=par)
    contenu = _dernier_contenu(fiche)
    if contenu is None:
        raise ActeRefuse(EFFACE)
    return contenu.personne


def _dernier_contenu(fiche: Fiche) -> Contenu | None:
    brouillon = brouillons.courant(fiche)
    if brouillon is not None:
        return brouillons.lire(brouillon)
    demande = exemplaires.derniere_demande(fiche, fiche.departement_id)
    return demande[1] if demande else None
