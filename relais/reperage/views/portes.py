"""What the doors of the caseload share: who may knock, whose convention, the lines of a page."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from relais.annuaire.portes import reservee_a
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.journal.models import Action
from relais.regles.convention import Convention
from relais.reperage import lignes
from relais.reperage.actions.acte import convention_de
from relais.reperage.droits import QUI_COMPTE, QUI_CONFIE, QUI_REPERE
from relais.reperage.lignes import Ligne
from relais.reperage.models import Personne
from relais.socle import horloge
from relais.socle.panne import Disparue

EFFACEES = "personnes_effacees"
LISTE = "liste_du_reperage"
EFFACEE = "Vous avez fait effacer ces informations : il n’en reste rien ici."
a_qui_repere = reservee_a(*QUI_REPERE)
a_qui_confie = reservee_a(*QUI_CONFIE)
au_departement_qui_compte = reservee_a(*QUI_COMPTE)


def la_convention(requete: HttpRequest) -> Convention:
    """The rules of the Département of the agent."""
    return convention_de(requete.affectation.organisation_id)


def lignes_de(requete: HttpRequest, personnes: Sequence[Personne]) -> list[Ligne]:
    """The lines of a page; the names shown are journaled, grouped."""
    if personnes:
        consigner_par(Action.LECTURE_LISTE, par=requete.affectation, nombre=len(personnes))
    return lignes.lignes_de(
        personnes,
        pour=requete.affectation,
        au=horloge.aujourd_hui(),
        maintenant=horloge.maintenant(),
        convention=la_convention(requete),
    )


def la_personne(requete: HttpRequest, numero: UUID) -> Personne:
    """The person whom the agent may open, or 404: that she is kept is told to nobody else."""
    visibles = Personne.objects.visibles_par(requete.affectation).pour_liste()
    try:
        return get_object_or_404(visibles, pk=numero)
    except Http404:
        if str(numero) in requete.session.get(EFFACEES, ()):
            raise Disparue(EFFACEE) from None
        raise


def page_de(
    requete: HttpRequest,
    personne: Personne,
    gabarit: str,
    contexte: dict[str, Any],
    *,
    statut: int = 200,
) -> HttpResponse:
    """A page that tells of a person, whatever brought to it: its reading is journaled, once."""
    consigner_par(Action.LECTURE, str(personne.pk), par=requete.affectation)
    return render(requete, gabarit, {"personne": personne, **contexte}, status=statut)


def retenir_la_liste(requete: HttpRequest) -> None:
    """For the trail of a person's page: it leads back to the list as it was filtered."""
    filtree = requete.GET.urlencode()
    if requete.session.get(LISTE, "") != filtree:
        requete.session[LISTE] = filtree


def retenir_l_effacement(requete: HttpRequest, personne: Personne) -> None:
    """For the back button: this session knows that somebody is gone, and by whom."""
    deja = requete.session.get(EFFACEES, [])
    requete.session[EFFACEES] = [*deja, str(personne.pk)][-20:]


def faire(
    requete: HttpRequest, acte: Callable[..., object], dit: str, numero: UUID
) -> HttpResponse:
    """Do that act now and go back to the person; refused, say why there."""
    try:
        acte(par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        messages.error(requete, refus.phrase)
    else:
        messages.success(requete, dit)
    return redirect("reperage:personne", numero)


def a_comparer(form: Any, personne: Personne, conflit: ActeRefuse) -> int:
    """Show what was typed, to be compared: saved again, it replaces what is stored now."""
    form.data = form.data.copy()
    form.data["version"] = str(personne.version)
    form.add_error(None, conflit.phrase)
    return 409
