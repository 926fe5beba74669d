"""The first figures of article 6, and the malfunctions that professionals report."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.portes import reservee_a
from relais.fiches import chiffres, signalements
from relais.fiches.forms.reponse import FormulaireSignalement
from relais.fiches.views.portes import CAISSE, DEPARTEMENT
from relais.regles.convention import Role
from relais.socle import horloge


@reservee_a(Role.REFERENT, Role.RESPONSABLE_CAISSE)
@require_GET
def suivi(requete: HttpRequest) -> HttpResponse:
    """Requests by TIS and by month (art. 6), and what does not work."""
    return render(
        requete,
        "fiches/suivi.html",
        {
            "tableau": chiffres.demandes_par_territoire(
                requete.affectation.organisation_id, jour=horloge.aujourd_hui()
            ),
            "signalements": signalements.recents(requete.affectation.organisation_id),
        },
    )


@reservee_a(*DEPARTEMENT, *CAISSE, Role.REFERENT)
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
        return redirect("accueil")
    statut = 422 if form.errors else 200
    return render(requete, "fiches/signaler.html", {"form": form}, status=statut)
