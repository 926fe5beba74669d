"""Finding: « Où en est-on ? » by the reference, and the search. Posted, journaled, bounded."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from relais.annuaire.debit import TropVite
from relais.annuaire.portes import statut_de
from relais.fiches import affichage, guichet, recherche
from relais.fiches.forms.recherche import FormulaireRecherche, FormulaireReference
from relais.fiches.pagination import page_de
from relais.fiches.views.lignes import lignes_de
from relais.fiches.views.portes import au_departement, aux_deux
from relais.socle import horloge


@au_departement
@require_http_methods(["GET", "POST"])
def ou_en_est_on(requete: HttpRequest) -> HttpResponse:
    """The state of a fiche of the équipe, by the reference on the person's sheet."""
    form = FormulaireReference(requete.POST or None)
    contexte: dict[str, Any] = {"form": form, "maintenant": horloge.maintenant()}
    if requete.method == "POST" and form.is_valid():
        try:
            contexte["point"] = guichet.ou_en_est_on(
                form.cleaned_data["reference"],
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
        except TropVite as trop:
            return _attendre(requete, "fiches/ou_en_est_on.html", contexte, trop)
        contexte["cherchee"] = True
    return render(requete, "fiches/ou_en_est_on.html", contexte, status=statut_de(form))


@aux_deux
@require_http_methods(["GET", "POST"])
def rechercher(requete: HttpRequest) -> HttpResponse:
    """The fiches found, a page of 25 of them at a time; the term stays in the posted form."""
    form = FormulaireRecherche(requete.POST or None)
    contexte: dict[str, Any] = {
        "form": form,
        "maintenant": horloge.maintenant(),
        "caisse_lit": affichage.cote_caisse(requete.affectation),
    }
    if requete.method == "POST" and form.is_valid():
        try:
            contexte |= _resultats(requete, form.cleaned_data["terme"])
        except TropVite as trop:
            return _attendre(requete, "fiches/recherche.html", contexte, trop)
    return render(requete, "fiches/recherche.html", contexte, status=statut_de(form))


def _resultats(requete: HttpRequest, terme: recherche.Terme) -> dict[str, Any]:
    """The lines; for a fiche that a colleague of the équipe follows, its state alone."""
    qui = requete.affectation
    trouvees = recherche.chercher(terme, par=qui, maintenant=horloge.maintenant())
    page = page_de(trouvees.pour_liste(), requete.POST.get("page"), passe=True)
    fiches = list(page.object_list)
    d_un_collegue = terme.reference and terme.reference not in {f.reference for f in fiches}
    return {
        "cherchee": True,
        "page": page,
        "lignes": lignes_de(requete, fiches),
        "point": guichet.point(terme.reference, pour=qui) if d_un_collegue else None,
    }


def _attendre(
    requete: HttpRequest, gabarit: str, contexte: dict[str, Any], trop: TropVite
) -> HttpResponse:
    """Say how long to wait, with what was typed."""
    contexte["form"].add_error(None, trop.phrase)
    return render(requete, gabarit, contexte, status=429)
