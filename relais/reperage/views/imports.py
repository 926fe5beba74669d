"""A file of the caseload: given, read, looked at, confirmed or cancelled."""

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from relais.annuaire.portes import fichier_joint, reservee_a, statut_de
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.views.portes import a_cote_des_champs, faire, noter
from relais.journal.models import Action
from relais.regles.convention import Role
from relais.regles.reperage import EtatImport
from relais.reperage.actions import depots
from relais.reperage.forms.imports import (
    FormulaireConfirmation,
    FormulaireDepot,
    FormulaireRelecture,
)
from relais.reperage.imports import constats, erreurs, relecture
from relais.reperage.imports.constats import Constats
from relais.reperage.imports.televersement import Reception, recevoir
from relais.reperage.models import Import, Personne
from relais.socle import horloge

DERNIERS = 12
MONTREES = 50  # rows in error on the page; all of them in the file to download
ANNULE = "Import annulé : le fichier est effacé."

au_reperage = reservee_a(Role.CHARGE_REPERAGE)


@csrf_exempt  # here only: the token is checked by `_importer`, once the file has where to go
@au_reperage
@require_http_methods(["GET", "POST"])
def importer(requete: HttpRequest) -> HttpResponse:
    """Give a file; the last ones. Nothing is kept of what this page refuses."""
    if requete.method == "GET":
        return _depart(requete, None)
    with recevoir(requete, organisation=requete.affectation.organisation_id) as reception:
        return _importer(requete, reception)


@csrf_protect
def _importer(requete: HttpRequest, reception: Reception) -> HttpResponse:
    form = _formulaire(requete.POST, requete.FILES, reception=reception)
    if form.is_valid():
        try:
            depot = depots.deposer(
                form.cleaned_data["fichier"],
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
        except ActeRefuse as refus:
            a_cote_des_champs(form, refus)
        else:
            reception.pris = True
            return redirect("reperage:import", depot.pk)
    return _depart(requete, form)


@au_reperage
@require_GET
def voir(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Where that import is, and all that there is to look at before it is confirmed."""
    return _page(requete, _le_sien(requete, numero))


@au_reperage
@require_GET
def avancement(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Asked again and again by the page, which is loaded anew once the state has changed."""
    depot = _le_sien(requete, numero)
    if depot.etat != requete.GET.get("etat"):
        return HttpResponseClientRefresh()
    return render(requete, "reperage/_avancement.html", {"depot": depot})


@au_reperage
@require_POST
def relire(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Have it read again, for another day or with columns corrected."""
    depot = _le_sien(requete, numero)
    form = _formulaire_de_relecture(depot, constats.lire(depot), requete.POST)
    if not form.is_valid():
        return _page(requete, depot, a_relire=form)
    acte = partial(depots.relire, depot, au=form.jour(), colonnes=form.choisies())
    return faire(requete, acte, "Le fichier est relu.", "reperage:import", numero)


@au_reperage
@require_POST
def confirmer(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Have it stored."""
    depot = _le_sien(requete, numero)
    form = _formulaire_de_confirmation(depot, requete.POST)
    form.is_valid()
    try:
        depots.confirmer(
            depot,
            complet=form.dit_complet(),
            accords=form.accords(),
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
    except ActeRefuse as refus:
        if not refus.manques:
            messages.error(requete, refus.phrase)
            return redirect("reperage:import", numero)
        a_cote_des_champs(form, refus)
        return _page(requete, depot, a_confirmer=form)
    return redirect("reperage:import", numero)


@au_reperage
@require_POST
def annuler(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Stop there; what is stored stays."""
    acte = partial(depots.annuler, _le_sien(requete, numero))
    return faire(requete, acte, ANNULE, "reperage:import", numero)


@au_reperage
@require_GET
def telecharger_les_erreurs(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Every row in error, as a spreadsheet opens it."""
    depot = _le_sien(requete, numero)
    if not depot.constats:
        raise Http404
    noter(requete, Action.EXPORT, str(depot.pk))
    nom = f"erreurs-{horloge.jour_de(depot.cree_le)}.csv"
    return fichier_joint(erreurs.en_csv(constats.lire(depot)), nom, "text/csv; charset=utf-8")


def _le_sien(requete: HttpRequest, numero: UUID) -> Import:
    depot: Import = get_object_or_404(Import.objects.visibles_par(requete.affectation), pk=numero)
    return depot


def _formulaire(*donnees: Any, reception: Reception | None = None) -> FormulaireDepot:
    return FormulaireDepot(*donnees, reception=reception, au_plus=settings.IMPORT_OCTETS)


def _depart(requete: HttpRequest, form: FormulaireDepot | None) -> HttpResponse:
    siens = Import.objects.visibles_par(requete.affectation)
    contexte = {
        "form": form or _formulaire(),
        "ouvert": siens.ouverts().first(),
        "derniers": siens[:DERNIERS],
    }
    return render(requete, "reperage/importer.html", contexte, status=statut_de(form))


def _page(
    requete: HttpRequest,
    depot: Import,
    *,
    a_relire: FormulaireRelecture | None = None,
    a_confirmer: FormulaireConfirmation | None = None,
) -> HttpResponse:
    trouves = constats.lire(depot) if depot.etat == EtatImport.PRET else Constats()
    contexte = {
        "depot": depot,
        "titre": relecture.titre(depot),
        "constats": trouves,
        "raisons": trouves.raisons(),
        "erreurs": trouves.erreurs[:MONTREES],
        "de_colonnes": any(une.colonne for une in trouves.erreurs[:MONTREES]),
        "changements": relecture.changements(depot, trouves),
        "ecartes": relecture.ecartes(depot),
    }
    if depot.etat == EtatImport.PRET:
        contexte |= {
            "compris": relecture.compris(depot),
            "a_relire": a_relire or _formulaire_de_relecture(depot, trouves, None),
            "a_confirmer": a_confirmer or _formulaire_de_confirmation(depot, None),
            "deja": Import.objects.memes(depot).first(),
            "premier": not Personne.objects.visibles_par(requete.affectation).exists(),
        }
        nommees = len(trouves.changements)
        if nommees:
            noter(requete, Action.LECTURE_LISTE, str(depot.pk), nombre=nommees)
    form = a_relire or a_confirmer
    return render(
        requete, "reperage/import.html", contexte | {"form": form}, status=statut_de(form)
    )


def _formulaire_de_relecture(depot: Import, trouves: Constats, donnees: Any) -> FormulaireRelecture:
    return FormulaireRelecture(
        donnees,
        colonnes=trouves.colonnes,
        initial={"au": depot.au},
    )


def _formulaire_de_confirmation(depot: Import, donnees: Any) -> FormulaireConfirmation:
    return FormulaireConfirmation(donnees, famille=depot.famille, accords=relecture.demandes(depot))
