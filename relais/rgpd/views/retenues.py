"""What the DPO of the Département keeps from the purge: list, put, let go."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.droits import exiger
from relais.annuaire.portes import statut_de
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.pagination import page_de
from relais.fiches.views.portes import a_cote_des_champs, faire
from relais.regles.retenue import fin_au_plus_tard
from relais.rgpd import droits
from relais.rgpd.actions import retenues as actions
from relais.rgpd.forms.retenues import FiltresRetenues, FormulaireRetenue
from relais.rgpd.models import Retenue
from relais.rgpd.views.portes import au_dpo
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import date_moyenne

LISTE = "rgpd:retenues"


@au_dpo
@require_GET
def retenues(requete: HttpRequest) -> HttpResponse:
    """Those of one's Département, the newest first; why there is none at the caisse."""
    qui = requete.affectation
    filtres = FiltresRetenues(requete.GET, qui=qui)
    siennes = filtres.appliquer(Retenue.objects.posees_chez(qui))
    contexte = {
        "peut_retenir": droits.peut_poser_des_retenues(qui),
        "filtres": filtres,
        "page": page_de(siennes, requete.GET.get("page"), passe=False),
        "aujourd_hui": horloge.aujourd_hui(),
    }
    return render(requete, "rgpd/retenues.html", contexte)


@au_dpo
@require_http_methods(["GET", "POST"])
def poser(requete: HttpRequest) -> HttpResponse:
    """Keep a fiche: its reference, a reason, an end."""
    qui, jour = requete.affectation, horloge.aujourd_hui()
    exiger(droits.peut_poser_des_retenues(qui))
    convention = regles_de_l_organisation(qui.organisation_id)
    if convention is None:
        raise Http404
    form = FormulaireRetenue(
        requete.POST if requete.method == "POST" else None,
        initial={"reference": requete.GET.get("reference", "")},
        qui=qui,
        au_plus_tard=fin_au_plus_tard(jour, convention=convention),
    )
    if requete.method == "POST" and form.is_valid():
        lu = form.cleaned_data
        try:
            actions.poser(
                form.fiche,
                lu["motif"],
                jusqu_au=lu["jusqu_au"],
                par=qui,
                maintenant=horloge.maintenant(),
            )
        except ActeRefuse as refus:
            a_cote_des_champs(form, refus)
        else:
            dit = f"La fiche {lu['reference']} est retenue jusqu’au {date_moyenne(lu['jusqu_au'])}."
            messages.success(requete, dit)
            return redirect(LISTE)
    return render(requete, "rgpd/poser.html", {"form": form}, status=statut_de(form))


@au_dpo
@require_http_methods(["GET", "POST"])
def lever(requete: HttpRequest, retenue: int) -> HttpResponse:
    """Let it go, after a confirmation."""
    siennes = Retenue.objects.posees_chez(requete.affectation)
    posee = get_object_or_404(siennes, pk=min(retenue, 2**63 - 1))
    if requete.method == "POST":
        dit = f"La retenue de la fiche {posee.fiche.reference} est levée."
        return faire(requete, partial(actions.lever, posee), dit, LISTE)
    return render(requete, "rgpd/lever.html", {"retenue": posee})
