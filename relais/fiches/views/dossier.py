"""The paper file: one PDF of everything, then « imprimée et versée au dossier »."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from relais.annuaire.models import Affectation
from relais.fiches import affichage, deroule, documents, dossier, droits
from relais.fiches.actions import dossier as actions
from relais.fiches.models import Exemplaire, Fiche
from relais.fiches.views.portes import (
    au_departement,
    faire,
    la_fiche,
    la_tenue,
    regles,
    rendre_le_pdf,
)
from relais.socle import horloge


def carte(fiche: Fiche, qui: Affectation, copie: Exemplaire | None) -> dict[str, Any] | None:
    """What the page of a fiche says of its paper file; None for who does not keep it.

    `copie`: the newest request that they hold.
    """
    if copie is None or not droits.peut_verser(qui, fiche):
        return None
    jour, convention = horloge.aujourd_hui(), regles(fiche)
    return {
        "page_a_part": copie.signature_type == "application/pdf",
        "a_verser": fiche.terminee and dossier.sur_papier(convention, jour),
    }


@au_departement
@require_GET
def imprimer(requete: HttpRequest, reference: str) -> HttpResponse:
    """The request as it was sent, each message, the timeline."""
    fiche = la_fiche(requete, reference)
    return rendre_le_pdf(requete, fiche, le_dossier(fiche, requete.affectation), "dossier")


def le_dossier(fiche: Fiche, qui: Affectation) -> bytes:
    """The whole file as one PDF, or 404 once nothing is held any more."""
    pieces = dossier.pieces(fiche, pour=qui)
    if not any(piece.demande for piece in pieces):
        raise Http404
    return documents.dossier(
        pieces,
        deroule.jalons(fiche, pour=qui),
        reference=fiche.reference,
        convention=regles(fiche),
        etat=affichage.etat(fiche, pour=qui).libelle,
        suivie_par=fiche.proprietaire.nom_complet,
        imprime_le=horloge.maintenant(),
    )


@au_departement
@require_POST
def verser(requete: HttpRequest, reference: str) -> HttpResponse:
    """Say that the paper is in the file, or that it is not after all."""
    annuler = requete.POST.get("geste") == "annuler"
    # The copy of an archived fiche would go: that is told first (views.conservation).
    fiche = la_tenue(requete, reference) if annuler else la_fiche(requete, reference)
    acte = actions.annuler_le_versement if annuler else actions.verser_au_dossier
    dit = "Le versement au dossier est annulé." if annuler else "La fiche est versée au dossier."
    return faire(requete, partial(acte, fiche), dit, "fiches:voir", reference)
