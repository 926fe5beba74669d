"""The whole NIR, to copy it into the business application."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.fiches import affichage, droits
from relais.fiches.actions import numero as actions
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.caisse import FormulaireMotif
from relais.fiches.views.portes import aux_deux, la_fiche_ouverte, noter
from relais.journal.models import Action


@aux_deux
@require_http_methods(["GET", "POST"])
def numero(requete: HttpRequest, reference: str) -> HttpResponse:
    """One journaled click for who took charge, as text for the clipboard; a reason for others."""
    fiche = la_fiche_ouverte(requete, reference)
    qui = requete.affectation
    if not actions.est_porte(fiche, par=qui):
        raise Http404
    if requete.method == "GET" and droits.a_pris_en_charge(qui, fiche):
        return redirect("fiches:voir", reference)
    form = FormulaireMotif(requete.POST or None)
    lu = None
    if requete.method == "POST":
        motif = form.cleaned_data.get("motif", "") if form.is_valid() else ""
        try:
            lu = actions.copier(fiche, motif=motif, par=qui)
        except ActeRefuse as refus:
            form.errors.setdefault("motif", form.error_class(list(refus.manques.values())))
    if lu and requete.headers.get("Accept", "").startswith("text/plain"):
        return HttpResponse(lu, content_type="text/plain; charset=utf-8")
    if not lu:
        noter(requete, Action.LECTURE, fiche.reference)
    return render(
        requete,
        "fiches/numero.html" if lu else "fiches/numero_motif.html",
        {
            "fiche": fiche,
            "form": form,
            "numero": lu,
            "caisse_lit": affichage.cote_caisse(qui),
        },
        status=422 if requete.method == "POST" and not lu else 200,
    )
