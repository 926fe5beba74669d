"""Erasures of one's organisation, for its DPO: references, dates and counts alone."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.portes import fichier_joint
from relais.fiches.pagination import PAR_PAGE, page_de
from relais.journal.models import Certificat
from relais.rgpd import bordereau as bordereaux
from relais.rgpd import droits, echeances, suivi
from relais.rgpd.actions import bordereau as actions
from relais.rgpd.forms.effacements import FiltresEcheances
from relais.rgpd.forms.periodes import FiltresBordereau, FiltresPeriode
from relais.rgpd.views.portes import au_dpo
from relais.socle import horloge


@au_dpo
@require_GET
def effacements(requete: HttpRequest) -> HttpResponse:
    """The purge, and what it will erase: the list of a dry run, some days ahead."""
    organisation, maintenant = requete.affectation.organisation_id, horloge.maintenant()
    filtres = FiltresEcheances(requete.GET)
    echues = echeances.de(organisation, maintenant=maintenant + filtres.delai)
    contexte = {
        "purge": suivi.purge(organisation, maintenant=maintenant),
        "filtres": filtres,
        "page": Paginator(echues, PAR_PAGE).get_page(requete.GET.get("page")),
        "par_regle": suivi.par_regle(echues),
        "maintenant": maintenant,
        "peut_retenir": droits.peut_poser_des_retenues(requete.affectation),
    }
    return render(requete, "rgpd/effacements.html", contexte)


@au_dpo
@require_GET
def certificats(requete: HttpRequest) -> HttpResponse:
    """The certificates of a period, the last first, each verified."""
    organisation = requete.affectation.organisation_id
    filtres = FiltresPeriode(requete.GET)
    contexte: dict[str, Any] = {"form": filtres, "filtres": filtres}
    if not filtres.is_valid():
        return render(requete, "rgpd/certificats.html", contexte, status=422)
    periode = filtres.periode()
    trouves = Certificat.objects.detruits_entre(organisation, periode.debut, periode.fin)
    page = page_de(trouves, requete.GET.get("page"), passe=False)
    lus = suivi.lus(list(page.object_list), organisation=organisation)
    return render(requete, "rgpd/certificats.html", contexte | {"page": page, "lus": lus})


@au_dpo
@require_http_methods(["GET", "POST"])
def bordereau(requete: HttpRequest) -> HttpResponse:
    """What was erased in a period, by rule and month, ready to print; POST: as a file."""
    demande = requete.POST if requete.method == "POST" else requete.GET
    filtres = FiltresBordereau(demande)
    contexte: dict[str, Any] = {"form": filtres, "filtres": filtres}
    if not filtres.is_valid():
        return render(requete, "rgpd/bordereau.html", contexte, status=422)
    du, au = filtres.cleaned_data["debut"], filtres.cleaned_data["fin"]
    if requete.method == "POST":
        export = actions.exporter(du=du, au=au, par=requete.affectation)
        return fichier_joint(export.octets, export.nom, export.type_mime)
    lignes = bordereaux.etablir(requete.affectation.organisation_id, du=du, au=au)
    contexte |= {
        "lignes": lignes,
        "total": sum(ligne.nombre for ligne in lignes),
        "maintenant": horloge.maintenant(),
    }
    return render(requete, "rgpd/bordereau.html", contexte)


@au_dpo
@require_GET
def durees(requete: HttpRequest) -> HttpResponse:
    """How long everything is kept, by which article, under which archives reference."""
    organisation, jour = requete.affectation.organisation, horloge.aujourd_hui()
    convention = regles_de_l_organisation(organisation.code)
    if convention is None:
        raise Http404
    lignes = suivi.durees_de(organisation, convention=convention, jour=jour)
    return render(requete, "rgpd/durees.html", {"lignes": lignes, "jour": jour})
