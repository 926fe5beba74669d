"""What moves the Département's clock of a fiche: shown first where it brings an erasure nearer."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire.portes import statut_de
from relais.fiches import conservations, dossier, sort
from relais.fiches.actions import conservation as actions
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.actions.dossier import verser_au_dossier
from relais.fiches.forms.conservation import FormulaireActe
from relais.fiches.models import Fiche
from relais.fiches.sort import LIBELLES_ACTE, Acte
from relais.fiches.views.portes import (
    a_cote_des_champs,
    au_departement,
    la_tenue,
    refuser,
    regles,
)
from relais.regles.conservation import Duree, raccourcit
from relais.socle import horloge

ACTES: dict[Acte, Callable[..., object]] = {
    Acte.FINIR: actions.finir_accompagnement,
    Acte.REPRENDRE: actions.reprendre_accompagnement,
    Acte.CLORE_RSA: actions.clore_rsa,
    Acte.ROUVRIR_RSA: actions.rouvrir_rsa,
    Acte.VERSER: verser_au_dossier,
}
DITS = {
    Acte.FINIR: "La fin de l’accompagnement est notée : la fiche est archivée.",
    Acte.REPRENDRE: "L’accompagnement reprend : la fiche est de nouveau dans votre liste.",
    Acte.CLORE_RSA: "La clôture du droit au RSA est notée.",
    Acte.ROUVRIR_RSA: "La réouverture du droit au RSA est notée : le délai ne court plus.",
    Acte.VERSER: "La fiche est versée au dossier papier.",
}
CHANGEE = "La fiche a changé depuis : relisez ce qui va se passer."


@au_departement
@require_http_methods(["GET", "POST"])
def dater(requete: HttpRequest, reference: str, acte: str) -> HttpResponse:
    """End of the support, RSA closed…: what it changes, then the act. Twice where it shortens."""
    fiche = la_tenue(requete, reference)
    if acte not in set(Acte):
        raise Http404
    voulu = Acte(acte)
    sur_papier = dossier.sur_papier(regles(fiche), horloge.aujourd_hui())
    if voulu not in sort.actes(fiche, sur_papier=sur_papier):
        messages.info(requete, "C’est déjà noté, ou la fiche a changé : voici où elle en est.")
        return redirect("fiches:voir", reference)
    form = FormulaireActe(requete.POST if requete.method == "POST" else None, acte=voulu)
    if requete.method == "POST" and form.is_valid():
        dit = form.dit() | {"par": requete.affectation, "maintenant": horloge.maintenant()}
        try:
            if (apres := _a_annoncer(requete, fiche, voulu, form, dit)) is not None:
                return _apercu(requete, fiche, voulu, form, apres)
            ACTES[voulu](fiche, **dit)
        except ActeRefuse as refus:
            if not refus.manques:
                return refuser(requete, refus, "fiches:voir", reference)
            a_cote_des_champs(form, refus)
        else:
            messages.success(requete, DITS[voulu])
            return redirect("fiches:voir", reference)
    contexte = {"fiche": fiche, "form": form, "acte": voulu.value, "titre": LIBELLES_ACTE[voulu]}
    return render(requete, "fiches/dater.html", contexte, status=statut_de(form))


def _a_annoncer(
    requete: HttpRequest, fiche: Fiche, acte: Acte, form: FormulaireActe, dit: dict[str, Any]
) -> Duree | None:
    """The new clock, when the act shortens the life and this erasure was not announced yet."""
    apres = actions.prevoir(ACTES[acte], fiche, **dit)
    if not raccourcit(conservations.duree_ecrite(fiche), apres):
        return None
    annonce = form.cleaned_data["efface"]
    if annonce == _jour(apres.a_purger_le):
        return None
    if annonce:
        messages.warning(requete, CHANGEE)
    return apres


def _apercu(
    requete: HttpRequest, fiche: Fiche, acte: Acte, form: FormulaireActe, apres: Duree
) -> HttpResponse:
    jour = horloge.aujourd_hui()
    contexte = {
        "fiche": fiche,
        "acte": acte.value,
        "titre": LIBELLES_ACTE[acte],
        "le": _jour(form.dit().get("le")),
        "efface": _jour(apres.a_purger_le),
        "efface_le": apres.a_purger_le,
        "tout_de_suite": apres.a_purger_le is not None and apres.a_purger_le <= jour,
        "archive": acte == Acte.FINIR,
        "sur_papier": acte == Acte.VERSER or fiche.versee_au_dossier_le is not None,
        "a_imprimer": acte == Acte.FINIR
        and fiche.versee_au_dossier_le is None
        and fiche.terminee
        and dossier.sur_papier(regles(fiche), jour),
    }
    return render(requete, "fiches/dater_apercu.html", contexte)


def _jour(jour: date | None) -> str:
    return jour.isoformat() if jour else ""
