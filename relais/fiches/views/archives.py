"""What is archived: out of the lists and of the search, opened with a reason (docs/adr/0024)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.portes import statut_de
from relais.fiches import affichage, deroule, documents, dossier, exemplaires, sort
from relais.fiches.actions import archives as actions
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.conservation import FormulaireOuverture
from relais.fiches.models import Fiche
from relais.fiches.pagination import page_de
from relais.fiches.views.dossier import le_dossier
from relais.fiches.views.portes import (
    a_cote_des_champs,
    au_departement,
    la_tenue,
    pdf_en_ligne,
    regles,
)
from relais.regles.archive import RAISONS_OUVERTURE
from relais.regles.convention import Role
from relais.socle import horloge


@au_departement
@require_GET
def archives(requete: HttpRequest) -> HttpResponse:
    """The archived fiches, by reference alone: the last support to have ended first."""
    siennes = Fiche.objects.archives_de(requete.affectation).pour_archives()
    page = page_de(siennes, requete.GET.get("page"), passe=True)
    contexte = {"page": page, "encadre": requete.affectation.role == Role.ENCADRANT}
    return render(requete, "fiches/archives.html", contexte)


@au_departement
@require_http_methods(["GET", "POST"])
def archive(requete: HttpRequest, reference: str) -> HttpResponse:
    """An archived fiche without its content; a reason opens it, once, to read or to print."""
    fiche, qui = la_tenue(requete, reference), requete.affectation
    if not fiche.archivee:
        return redirect("fiches:voir", reference)
    tenue = dossier.est_tenue(fiche, qui.organisation_id)
    form = FormulaireOuverture(requete.POST if requete.method == "POST" else None)
    if requete.method == "POST" and tenue and form.is_valid():
        motif, imprimer = form.cleaned_data["motif"], requete.POST.get("geste") == "imprimer"
        try:
            actions.ouvrir(fiche, motif=motif, imprimer=imprimer, par=qui)
        except ActeRefuse as refus:
            a_cote_des_champs(form, refus)
        else:
            return _dossier(requete, fiche) if imprimer else _lue(requete, fiche, motif)
    return render(
        requete,
        "fiches/archive.html",
        {
            "fiche": fiche,
            "form": form,
            "tenue": tenue,
            "etat": affichage.etat_au_guichet(fiche),
            "sort": sort.de(fiche, maintenant=horloge.maintenant()),
        },
        status=statut_de(form),
    )


def _lue(requete: HttpRequest, fiche: Fiche, motif: str) -> HttpResponse:
    """The content, in the answer to the reason alone: this page has no address."""
    qui, jour = requete.affectation, horloge.aujourd_hui()
    demande = exemplaires.derniere_demande(fiche, qui.organisation_id)
    assert demande is not None  # `est_tenue`, under the lock of the act
    lisible: dict[str, Any] = affichage.demande_lisible(demande[1], regles(fiche), jour)
    return render(
        requete,
        "fiches/archive_lue.html",
        {
            "fiche": fiche,
            "raison": RAISONS_OUVERTURE[motif],
            "deroule": deroule.jalons(fiche, pour=qui),
            "messages_de_la_caisse": affichage.messages_de_la_caisse(fiche, pour=qui, jour=jour),
            **lisible,
        },
    )


def _dossier(requete: HttpRequest, fiche: Fiche) -> HttpResponse:
    pdf = le_dossier(fiche, requete.affectation)
    return pdf_en_ligne(pdf, documents.nom_de_fichier(fiche.reference, "dossier"))
