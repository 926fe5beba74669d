"""The équipes of an organisation: create, rename, close."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from relais.annuaire.actions import equipes
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.forms.equipes import FormulaireEquipe, FormulaireNom
from relais.annuaire.models import Equipe
from relais.annuaire.portes import statut_de
from relais.annuaire.views.portes import a_l_administrateur, c_est_fait, faire
from relais.socle import horloge


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def liste(requete: HttpRequest) -> HttpResponse:
    """Those that are open, with how many people; a new one on POST."""
    organisation = requete.affectation.organisation
    form = FormulaireEquipe(
        requete.POST if requete.method == "POST" else None, organisation=organisation
    )
    if requete.method == "POST" and form.is_valid():
        try:
            equipe = equipes.creer_equipe(
                organisation,
                form.cleaned_data["nom"],
                territoire=form.territoire_choisi,
                par=requete.affectation,
            )
        except CompteRefuse as refus:
            form.refuser(refus)
        else:
            dit = f"L’équipe « {equipe.nom} » est créée."
            return c_est_fait(requete, dit, "comptes:equipes")
    siennes = Equipe.objects.ouvertes(organisation.code).avec_effectif()
    contexte = {"form": form, "equipes": siennes}
    return render(requete, "annuaire/comptes/equipes.html", contexte, status=statut_de(form))


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def voir(requete: HttpRequest, equipe: int) -> HttpResponse:
    """One équipe: who is in it, its name, its end."""
    sienne = _la_sienne(requete, equipe)
    form = FormulaireNom(
        requete.POST if requete.method == "POST" else None, initial={"nom": sienne.nom}
    )
    if requete.method == "POST" and form.is_valid():
        try:
            equipes.renommer_equipe(sienne, form.cleaned_data["nom"], par=requete.affectation)
        except CompteRefuse as refus:
            form.refuser(refus)
        else:
            return redirect("comptes:equipes")
    presents = sienne.affectations.ouvertes().avec_tout().order_by("agent__nom", "pk")
    contexte = {"form": form, "equipe": sienne, "presents": presents}
    return render(requete, "annuaire/comptes/equipe.html", contexte, status=statut_de(form))


@a_l_administrateur
@require_POST
def fermer(requete: HttpRequest, equipe: int) -> HttpResponse:
    sienne = _la_sienne(requete, equipe)
    acte = partial(
        equipes.fermer_equipe, sienne, par=requete.affectation, maintenant=horloge.maintenant()
    )
    return faire(requete, acte, f"L’équipe « {sienne.nom} » est fermée.", "comptes:equipes")


def _la_sienne(requete: HttpRequest, equipe: int) -> Equipe:
    siennes = Equipe.objects.ouvertes(requete.affectation.organisation_id)
    return get_object_or_404(siennes, pk=equipe)
