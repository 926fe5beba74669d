"""The stock phrases of the caisse: one page, list and form."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire.portes import reservee_a, statut_de
from relais.fiches.actions import phrases_types as actions
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.phrases_types import FormulairePhraseType
from relais.fiches.models import PhraseType
from relais.fiches.views.portes import a_cote_des_champs, refuser
from relais.regles.convention import Role
from relais.socle import horloge

PAGE = "fiches:phrases_types"


@reservee_a(Role.RESPONSABLE_CAISSE)
@require_http_methods(["GET", "POST"])
def phrases_types(requete: HttpRequest) -> HttpResponse:
    """See them, add one, change one (`?modifier=`), delete one (`supprimer`)."""
    if requete.method == "GET":
        return _page(requete, FormulairePhraseType(initial=_a_modifier(requete)))
    form = FormulairePhraseType(requete.POST)
    try:
        if "supprimer" in requete.POST:
            actions.supprimer(_uuid(requete.POST["supprimer"]), par=requete.affectation)
            messages.success(requete, "La phrase est supprimée.")
            return redirect(PAGE)
        if form.is_valid():
            lu = form.cleaned_data
            actions.enregistrer(
                lu["champ"],
                lu["titre"],
                lu["texte"],
                pk=lu["pk"],
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
            messages.success(requete, "La phrase est enregistrée.")
            return redirect(PAGE)
    except ActeRefuse as refus:
        if not refus.manques:
            return refuser(requete, refus, PAGE)
        a_cote_des_champs(form, refus)
    return _page(requete, form)


def _page(requete: HttpRequest, form: FormulairePhraseType) -> HttpResponse:
    siennes = list(PhraseType.objects.de(requete.affectation.organisation_id))
    return render(
        requete,
        "fiches/phrases_types.html",
        {
            "form": form,
            "groupes": [
                (champ.label, [une for une in siennes if une.champ == champ])
                for champ in PhraseType.Champ
            ],
            "modifie": bool(form["pk"].value()),
        },
        status=statut_de(form),
    )


def _a_modifier(requete: HttpRequest) -> dict[str, object]:
    if "modifier" not in requete.GET:
        return {}
    pk = _uuid(requete.GET["modifier"])
    siennes = PhraseType.objects.de(requete.affectation.organisation_id)
    phrase = next((une for une in siennes if une.pk == pk), None)
    if phrase is None:
        raise Http404
    return {"pk": pk, "champ": phrase.champ, "titre": phrase.titre, "texte": phrase.texte}


def _uuid(texte: str) -> UUID:
    try:
        return UUID(texte)
    except ValueError:
        raise Http404 from None
