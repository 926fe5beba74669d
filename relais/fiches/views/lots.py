"""Acts of the caisse on one or several fiches: assign, file, take a filing back.

The chosen references are in the address (GET): a recap before anything is written.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from relais.annuaire.models import Affectation
from relais.annuaire.portes import statut_de
from relais.fiches import droits
from relais.fiches.actions import attribution, classement
from relais.fiches.actions.lots import Lot, un_par_un
from relais.fiches.forms.caisse import FormulaireAttribution
from relais.fiches.models import Fiche
from relais.fiches.pagination import PAR_PAGE
from relais.fiches.views.lignes import lignes_de
from relais.fiches.views.portes import a_la_caisse, regles
from relais.regles import delais
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import pluriel

REFERENCE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")
FILTRES = {"vue", "agent", "territoire", "motif", "page"}
AUCUNE = "Cochez d’abord une fiche dans la liste."


@a_la_caisse
@require_http_methods(["GET", "POST"])
def attribuer(requete: HttpRequest) -> HttpResponse:
    """Give the chosen fiches to an agent, whose load is shown beside the choice."""
    fiches = _choisies(requete)
    qui, maintenant = requete.affectation, horloge.maintenant()
    if not fiches:
        return _rien_de_choisi(requete)
    if requete.method == "GET" and not all(droits.peut_attribuer(qui, une) for une in fiches):
        raise PermissionDenied
    agents = _un_par_agent(qui)
    form = FormulaireAttribution(requete.POST or None, agents=agents)
    if requete.method == "POST" and form.is_valid():
        a = form.agent()
        lot = un_par_un(
            fiches,
            lambda fiche: attribution.attribuer(
                fiche, a=a, vue=_agent_vu(requete, fiche), par=qui, maintenant=maintenant
            ),
        )
        vers = f"attribuée{{s}} à {a.agent}" if a else "remise{s} dans les nouvelles fiches"
        return _raconter(requete, lot, vers)
    demain = delais.debut_du_jour(
        horloge.aujourd_hui() + timedelta(days=1), convention=regles(fiches[0])
    )
    charges = Fiche.objects.visibles_par(qui).charges_de_la_caisse(maintenant, demain)
    return _recapituler(
        requete,
        "fiches/attribuer.html",
        fiches,
        form=form,
        choix=[(radio, charges.get(pk, {}) if pk else None) for radio, pk in _radios(form)],
    )


@a_la_caisse
@require_http_methods(["GET", "POST"])
def classer(requete: HttpRequest) -> HttpResponse:
    """« Versée dans l'applicatif métier le … », one or several."""
    return _classement(
        requete,
        "fiches/classer.html",
        lambda fiche, vue, options: classement.classer(fiche, vue=vue, **options),
        "versée{s} dans l’applicatif métier",
    )


@a_la_caisse
@require_http_methods(["GET", "POST"])
def annuler_classement(requete: HttpRequest) -> HttpResponse:
    """Filed by mistake: they are to be filed again."""
    return _classement(
        requete,
        "fiches/annuler_classement.html",
        lambda fiche, _, options: classement.annuler_classement(fiche, **options),
        "de nouveau à classer",
    )


def _classement(
    requete: HttpRequest,
    gabarit: str,
    acte: Callable[[Fiche, datetime | None, dict[str, Any]], object],
    dit: str,
) -> HttpResponse:
    fiches = _choisies(requete)
    if not fiches:
        return _rien_de_choisi(requete)
    if requete.method == "GET":
        return _recapituler(requete, gabarit, fiches)
    options = {"par": requete.affectation, "maintenant": horloge.maintenant()}
    lot = un_par_un(fiches, lambda fiche: acte(fiche, _copie_vue(requete, fiche), options))
    return _raconter(requete, lot, dit)


def _choisies(requete: HttpRequest) -> list[Fiche]:
    """The fiches ticked in the list that the agent may see, the most urgent first."""
    references = [r for r in _source(requete).getlist("fiche") if REFERENCE.fullmatch(r)][:PAR_PAGE]
    visibles = Fiche.objects.visibles_par(requete.affectation).pour_liste()
    return list(visibles.de_references(references).par_urgence())


def _rien_de_choisi(requete: HttpRequest) -> HttpResponse:
    messages.info(requete, AUCUNE)
    return redirect(_retour(requete))


def _recapituler(
    requete: HttpRequest, gabarit: str, fiches: list[Fiche], **autres: Any
) -> HttpResponse:
    """What is about to be done, before it is: the names, decrypted for this page alone."""
    return render(
        requete,
        gabarit,
        {
            "lignes": lignes_de(requete, fiches),
            "retour": _source(requete).get("retour", ""),
            "adresse_du_retour": _retour(requete),
            "maintenant": horloge.maintenant(),
            **autres,
        },
        status=statut_de(autres.get("form")),
    )


def _raconter(requete: HttpRequest, lot: Lot, dit: str) -> HttpResponse:
    """Say what was done and what was not, then go back to where it was decided."""
    nombre = len(lot.faites)
    if nombre:
        s = pluriel(nombre)
        messages.success(requete, f"{nombre} fiche{s} {dit.format(s=s)}.")
    for fiche, phrase in lot.refusees:
        messages.warning(requete, f"{fiche.reference} : {phrase}")
    return redirect(_retour(requete))


def _source(requete: HttpRequest) -> QueryDict:
    return requete.POST if requete.method == "POST" else requete.GET


def _retour(requete: HttpRequest) -> str:
    """The fiche that sent here, or the list with its filters: nothing else is followed."""
    voulu = _source(requete).get("retour", "")
    if REFERENCE.fullmatch(voulu):
        return reverse("fiches:voir", args=[voulu])
    filtres = QueryDict(mutable=True)
    for champ, valeurs in QueryDict(voulu).lists():
        if champ in FILTRES:
            filtres.setlist(champ, valeurs)
    suite = f"?{filtres.urlencode()}" if filtres else ""
    return f"{reverse('fiches:corbeille')}{suite}"


def _agent_vu(requete: HttpRequest, fiche: Fiche) -> int | None:
    """Who had the fiche on the page that was answered."""
    vu = requete.POST.get(f"vue-{fiche.reference}", "")
    return int(vu) if vu.isdecimal() and len(vu) < 10 else None


def _copie_vue(requete: HttpRequest, fiche: Fiche) -> datetime | None:
    """When the copy shown on the page that was answered had been sent."""
    try:
        return datetime.fromisoformat(requete.POST.get(f"vue-{fiche.reference}", ""))
    except ValueError:
        return None


def _un_par_agent(qui: Affectation) -> list[Affectation]:
    """One line for each agent of the caisse, whatever roles he has there."""
    traitants = Affectation.objects.de_la_caisse(qui.organisation_id)
    return list({un.agent_id: un for un in traitants}.values())


def _radios(form: FormulaireAttribution) -> list[tuple[Any, int | None]]:
    """Each radio button with the agent it stands for."""
    return [
        (radio, form.agents[valeur].agent_id if valeur in form.agents else None)
        for radio in form["a"]
        for valeur in [str(radio.data["value"])]
    ]
