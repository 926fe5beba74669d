"""The équipe: who is there, who is away, who stands in."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.models import Absence, Affectation
from relais.annuaire.portes import statut_de
from relais.fiches import droits, mains
from relais.fiches.actions import absences
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.absences import FormulaireAbsence, FormulaireRetour
from relais.fiches.models import Fiche
from relais.fiches.views.portes import a_cote_des_champs, aux_deux
from relais.regles.convention import Role
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import date_moyenne


@aux_deux
@require_GET
def equipe(requete: HttpRequest) -> HttpResponse:
    """Who works here and who is away; for who leads it, what each has in hand."""
    qui = requete.affectation
    contexte = {
        "membres": mains.membres(qui, horloge.aujourd_hui()),
        "encadre": qui.role == Role.ENCADRANT,
        "dirige": droits.dirige(qui),
        "moi": qui.agent,
    }
    if contexte["encadre"]:
        de_l_equipe = Fiche.objects.de_l_equipe(qui.equipe)
        contexte["sans_personne"] = de_l_equipe.sans_proprietaire_actif().count()
    return render(requete, "fiches/equipe.html", contexte)


@aux_deux
@require_http_methods(["GET", "POST"])
def absenter(requete: HttpRequest, agent: UUID) -> HttpResponse:
    """Note an absence with its stand-in, or end one sooner: one's own, or of one's team."""
    absent, collegues = _absent(requete, agent)
    en_cours = Absence.objects.du_lieu(absent).pas_finies(horloge.aujourd_hui()).avec_noms()
    notee = en_cours.de_l_agent(absent.agent_id).first()
    retour = requete.POST.get("geste") in ("retour", "raccourcir")
    declare = requete.method == "POST" and not retour
    form = FormulaireAbsence(
        requete.POST if declare else None,
        absent=absent,
        collegues=[une for une in collegues if une.agent_id != absent.agent_id],
    )
    fin = FormulaireRetour(requete.POST if retour else None, auto_id="fin_%s")
    if retour and notee and fin.is_valid() and _raccourcir(requete, notee, absent, fin):
        return redirect("fiches:equipe")
    if declare and form.is_valid() and _declarer(requete, absent, form):
        return redirect("fiches:equipe")
    return render(
        requete,
        "fiches/absence.html",
        {
            "absent": absent,
            "moi": absent.agent_id == requete.affectation.agent_id,
            "notee": notee,
            "form": form,
            "fin": fin,
        },
        status=statut_de(form, fin),
    )


def _absent(requete: HttpRequest, agent: UUID) -> tuple[Affectation, list[Affectation]]:
    """The colleague of that pseudonym and their colleagues, or 404; 403 for who may not."""
    collegues = [m.affectation for m in mains.membres(requete.affectation, horloge.aujourd_hui())]
    absent = next((une for une in collegues if une.agent.pseudonyme == agent), None)
    if absent is None:
        raise Http404
    if not droits.peut_absenter(requete.affectation, absent):
        raise PermissionDenied
    return absent, collegues


def _declarer(requete: HttpRequest, absent: Affectation, form: FormulaireAbsence) -> bool:
    lu = form.cleaned_data
    try:
        absence = absences.declarer(
            absent,
            du=lu["du"],
            au=lu["au"],
            remplacant=form.choisi(),
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
    except ActeRefuse as refus:
        a_cote_des_champs(form, refus)
        return False
    qui = f", {absence.remplacant} remplace" if absence.remplacant else ""
    messages.success(requete, f"L’absence est notée jusqu’au {date_moyenne(absence.au)}{qui}.")
    return True


def _raccourcir(
    requete: HttpRequest, notee: Absence, absent: Affectation, form: FormulaireRetour
) -> bool:
    tout_de_suite = requete.POST["geste"] == "retour"
    if not tout_de_suite and form.cleaned_data["au"] is None:
        form.add_error("au", "Indiquez ce jour.")
        return False
    try:
        absences.raccourcir(
            notee,
            au=None if tout_de_suite else form.cleaned_data["au"],
            absent=absent,
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
    except ActeRefuse as refus:
        form.add_error("au", refus.manques.get("au", refus.phrase))
        return False
    fini = "finie" if tout_de_suite else "raccourcie"
    messages.success(requete, f"L’absence de {absent.agent} est {fini}.")
    return True
