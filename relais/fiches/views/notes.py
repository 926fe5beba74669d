"""The caisse's notes of its calls."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from relais.fiches.actions import notes
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.caisse import FormulaireNote
from relais.fiches.views.portes import a_cote_des_champs, a_la_caisse, la_fiche, refuser
from relais.socle import horloge


@a_la_caisse
@require_POST
def noter(requete: HttpRequest, reference: str) -> HttpResponse:
    """Add a note, or take back one's own (`retirer`). What is missing is said beside its field."""
    fiche = la_fiche(requete, reference)
    options = {"par": requete.affectation, "maintenant": horloge.maintenant()}
    try:
        if "retirer" in requete.POST:
            notes.retirer_note(fiche, requete.POST["retirer"], **options)
            messages.success(requete, "La note est effacée.")
            return redirect("fiches:voir", reference)
        form = FormulaireNote(requete.POST)
        if form.is_valid():
            notes.noter(fiche, form.appel(), **options)
            messages.success(requete, "La note est enregistrée.")
            return redirect("fiches:voir", reference)
    except ActeRefuse as refus:
        if not refus.manques:
            return refuser(requete, refus, "fiches:voir", reference)
        a_cote_des_champs(form, refus)
    return render(requete, "fiches/noter.html", {"fiche": fiche, "form": form}, status=422)
