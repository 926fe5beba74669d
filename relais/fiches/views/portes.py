"""What the doors of the fiches share: find the fiche, do an act, give a paper."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from relais.annuaire.conventions import regles_de
from relais.annuaire.portes import reservee_a
from relais.fiches import documents, droits
from relais.fiches.actions import reponses
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.fiches.models import Fiche, FicheQuerySet
from relais.journal.models import Action
from relais.regles.circuit import Geste, Partie, Statut, gestes_possibles
from relais.regles.convention import ROLES_DE_LA_CAISSE, ROLES_DE_TERRAIN, Convention
from relais.socle import horloge
from relais.socle.panne import Disparue

SUPPRIMEES = "supprimees"
ARCHIVEE = (
    "Cette fiche est archivée depuis la fin de l’accompagnement : retrouvez-la dans « Mes fiches »,"
    " « Archives »."
)

au_departement = reservee_a(*ROLES_DE_TERRAIN)
a_la_caisse = reservee_a(*ROLES_DE_LA_CAISSE)
aux_deux = reservee_a(*ROLES_DE_TERRAIN, *ROLES_DE_LA_CAISSE)


class Archivee(Disparue):
    """A fiche that its owner or encadrant asks for by a door of what is in use."""

    def __init__(self) -> None:
        super().__init__(ARCHIVEE)


def la_fiche(requete: HttpRequest, reference: str) -> Fiche:
    """The fiche that the agent may open, or 404: that it exists is not said to anybody else."""
    try:
        return _trouver(Fiche.objects.visibles_par(requete.affectation), reference)
    except Http404:
        if Fiche.objects.tenues_par(requete.affectation).est_archivee(reference):
            raise Archivee from None
        if reference in requete.session.get(SUPPRIMEES, ()):
            raise Disparue("Vous avez supprimé cette fiche : il n’en reste rien.") from None
        raise


def la_tenue(requete: HttpRequest, reference: str) -> Fiche:
    """A fiche, archived or not, for who decides how long it is kept; no content comes with it."""
    return _trouver(Fiche.objects.tenues_par(requete.affectation), reference)


def _trouver(parmi: FicheQuerySet, reference: str) -> Fiche:
    if "\x00" in reference:  # PostgreSQL would not even look for it
        raise Http404
    return get_object_or_404(parmi.pour_page(), reference=reference)


def la_sienne(requete: HttpRequest, reference: str) -> Fiche:
    """The fiche for its owner alone: an encadrant reads it, and acts on none of it."""
    fiche = la_fiche(requete, reference)
    if droits.partie_de(requete.affectation, fiche) != Partie.AUTEUR:
        raise PermissionDenied
    return fiche


def la_fiche_ouverte(requete: HttpRequest, reference: str) -> Fiche:
    """The same, for who reads what it says: once the caisse has, it can no longer be recalled."""
    fiche = la_fiche(requete, reference)
    if requete.affectation.role in ROLES_DE_LA_CAISSE:
        try:
            reponses.ouvrir(fiche, par=requete.affectation, maintenant=horloge.maintenant())
        except ActeRefuse:
            raise Http404 from None
    return fiche


def retenir_la_suppression(requete: HttpRequest, fiche: Fiche) -> None:
    """For the back button: this session knows that the fiche is gone, and by whom."""
    requete.session[SUPPRIMEES] = [*requete.session.get(SUPPRIMEES, []), fiche.reference][-20:]


def deja_fait(requete: HttpRequest, fiche: Fiche, geste: Geste) -> HttpResponse | None:
    """The page of an act that the fiche no longer waits for (back button): on to the fiche."""
    partie = droits.partie_de(requete.affectation, fiche)
    lue = fiche.ouverte_caisse_le is not None
    if partie is None or geste in gestes_possibles(Statut(fiche.statut), par=partie, lue=lue):
        return None
    messages.info(requete, "C’est déjà fait, ou la fiche a changé depuis : voici où elle en est.")
    return redirect("fiches:voir", fiche.reference)


def regles(fiche: Fiche) -> Convention:
    return regles_de(fiche.convention_id)


def faire(
    requete: HttpRequest, acte: Callable[..., object], dit: str, vers: str, *args: Any
) -> HttpResponse:
    """Do that act now, say it and go on; refused, say why there."""
    try:
        acte(par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        return refuser(requete, refus, vers, *args)
    messages.success(requete, dit)
    return redirect(vers, *args)


def refuser(requete: HttpRequest, refus: ActeRefuse, vers: str, *args: Any) -> HttpResponse:
    """Say why the act was not done (its savepoint is undone) and go back to where one can act."""
    messages.error(requete, refus.phrase)
    return redirect(vers, *args)


def rendre_le_pdf(
    requete: HttpRequest, fiche: Fiche, pdf: bytes, nature: documents.NaturePdf
) -> HttpResponse:
    """A paper of that fiche, to read in the browser; journaled."""
    noter(requete, Action.DOCUMENT_IMPRIME, fiche.reference)
    return pdf_en_ligne(pdf, documents.nom_de_fichier(fiche.reference, nature))


def pdf_en_ligne(pdf: bytes, nom: str) -> HttpResponse:
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{nom}"'},
    )


def a_cote_des_champs(form: BaseForm, refus: ActeRefuse) -> None:
    """Say beside its field what stopped the act; above the form what no field caused."""
    for champ, phrase in refus.manques.items() or [(None, refus.phrase)]:
        form.add_error(champ, phrase)


def noter(requete: HttpRequest, action: Action, objet: str = "", *, nombre: int = 1) -> None:
    """Journal a reading with the request's transaction."""
    consigner_par(action, objet, par=requete.affectation, nombre=nombre)
