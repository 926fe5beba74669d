"""The proof of the journal: heads exchanged and verified, an export, the file that checks it."""

from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.portes import fichier_joint, statut_de
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.views.portes import a_cote_des_champs
from relais.journal import verificateur as verificateur_du_journal
from relais.rgpd import preuve as preuves
from relais.rgpd.actions import journal as actions
from relais.rgpd.forms.journal import FormulaireExportDuJournal
from relais.rgpd.views.portes import au_dpo
from relais.socle import horloge

VERIFICATEUR = Path(verificateur_du_journal.__file__)


@au_dpo
@require_http_methods(["GET", "POST"])
def preuve(requete: HttpRequest) -> HttpResponse:
    """Where each chain stands; POST: the journal of a period, as a sealed file."""
    form = FormulaireExportDuJournal(requete.POST if requete.method == "POST" else None)
    if requete.method == "POST" and form.is_valid():
        lu = form.cleaned_data
        try:
            export = actions.exporter(
                form.periode(), du=lu["debut"], au=lu["fin"], par=requete.affectation
            )
        except ActeRefuse as refus:
            a_cote_des_champs(form, refus)
        else:
            return fichier_joint(export.octets, export.nom, export.type_mime)
    organisation = requete.affectation.organisation_id
    contexte: dict[str, Any] = {
        "form": form,
        "preuve": preuves.lire(organisation, maintenant=horloge.maintenant()),
    }
    return render(requete, "rgpd/preuve.html", contexte, status=statut_de(form))


@au_dpo
@require_GET
def verificateur(requete: HttpRequest) -> HttpResponse:
    """The single file that checks an export, without Relais."""
    return fichier_joint(
        VERIFICATEUR.read_bytes(), VERIFICATEUR.name, "text/x-python; charset=utf-8"
    )
