"""Import of agents: the template, the review, the confirmation."""

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relais.annuaire import fichier_d_agents
from relais.annuaire.actions import imports, roles
from relais.annuaire.actions.imports import Constat
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.fichier_d_agents import Ligne
from relais.annuaire.forms.imports import (
    PERIME,
    FormulaireConfirmation,
    FormulaireFichier,
    signer,
)
from relais.annuaire.models import LIBELLES_ROLES, Equipe
from relais.annuaire.portes import fichier_joint, statut_de
from relais.annuaire.views.portes import a_l_administrateur, c_est_fait
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import pluriel


@a_l_administrateur
@require_GET
def modele(requete: HttpRequest) -> HttpResponse:
    """The file to fill."""
    return fichier_joint(fichier_d_agents.modele(), "agents.csv", "text/csv; charset=utf-8")


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def importer(requete: HttpRequest) -> HttpResponse:
    """Send the file; what it would do is shown, nothing is written."""
    if requete.method == "GET":
        return _depart(requete, FormulaireFichier())
    form = FormulaireFichier(requete.POST, requete.FILES)
    return _relecture(requete, form.lignes) if form.is_valid() else _depart(requete, form)


@a_l_administrateur
@require_POST
def confirmer(requete: HttpRequest) -> HttpResponse:
    """Invite those who are new; the lines are examined again."""
    form = FormulaireConfirmation(requete.POST, par=requete.affectation)
    if not form.is_valid():
        messages.error(requete, PERIME)
        return redirect("comptes:importer")
    try:
        nombre = imports.importer(
            requete.affectation.organisation,
            form.lignes,
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
    except CompteRefuse as refus:
        messages.error(requete, refus.phrase)
        return redirect("comptes:importer")
    dit = f"{nombre} invitation{pluriel(nombre)} {pluriel(nombre, 'est partie,sont parties')}."
    return c_est_fait(requete, dit if nombre else "Personne de nouveau à inviter.", "comptes:liste")


def _depart(requete: HttpRequest, form: FormulaireFichier) -> HttpResponse:
    organisation = requete.affectation.organisation
    contexte = {
        "form": form,
        "roles": [LIBELLES_ROLES[role] for role in roles.roles_de(organisation)],
        "equipes": [e.nom for e in Equipe.objects.ouvertes(organisation.code)],
    }
    return render(requete, "annuaire/comptes/importer.html", contexte, status=statut_de(form))


def _relecture(requete: HttpRequest, lignes: list[Ligne]) -> HttpResponse:
    verdicts = imports.examiner(requete.affectation.organisation, lignes, par=requete.affectation)
    nombres = Counter(un.constat for un in verdicts)
    contexte = {
        "verdicts": verdicts,
        "nouveaux": nombres[Constat.NOUVEAU],
        "deja_la": nombres[Constat.DEJA_LA],
        "erreurs": nombres[Constat.ERREUR],
        "relues": signer(lignes, par=requete.affectation),
    }
    return render(requete, "annuaire/comptes/relire.html", contexte)
