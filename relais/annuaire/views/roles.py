"""Roles: propose one, answer a proposal, withdraw, and the quarterly review."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire import droits, retenues
from relais.annuaire.actions import roles
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.forms.comptes import FormulaireRefus, FormulaireRole
from relais.annuaire.models import Affectation
from relais.annuaire.portes import statut_de
from relais.annuaire.views.portes import (
    a_l_administrateur,
    a_qui_approuve,
    c_est_fait,
    faire,
    le_compte,
    le_role,
)
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import pluriel

PAR_PAGE = 100


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def proposer(requete: HttpRequest, compte: int) -> HttpResponse:
    """One more role for somebody else."""
    agent = le_compte(requete, compte)
    organisation = requete.affectation.organisation
    droits.exiger(droits.peut_proposer(requete.affectation, agent, organisation.code))
    form = FormulaireRole(
        requete.POST if requete.method == "POST" else None, organisation=organisation
    )
    if requete.method == "POST" and form.is_valid():
        try:
            une = roles.proposer(
                agent,
                form.role_choisi,
                organisation=organisation,
                equipe=form.equipe_choisie,
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
        except CompteRefuse as refus:
            form.refuser(refus)
        else:
            dit = "Le rôle est ouvert." if une.active else "Le rôle attend un second accord."
            return c_est_fait(requete, dit, "comptes:voir", agent.pk)
    contexte = {"form": form, "agent": agent}
    return render(requete, "annuaire/comptes/proposer.html", contexte, status=statut_de(form))


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def retirer(requete: HttpRequest, role: int) -> HttpResponse:
    """Withdraw a role or a proposal: explained first, done on POST."""
    une = le_role(requete, role)
    droits.exiger(droits.peut_retirer(requete.affectation, une))
    if requete.method == "POST":
        acte = partial(roles.retirer, une, par=requete.affectation, maintenant=horloge.maintenant())
        return faire(requete, acte, "Le rôle est retiré.", "comptes:voir", une.agent_id)
    contexte = {"une": une, "retenue": retenues.retenue(une)}
    return render(requete, "annuaire/comptes/retirer.html", contexte)


@a_qui_approuve
@require_http_methods(["GET", "POST"])
def a_approuver(requete: HttpRequest) -> HttpResponse:
    """The proposals that wait for the reader; those ticked are approved."""
    attendent = droits.a_approuver(requete.affectation)
    if requete.method == "POST":
        coches = set(requete.POST.getlist("role"))
        voulues = [une for une in attendent if str(une.pk) in coches]
        acte = partial(
            roles.approuver, voulues, par=requete.affectation, maintenant=horloge.maintenant()
        )
        s = pluriel(voulues)
        dit = f"{len(voulues)} rôle{s} approuvé{s}."
        if voulues:
            return faire(requete, acte, dit, "comptes:a_approuver")
        messages.warning(requete, "Cochez les rôles à approuver.")
        return redirect("comptes:a_approuver")
    contexte = {"attendent": attendent[:PAR_PAGE], "restent": len(attendent) - PAR_PAGE}
    return render(requete, "annuaire/comptes/a_approuver.html", contexte)


@a_qui_approuve
@require_http_methods(["GET", "POST"])
def refuser(requete: HttpRequest, role: int) -> HttpResponse:
    """Say no, with a reason."""
    une = le_role(requete, role)
    droits.exiger(droits.peut_approuver(requete.affectation, une))
    form = FormulaireRefus(requete.POST if requete.method == "POST" else None)
    if requete.method == "POST" and form.is_valid():
        acte = partial(
            roles.refuser,
            une,
            motif=Affectation.Refus(form.cleaned_data["motif"]),
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
        return faire(requete, acte, "La proposition est écartée.", "comptes:a_approuver")
    contexte = {"form": form, "une": une}
    return render(requete, "annuaire/comptes/refuser.html", contexte, status=statut_de(form))
