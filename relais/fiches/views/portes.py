"""What the doors of the fiches share: find the fiche, tell a refusal."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from relais.annuaire.conventions import regles_de
from relais.annuaire.portes import reservee_a
from relais.fiches import droits
from relais.fiches.actions import reponses
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.models import Fiche
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.circuit import Partie
from relais.regles.convention import Convention, Role
from relais.socle import horloge

DEPARTEMENT = (Role.TRAVAILLEUR_SOCIAL, Role.CHARGE_ACCUEIL, Role.ENCADRANT)
CAISSE = (Role.AGENT_CAISSE, Role.RESPONSABLE_CAISSE)

au_departement = reservee_a(*DEPARTEMENT)
a_la_caisse = reservee_a(*CAISSE)
aux_deux = reservee_a(*DEPARTEMENT, *CAISSE)


def la_fiche(requete: HttpRequest, reference: str) -> Fiche:
    """The fiche that the agent may open, or 404: that it exists is not said to anybody else."""
    if "\x00" in reference:  # PostgreSQL would not even look for it
        raise Http404
    visibles = Fiche.objects.visibles_par(requete.affectation).pour_page()
    return get_object_or_404(visibles, reference=reference)


def la_sienne(requete: HttpRequest, reference: str) -> Fiche:
    """The fiche for its owner alone: an encadrant reads it, and acts on none of it."""
    fiche = la_fiche(requete, reference)
    if droits.partie_de(requete.affectation, fiche) != Partie.AUTEUR:
        raise PermissionDenied
    return fiche


def la_fiche_ouverte(requete: HttpRequest, reference: str) -> Fiche:
    """The same, for who reads what it says: once the caisse has, it can no longer be recalled."""
    fiche = la_fiche(requete, reference)
    if requete.affectation.role in CAISSE:
        try:
            reponses.ouvrir(fiche, par=requete.affectation, maintenant=horloge.maintenant())
        except ActeRefuse:
            raise Http404 from None
    return fiche


def regles(fiche: Fiche) -> Convention:
    return regles_de(fiche.convention_id)


def refuser(requete: HttpRequest, refus: ActeRefuse, vers: str, *args: Any) -> HttpResponse:
    """Say why the act was not done (its savepoint is undone) and go back to where one can act."""
    messages.error(requete, refus.phrase)
    return redirect(vers, *args)


def noter(requete: HttpRequest, action: Action, objet: str = "", *, nombre: int = 1) -> None:
    """Journal a reading with the request's transaction."""
    consigner(
        action,
        organisation=requete.affectation.organisation_id,
        agent=requete.affectation.agent.pseudonyme,
        objet=objet,
        nombre=nombre,
    )
