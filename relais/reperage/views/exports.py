"""Taking a list away: a file made here, fetched once by who asked; or a sheet to print."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from relais.annuaire.portes import fichier_joint, statut_de
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.views.portes import pdf_en_ligne
from relais.reperage import reunion
from relais.reperage.actions import exports, impressions
from relais.reperage.forms.exports import FormulaireExport
from relais.reperage.models import Export
from relais.reperage.views.choix import adresse, du_filtre
from relais.reperage.views.portes import a_qui_confie
from relais.socle import horloge


@a_qui_confie
@require_http_methods(["GET", "POST"])
def exporter(requete: HttpRequest) -> HttpResponse:
    """Ask for the file of the list as it is filtered; fetch those that are ready."""
    filtres, personnes = du_filtre(requete)
    form = FormulaireExport(requete.POST if requete.method == "POST" else None)
    suite, siens = adresse(filtres), Export.objects.de_l_auteur(requete.affectation)
    if requete.method == "POST" and form.is_valid():
        try:
            exports.exporter(
                personnes,
                form.cleaned_data["forme"],
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
        except ActeRefuse as refus:
            form.add_error(None, refus.phrase)
        else:
            messages.success(requete, "Votre fichier est prêt : téléchargez-le ci-dessous.")
            return redirect(_page(suite))
    return render(
        requete,
        "reperage/exporter.html",
        {
            "form": form,
            "total": personnes.count(),
            "prets": siens.a_prendre(horloge.maintenant()),
            "retires": siens.retires(),
            "heures": exports.garde(requete.affectation.organisation_id, au=horloge.aujourd_hui()),
            "suite": suite,
            "adresse_du_retour": reverse("reperage:liste") + (f"?{suite}" if suite else ""),
        },
        status=statut_de(form),
    )


@a_qui_confie
@require_POST
def prendre(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """The file, once. To anybody but its author, it does not exist."""
    export = get_object_or_404(Export.objects.de_l_auteur(requete.affectation), pk=numero)
    try:
        fichier = exports.prendre(export, par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        messages.info(requete, refus.phrase)
        return redirect("reperage:exporter")
    return fichier_joint(fichier.octets, fichier.nom, fichier.type_mime)


@a_qui_confie
@require_GET
def imprimer(requete: HttpRequest) -> HttpResponse:
    """The list as it is filtered, on paper for a team meeting."""
    filtres, personnes = du_filtre(requete)
    try:
        pdf = impressions.imprimer(
            personnes, par=requete.affectation, maintenant=horloge.maintenant()
        )
    except ActeRefuse as refus:
        messages.error(requete, refus.phrase)
        suite = adresse(filtres)
        return redirect(reverse("reperage:liste") + (f"?{suite}" if suite else ""))
    return pdf_en_ligne(pdf, reunion.NOM_DU_FICHIER)


def _page(suite: str) -> str:
    return reverse("reperage:exporter") + (f"?{suite}" if suite else "")
