"""The yearly review: what nothing has happened to for a year, decided by the encadrant."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire.portes import reservee_a, statut_de
from relais.fiches import droits, sort
from relais.fiches.actions import conservation as actions
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.actions.lots import un_par_un
from relais.fiches.forms.revue import CONTINUE, FormulaireRevue
from relais.fiches.models import Fiche
from relais.fiches.pagination import PAR_PAGE, page_de
from relais.fiches.views.lignes import lignes_de
from relais.regles.conservation import Duree
from relais.regles.convention import Role
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import pluriel

AUCUNE = "Décidez d’abord d’une fiche."
CHANGEE = "La fiche a changé depuis : revoyez-la."


@dataclass(frozen=True, slots=True)
class Decision:
    """A fiche, the fields that were chosen for it, and what they make of its clock."""

    fiche: Fiche
    nom: str
    choix: list[tuple[str, str]]  # (name of the field, its value), to confirm
    phrase: str
    apres: str
    efface: str


@reservee_a(Role.ENCADRANT)
@require_http_methods(["GET", "POST"])
def a_revoir(requete: HttpRequest) -> HttpResponse:
    """The list, the decisions read again with the erasures that follow, then done one by one."""
    qui = requete.affectation
    toutes = Fiche.objects.a_revoir_par(qui, horloge.aujourd_hui())
    if requete.method == "GET":
        page = page_de(toutes.pour_page(), requete.GET.get("page"), passe=False)
        return _liste(requete, FormulaireRevue(None, fiches=list(page)), page)
    choisies = requete.POST.getlist("fiche")[:PAR_PAGE]
    fiches = list(toutes.pour_page().de_references(choisies))
    if not all(droits.peut_revoir(qui, fiche) for fiche in fiches):
        raise PermissionDenied
    form = FormulaireRevue(_decidees(requete, fiches), fiches=fiches)
    if not form.is_valid():
        return _liste(requete, form)
    if not form.decisions():
        messages.info(requete, AUCUNE)
        return redirect("fiches:a_revoir")
    if requete.POST.get("geste") == "confirmer":
        return _faire(requete, form)
    prevues = _prevoir(requete, form)
    if form.errors:
        return _liste(requete, form)
    contexte = {"decisions": _relire(requete, form, prevues)}
    return render(requete, "fiches/a_revoir_apercu.html", contexte)


def _decidees(requete: HttpRequest, fiches: list[Fiche]) -> Any:
    """What was chosen for each; « everything goes on » chooses it for all."""
    if requete.POST.get("geste") != "tout":
        return requete.POST
    return {f"suite-{fiche.reference}": CONTINUE for fiche in fiches}


def _liste(requete: HttpRequest, form: FormulaireRevue, page: Any = None) -> HttpResponse:
    noms = _noms(requete, form.fiches)
    rangees = [(fiche, noms.get(fiche.pk, ""), champs) for fiche, champs in form.rangees()]
    contexte = {"form": form, "rangees": rangees, "page": page}
    return render(requete, "fiches/a_revoir.html", contexte, status=statut_de(form))


def _noms(requete: HttpRequest, fiches: Any) -> dict[Any, str]:
    """The names of those in use; an archived one is reviewed by its reference."""
    lignes = lignes_de(requete, [fiche for fiche in fiches if not fiche.archivee])
    return {ligne["fiche"].pk: ligne["nom"] for ligne in lignes}


def _dit(requete: HttpRequest, jours: dict[str, date | None]) -> dict[str, Any]:
    return {**jours, "par": requete.affectation, "maintenant": horloge.maintenant()}


def _prevoir(requete: HttpRequest, form: FormulaireRevue) -> list[Duree]:
    """The clock of each fiche after its decision; what an act refuses goes to the form."""
    prevues = []
    for fiche, jours in form.decisions():
        try:
            prevues.append(actions.prevoir(actions.revoir, fiche, **_dit(requete, jours)))
        except ActeRefuse as refus:
            form.refuser(fiche, refus)
    return prevues


def _relire(requete: HttpRequest, form: FormulaireRevue, prevues: list[Duree]) -> list[Decision]:
    decidees = form.decisions()
    noms = _noms(requete, [fiche for fiche, _ in decidees])
    jour = horloge.aujourd_hui()
    return [
        Decision(
            fiche=fiche,
            nom=noms.get(fiche.pk, ""),
            choix=form.choix(fiche),
            phrase=form.phrase(fiche),
            apres=sort.jusqu_a(apres, jour=jour),
            efface=_jour(apres.a_purger_le),
        )
        for (fiche, _), apres in zip(decidees, prevues, strict=True)
    ]


def _faire(requete: HttpRequest, form: FormulaireRevue) -> HttpResponse:
    decidees = {fiche.pk: jours for fiche, jours in form.decisions()}

    def revoir(fiche: Fiche) -> None:
        """As it was read: an erasure that has come nearer meanwhile is not confirmed."""
        dit = _dit(requete, decidees[fiche.pk])
        apres = actions.prevoir(actions.revoir, fiche, **dit)
        if _jour(apres.a_purger_le) != requete.POST.get(f"efface-{fiche.reference}", ""):
            raise ActeRefuse(CHANGEE)
        actions.revoir(fiche, **dit)

    lot = un_par_un([fiche for fiche, _ in form.decisions()], revoir)
    if lot.faites:
        s = pluriel(len(lot.faites))
        messages.success(requete, f"{len(lot.faites)} fiche{s} revue{s}.")
    for fiche, phrase in lot.refusees:
        messages.warning(requete, f"{fiche.reference} : {phrase}")
    return redirect("fiches:a_revoir")


def _jour(jour: date | None) -> str:
    return jour.isoformat() if jour else ""
