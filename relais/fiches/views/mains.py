"""A fiche goes from one colleague to another."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire.portes import statut_de
from relais.fiches import droits, mains
from relais.fiches.actions import brouillons, passages
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.fiche import FormulaireFiche
from relais.fiches.forms.mains import FormulaireConfier
from relais.fiches.views.portes import au_departement, la_fiche, regles
from relais.regles.convention import Convention, Role
from relais.socle import horloge


@au_departement
@require_http_methods(["GET", "POST"])
def confier(requete: HttpRequest, reference: str) -> HttpResponse:
    """Choose a colleague of the équipe; the fiche, its draft with it, is theirs at once."""
    fiche, qui = la_fiche(requete, reference), requete.affectation
    if not droits.peut_confier(qui, fiche):
        raise PermissionDenied
    convention, collegues = regles(fiche), mains.collegues(fiche)
    completent = mains.a_qui_completer(collegues, convention)
    brouillon = brouillons.courant(fiche)
    form = FormulaireConfier(
        requete.POST or None,
        completent=completent,
        autres=[une for une in collegues if une not in completent],
        peut_dire_complete=bool(brouillon)
        and droits.peut_ecrire(qui, fiche, convention)
        and droits.peut_completer(qui, convention),
    )
    manques: list[tuple[str, str]] = []
    if requete.method == "POST" and form.is_valid():
        try:
            passages.confier(
                fiche,
                a=form.choisie(),
                par=qui,
                maintenant=horloge.maintenant(),
                complete=form.cleaned_data.get("complete", False),
            )
        except ActeRefuse as refus:
            form.add_error("complete" if refus.manques else None, refus.phrase)
            manques = _dits(refus.manques, convention)
        else:
            nom = form.choisie().agent.nom_complet
            messages.success(requete, f"La fiche {reference} est confiée à {nom}.")
            encore = qui.role == Role.ENCADRANT and fiche.statut != "brouillon"
            return redirect("fiches:voir", reference) if encore else redirect("fiches:mes_fiches")
    return render(
        requete,
        "fiches/confier.html",
        {
            "fiche": fiche,
            "form": form,
            "brouillon": brouillon,
            "manques": manques,
            "a_quelqu_un": bool(collegues),
            "a_completer": mains.est_a_completer(fiche, brouillon, qui),
        },
        status=statut_de(form),
    )


def _dits(manques: dict[str, str], convention: Convention) -> list[tuple[str, str]]:
    """(label of the field, what is missing there)."""
    champs = FormulaireFiche(convention, horloge.aujourd_hui()).fields
    return [(str(champs[champ].label).rstrip(" :"), dit) for champ, dit in manques.items()]
