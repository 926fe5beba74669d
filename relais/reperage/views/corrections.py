"""What a person says of herself: how to reach her, then her situation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from relais.fiches import ecarts
from relais.fiches.actions.acte import ActeRefuse
from relais.reperage import dossiers, droits
from relais.reperage.actions import coordonnees, situation
from relais.reperage.actions.acte import ConflitDeVersion
from relais.reperage.dossier import Dossier
from relais.reperage.forms.situation import FormulaireSituation, situation_initiale
from relais.reperage.forms.suivi import FormulaireCoordonnees, coordonnees_initiales
from relais.reperage.lignes import nom_affiche
from relais.reperage.models import Personne
from relais.reperage.views.portes import a_comparer, a_qui_repere, la_personne, page_de
from relais.socle import horloge


@dataclass(frozen=True, slots=True)
class Partie:
    """A part of a dossier that the person declares: its form, its act, its words."""

    nom: str  # of the part, in the dossier and in the form
    titre: str
    fil: str
    form: Callable[..., forms.Form]
    initiales: Callable[[Any], dict[str, Any]]
    acte: Callable[..., Personne]
    fait: str


COORDONNEES = Partie(
    "coordonnees",
    "Corriger les coordonnées",
    "Coordonnées",
    lambda *args, connue, **options: FormulaireCoordonnees(*args, **options),
    coordonnees_initiales,
    coordonnees.corriger,
    "Les coordonnées sont corrigées, comme déclarées aujourd’hui",
)
SITUATION = Partie(
    "situation",
    "Corriger la situation",
    "Situation",
    FormulaireSituation,
    situation_initiale,
    situation.corriger,
    "La situation est corrigée, comme déclarée aujourd’hui",
)


@a_qui_repere
@require_http_methods(["GET", "POST"])
def corriger(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """How to reach the person, as she says it."""
    return _corriger(requete, la_personne(requete, numero), COORDONNEES)


@a_qui_repere
@require_http_methods(["GET", "POST"])
def corriger_la_situation(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """What changes her dates, as she says it."""
    return _corriger(requete, la_personne(requete, numero), SITUATION)


def _corriger(requete: HttpRequest, personne: Personne, partie: Partie) -> HttpResponse:
    dossier = dossiers.lire(personne)
    connue = getattr(dossier, partie.nom)
    initiales = partie.initiales(connue)
    if requete.method == "GET":
        form = partie.form(connue=connue, initial={**initiales, "version": personne.version})
        return _page(requete, personne, partie, dossier, form)
    form = partie.form(requete.POST, connue=connue)
    if not form.is_valid():
        return _page(requete, personne, partie, dossier, form, statut=422)
    dite = getattr(form, partie.nom)(connue)
    try:
        corrigee = partie.acte(
            personne,
            dite,
            version=form.cleaned_data["version"],
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
    except ConflitDeVersion as conflit:
        differents = ecarts.des_champs(form, partie.initiales(dite), initiales)
        statut = a_comparer(form, personne, conflit)
        return _page(requete, personne, partie, dossier, form, differents, statut=statut)
    except ActeRefuse as refus:
        messages.error(requete, refus.phrase)
        return redirect("reperage:liste")
    messages.success(requete, f"{partie.fait}{_demenagement(personne, corrigee)}.")
    if not droits.peut_lire(requete.affectation, corrigee):
        return redirect("reperage:liste")
    return redirect("reperage:personne", personne.pk)


def _demenagement(avant: Personne, apres: Personne) -> str:
    """What another TIS changes, in the words that follow; nothing when she stays in hers."""
    tis = apres.territoire
    if tis is None or avant.territoire_id == tis.pk:
        return ""
    dit = f", et la personne passe au territoire {tis.code} · {tis.nom}"
    if avant.equipe_id is not None and apres.equipe_id is None:
        dit += ". Son équipe ne la suit plus : le chargé du repérage la confie là-bas"
    return dit


def _page(
    requete: HttpRequest,
    personne: Personne,
    partie: Partie,
    dossier: Dossier,
    form: forms.Form,
    differents: list[ecarts.Ecart] | None = None,
    *,
    statut: int = 200,
) -> HttpResponse:
    contexte = {
        "partie": partie,
        "nom": nom_affiche(dossier.identite),
        "connue": getattr(dossier, partie.nom),
        "form": form,
        "differents": differents,
    }
    return page_de(requete, personne, "reperage/corriger.html", contexte, statut=statut)
