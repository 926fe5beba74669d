"""The month's figures of article 6, and their export."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.portes import fichier_joint, reservee_a, statut_de
from relais.fiches import affichage, chiffres, graphique, signalements
from relais.fiches.actions import exports
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.suivi import FormulaireExport
from relais.fiches.views.portes import a_cote_des_champs
from relais.regles.convention import Role
from relais.socle import horloge


@reservee_a(Role.REFERENT, Role.RESPONSABLE_CAISSE, Role.ENCADRANT)
@require_GET
def suivi(requete: HttpRequest) -> HttpResponse:
    """The month's page (art. 6): `?mois=2026-11`, this month otherwise. Ready to print."""
    qui, maintenant = requete.affectation, horloge.maintenant()
    mois = chiffres.mois_lu(requete.GET.get("mois", ""), maintenant=maintenant)
    tableau = chiffres.du_mois(mois, pour=qui, maintenant=maintenant)
    return render(
        requete,
        "fiches/suivi.html",
        {
            "tableau": tableau,
            "graphique": graphique.dessiner(tableau.annee),
            "maintenant": maintenant,
            "cote_caisse": affichage.cote_caisse(qui),
            "peut_traiter": qui.role == Role.REFERENT,
            "bilan": signalements.du_mois(mois, pour=qui, maintenant=maintenant),
        },
    )


@reservee_a(Role.REFERENT)
@require_http_methods(["GET", "POST"])
def exporter(requete: HttpRequest) -> HttpResponse:
    """Metadata of the fiches sent in a period, as a spreadsheet: no name, no NIR, no motif."""
    form = FormulaireExport(requete.POST if requete.method == "POST" else None)
    if requete.method == "POST" and form.is_valid():
        lu = form.cleaned_data
        try:
            export = exports.exporter(
                lu["debut"],
                lu["fin"],
                lu["forme"],
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
        except ActeRefuse as refus:
            a_cote_des_champs(form, refus)
        else:
            return fichier_joint(export.octets, export.nom, export.type_mime)
    return render(requete, "fiches/exporter.html", {"form": form}, status=statut_de(form))
