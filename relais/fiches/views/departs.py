"""Somebody leaves: see what they have in hand, look at what will go to whom, then do it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire.models import Agent
from relais.annuaire.portes import reservee_a, statut_de
from relais.fiches import affichage, departs, droits, exemplaires
from relais.fiches.actions import departs as actes
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.departs import FormulaireDepart
from relais.fiches.models import Fiche
from relais.fiches.pagination import page_de
from relais.fiches.views.portes import noter
from relais.journal.models import Action
from relais.regles.convention import Role
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import pluriel

a_qui_prepare = reservee_a(Role.ENCADRANT, Role.RESPONSABLE_CAISSE, Role.ADMINISTRATEUR)
CHANGE = "Ses fiches ont changé depuis cet aperçu : regardez à nouveau avant de confirmer."


@a_qui_prepare
@require_http_methods(["GET", "POST"])
def depart(requete: HttpRequest, agent: UUID) -> HttpResponse:
    """Choose, preview, confirm. The administrateur reads counts, the encadrant names too."""
    qui = requete.affectation
    partant = get_object_or_404(Agent, pseudonyme=agent)
    if not droits.peut_preparer_un_depart(qui, partant):
        if partant == qui.agent:
            raise PermissionDenied
        raise Http404
    lots = departs.lots(partant, qui, horloge.aujourd_hui())
    total = sum(lot.total for lot in lots)
    page = _page(requete, partant)
    ferme = qui.role == Role.ADMINISTRATEUR and droits.peut_fermer(qui, partant)
    form = FormulaireDepart(
        requete.POST or None, lots=lots, lignes=page.object_list if page else (), tout=ferme
    )
    contexte = {
        "partant": partant,
        "form": form,
        "lots": lots,
        "total": total,
        "ferme": ferme,
        "page": page,
    }
    if requete.method == "POST" and form.is_valid():
        geste = requete.POST.get("geste", "")
        if geste in ("passer", "partir") and form.cleaned_data["vues"] != total:
            messages.warning(requete, CHANGE)
            geste = ""
        if geste in ("passer", "partir"):
            return _faire(requete, partant, form, geste)
        parts = departs.apercu(partant, form.heritage(), qui)
        reste = any(part.reste for part in parts)
        contexte |= {"parts": parts, "reste": reste, "choix": _choix(form)}
        return render(requete, "fiches/depart_apercu.html", contexte)
    lignes = _lignes(requete, page, form) if page else []
    return render(
        requete, "fiches/depart.html", contexte | {"lignes": lignes}, status=statut_de(form)
    )


def _page(requete: HttpRequest, partant: Agent) -> Any:
    """The sent fiches that an encadrant reads, 25 at a time; None for who sees counts alone."""
    if requete.affectation.role != Role.ENCADRANT:
        return None
    siennes = departs.detenues(partant, requete.affectation).envoyees().pour_liste().recentes()
    return page_de(siennes, requete.GET.get("page"), passe=False)


def _lignes(requete: HttpRequest, page: Any, form: FormulaireDepart) -> list[dict[str, Any]]:
    qui, fiches = requete.affectation, list(page.object_list)
    noms = exemplaires.noms(fiches, qui.organisation_id)
    if noms:
        noter(requete, Action.LECTURE_LISTE, nombre=len(noms))

    def ligne(fiche: Fiche) -> dict[str, Any]:
        return {
            "fiche": fiche,
            "nom": noms.get(fiche.pk, ""),
            "etat": affichage.etat(fiche, pour=qui),
            "champ": form.de_la_ligne(fiche.reference),
        }

    return [ligne(fiche) for fiche in fiches]


def _choix(form: FormulaireDepart) -> list[tuple[str, str]]:
    """What was chosen, carried by the preview: keys of affectations and references, no name."""
    return [(nom, lu) for nom, lu in form.cleaned_data.items() if nom != "vues" and lu]


def _faire(
    requete: HttpRequest, partant: Agent, form: FormulaireDepart, geste: str
) -> HttpResponse:
    qui, acte = requete.affectation, actes.partir if geste == "partir" else actes.passer
    try:
        passees = acte(partant, form.heritage(), par=qui, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        messages.error(requete, refus.phrase)
        return redirect("fiches:depart", partant.pseudonyme)
    if passees:
        dit = f"{passees} fiche{pluriel(passees)} de {partant} {pluriel(passees, 'a,ont')}"
    else:
        dit = f"Aucune fiche de {partant} n’a"
    dit += " changé de main."
    if geste == "partir":
        dit += " Son compte est désactivé."
    messages.success(requete, dit)
    if qui.role == Role.ADMINISTRATEUR:
        return redirect("comptes:voir", partant.pk)
    return redirect("fiches:equipe")
