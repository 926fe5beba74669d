"""The keys of the caisse's pages, and the choice to have them or not."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire.actions.preferences import regler_les_raccourcis
from relais.fiches.views.portes import a_la_caisse

# key, what it does in the inbox, what it does on a fiche
TOUCHES = [
    ("j", "Fiche suivante", ""),
    ("k", "Fiche précédente", ""),
    ("Entrée", "Ouvrir la fiche", ""),
    ("x", "Choisir la fiche, ou ne plus la choisir", ""),
    ("s", "Prendre la suivante en charge", ""),
    ("r", "Répondre à la fiche", "Répondre"),
    ("?", "Cette page", "Cette page"),
]


@a_la_caisse
@require_http_methods(["GET", "POST"])
def raccourcis(requete: HttpRequest) -> HttpResponse:
    """Read them; turn them on or off for one's account (WCAG 2.1.4)."""
    if requete.method == "POST":
        actifs = requete.POST.get("actifs") == "oui"
        regler_les_raccourcis(requete.affectation.agent, actifs=actifs)
        messages.success(requete, f"Vos raccourcis sont {'actifs' if actifs else 'inactifs'}.")
        return redirect("fiches:raccourcis")
    return render(requete, "fiches/aide/raccourcis.html", {"touches": TOUCHES})
