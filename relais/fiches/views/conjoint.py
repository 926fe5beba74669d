"""A second fiche for the spouse: what is shared is said first, then it opens."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.fiches.actions import conjoint
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.conjoint import FormulaireConjoint
from relais.fiches.views.portes import au_departement, la_sienne, noter, refuser
from relais.journal.models import Action
from relais.socle import horloge


@au_departement
@require_http_methods(["GET", "POST"])
def ouvrir(requete: HttpRequest, reference: str) -> HttpResponse:
    """Say what the two people share, and begin the second fiche."""
    fiche = la_sienne(requete, reference)
    try:
        personne = conjoint.personne_connue(fiche, par=requete.affectation)
        form = FormulaireConjoint(requete.POST or None, personne=personne)
        if requete.method == "POST" and form.is_valid():
            nouvelle = conjoint.ouvrir_pour_le_conjoint(
                fiche,
                form.partage(),
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
            return redirect("fiches:ecrire", nouvelle.reference)
    except ActeRefuse as refus:
        return refuser(requete, refus, "fiches:voir", reference)
    noter(requete, Action.LECTURE, fiche.reference)
    return render(requete, "fiches/conjoint.html", {"fiche": fiche, "form": form})
