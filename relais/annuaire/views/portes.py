"""What the doors of the accounts share: find one of one's own organisation, tell a refusal."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from relais.annuaire import droits
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation, Agent
from relais.annuaire.portes import reservee_a
from relais.regles.convention import Role

a_l_administrateur = reservee_a(Role.ADMINISTRATEUR)
a_qui_approuve = reservee_a(*droits.QUI_APPROUVE)


def le_compte(requete: HttpRequest, compte: int) -> Agent:
    """An account of the reader's organisation, or 404: that another one exists is not said."""
    siens = Agent.objects.de_l_organisation(requete.affectation.organisation_id)
    return get_object_or_404(siens.avec_leurs_roles(requete.affectation.organisation_id), pk=compte)


def le_role(requete: HttpRequest, role: int) -> Affectation:
    """A role, open or waiting, of the reader's organisation, or 404."""
    siens = Affectation.objects.ouvertes().avec_tout().chez(requete.affectation.organisation_id)
    return get_object_or_404(siens, pk=role)


def faire(
    requete: HttpRequest, acte: Callable[[], Any], reussite: str, vers: str, *args: Any
) -> HttpResponse:
    """Do it and say so, or say why not (its savepoint is undone); then go there."""
    try:
        acte()
    except CompteRefuse as refus:
        messages.error(requete, refus.phrase)
        return redirect(vers, *args)
    return c_est_fait(requete, reussite, vers, *args)


def c_est_fait(requete: HttpRequest, dit: str, vers: str, *args: Any) -> HttpResponse:
    """Say it, then go there."""
    messages.success(requete, dit)
    return redirect(vers, *args)
