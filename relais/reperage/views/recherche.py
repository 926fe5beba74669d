"""Finding somebody of the caseload: posted, journaled, bounded."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from relais.annuaire.debit import TropVite
from relais.annuaire.portes import statut_de
from relais.fiches.pagination import page_de
from relais.regles.convention import Role
from relais.reperage import recherche
from relais.reperage.forms.recherche import FormulaireRecherche
from relais.reperage.views.portes import a_qui_repere, lignes_de
from relais.socle import horloge


@a_qui_repere
@require_http_methods(["GET", "POST"])
def rechercher(requete: HttpRequest) -> HttpResponse:
    """Those found, a page of 25 at a time; the term stays in the posted form."""
    form = FormulaireRecherche(requete.POST or None)
    contexte: dict[str, Any] = {
        "form": form,
        "suit": requete.affectation.role == Role.TRAVAILLEUR_SOCIAL,
        "de_partout": requete.affectation.role == Role.CHARGE_REPERAGE,
    }
    statut = statut_de(form)
    if requete.method == "POST" and form.is_valid():
        try:
            contexte |= _resultats(requete, form.cleaned_data["terme"])
        except TropVite as trop:
            form.add_error(None, trop.phrase)
            statut = 429
    return render(requete, "reperage/recherche.html", contexte, status=statut)


def _resultats(requete: HttpRequest, terme: recherche.Terme) -> dict[str, Any]:
    trouvees = recherche.chercher(terme, par=requete.affectation, maintenant=horloge.maintenant())
    page = page_de(trouvees.pour_liste(), requete.POST.get("page"), passe=False)
    return {
        "cherchee": True,
        "page": page,
        "total": page.paginator.count,
        "lignes": lignes_de(requete, list(page.object_list)),
    }
