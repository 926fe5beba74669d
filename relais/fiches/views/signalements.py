"""Malfunctions: reported by professionals, answered by the référents of both sides (art. 6)."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relais.annuaire.portes import reservee_a, statut_de
from relais.fiches import droits, signalements
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.suivi import (
    FiltresDysfonctionnements,
    FormulaireSignalement,
    FormulaireSuite,
)
from relais.fiches.models import Dysfonctionnement
from relais.fiches.pagination import page_de
from relais.fiches.views.portes import faire, refuser
from relais.regles import signalement
from relais.regles.convention import Role
from relais.regles.signalement import Etat
from relais.socle import horloge

qui_signale = reservee_a(*droits.QUI_SIGNALE)
aux_referents = reservee_a(Role.REFERENT)
PAGE = "fiches:dysfonctionnement"


@qui_signale
@require_http_methods(["GET", "POST"])
def signaler(requete: HttpRequest) -> HttpResponse:
    """Report a malfunction to the référents of both sides. No free text: nobody is named."""
    form = FormulaireSignalement(
        requete.POST or None, initial={"reference": requete.GET.get("fiche", "")}
    )
    if requete.method == "POST" and form.is_valid():
        signalements.signaler(
            form.cleaned_data["nature"],
            form.cleaned_data["reference"],
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
        messages.success(requete, "Merci. Les référents des deux institutions sont prévenus.")
        return redirect("fiches:mes_signalements")
    return render(requete, "fiches/signaler.html", {"form": form}, status=statut_de(form))


@qui_signale
@require_GET
def mes_signalements(requete: HttpRequest) -> HttpResponse:
    """What the agent reported, and what the référents answered."""
    siens = Dysfonctionnement.objects.signales_par(requete.affectation).pour_liste()
    page = page_de(siens, requete.GET.get("page"), passe=False)
    return render(requete, "fiches/mes_signalements.html", {"page": page})


@aux_referents
@require_GET
def dysfonctionnements(requete: HttpRequest) -> HttpResponse:
    """Every malfunction of the conventions of that organisation, the latest first."""
    filtres = FiltresDysfonctionnements(requete.GET, qui=requete.affectation)
    tous = Dysfonctionnement.objects.des_conventions_de(requete.affectation).pour_liste()
    page = page_de(filtres.appliquer(tous), requete.GET.get("page"), passe=False)
    return render(
        requete,
        "fiches/dysfonctionnements.html",
        {
            "page": page,
            "filtres": filtres,
            "actifs": filtres.actifs(),
            "maintenant": horloge.maintenant(),
        },
    )


@aux_referents
@require_http_methods(["GET", "POST"])
def dysfonctionnement(requete: HttpRequest, numero: int) -> HttpResponse:
    """One malfunction, its thread, and its answer (POST)."""
    signale = _le_dysfonctionnement(requete, numero)
    form = FormulaireSuite(requete.POST if requete.method == "POST" else None)
    if requete.method == "POST" and form.is_valid():
        try:
            signalements.repondre(
                signale,
                form.cleaned_data["reponse"],
                form.cleaned_data["suite"],
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
        except ActeRefuse as refus:
            return refuser(requete, refus, PAGE, numero)
        messages.success(requete, "La réponse est enregistrée. Qui a signalé est prévenu.")
        return redirect(PAGE, numero)
    return render(
        requete,
        "fiches/dysfonctionnement.html",
        {
            "signale": signale,
            "faits": signale.faits.select_related("organisation", "par"),
            "gestes": {g.value for g in signalement.gestes_possibles(Etat(signale.etat))},
            "form": form,
            "maintenant": horloge.maintenant(),
        },
        status=statut_de(form),
    )


@aux_referents
@require_POST
def prendre_dysfonctionnement(requete: HttpRequest, numero: int) -> HttpResponse:
    """Say that one takes it in hand."""
    signale = _le_dysfonctionnement(requete, numero)
    dit = "C’est noté : l’autre référent le voit aussi."
    return faire(requete, partial(signalements.prendre, signale), dit, PAGE, numero)


@aux_referents
@require_POST
def clore_dysfonctionnement(requete: HttpRequest, numero: int) -> HttpResponse:
    """Close what was answered."""
    signale = _le_dysfonctionnement(requete, numero)
    try:
        signalements.clore(signale, par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        return refuser(requete, refus, PAGE, numero)
    messages.success(requete, "Ce dysfonctionnement est clos.")
    return redirect("fiches:dysfonctionnements")


def _le_dysfonctionnement(requete: HttpRequest, numero: int) -> Dysfonctionnement:
    """Of the agent's conventions, or 404."""
    tous = Dysfonctionnement.objects.des_conventions_de(requete.affectation).pour_liste()
    return get_object_or_404(tous, pk=min(numero, 2**63 - 1))
