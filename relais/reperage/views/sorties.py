"""A person asks to be used no more, or is no longer concerned; to which TIS she belongs."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from relais.annuaire.droits import exiger
from relais.annuaire.portes import statut_de
from relais.fiches.actions.acte import ActeRefuse
from relais.regles import conservation
from relais.reperage import dossiers, droits
from relais.reperage.actions import oppositions, sorties, territoires
from relais.reperage.forms.suivi import FormulaireSortie, FormulaireTerritoire
from relais.reperage.lignes import nom_affiche
from relais.reperage.models import Personne
from relais.reperage.views.portes import (
    a_qui_repere,
    faire,
    la_convention,
    la_personne,
    page_de,
    retenir_l_effacement,
)
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import date_moyenne

EFFACE = "Tout ce qui était gardé de cette personne est effacé."


@a_qui_repere
@require_http_methods(["GET", "POST"])
def opposer(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Record an opposition, after a page that says what follows."""
    personne = la_personne(requete, numero)
    if requete.method == "GET":
        jusqu_au = conservation.opposition(horloge.aujourd_hui(), convention=la_convention(requete))
        contexte = {"nom": _nom(personne), "jusqu_au": jusqu_au}
        return page_de(requete, personne, "reperage/opposer.html", contexte)
    try:
        jusqu_au = oppositions.recevoir(
            personne, par=requete.affectation, maintenant=horloge.maintenant()
        )
    except ActeRefuse as refus:
        messages.error(requete, refus.phrase)
        return redirect("reperage:liste")
    dit = f"{EFFACE} Aucun fichier ne la fera revenir avant le {date_moyenne(jusqu_au)}."
    return _partie(requete, personne, f"L’opposition est enregistrée. {dit}")


@a_qui_repere
@require_http_methods(["GET", "POST"])
def sortir(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Say that the person is no longer concerned, and why."""
    personne = la_personne(requete, numero)
    form = FormulaireSortie(requete.POST or None)
    if requete.method == "POST" and form.is_valid():
        try:
            sorties.sortir(
                personne,
                form.cleaned_data["motif"],
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
        except ActeRefuse as refus:
            messages.error(requete, refus.phrase)
            return redirect("reperage:liste")
        return _partie(requete, personne, EFFACE)
    contexte = {"nom": _nom(personne), "form": form}
    statut = statut_de(form)
    return page_de(requete, personne, "reperage/sortir.html", contexte, statut=statut)


@a_qui_repere
@require_http_methods(["GET", "POST"])
def deplacer(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Give the person another TIS, that files change no more."""
    personne = la_personne(requete, numero)
    exiger(droits.peut_deplacer(requete.affectation, personne))
    form = FormulaireTerritoire(
        personne.organisation_id,
        requete.POST if requete.method == "POST" else None,
        initial={"territoire": personne.territoire_id},
    )
    if requete.method == "POST" and form.is_valid():
        acte = partial(territoires.deplacer, personne, form.cleaned_data["territoire"])
        return faire(requete, acte, "Le territoire est changé.", numero)
    contexte = {"nom": _nom(personne), "form": form}
    statut = statut_de(form)
    return page_de(requete, personne, "reperage/deplacer.html", contexte, statut=statut)


def _nom(personne: Personne) -> str:
    return nom_affiche(dossiers.lire(personne).identite)


def _partie(requete: HttpRequest, personne: Personne, dit: str) -> HttpResponse:
    retenir_l_effacement(requete, personne)
    messages.success(requete, dit)
    return redirect("reperage:liste")
