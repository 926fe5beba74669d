"""The caisse takes charge and answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from relais.fiches.actions import reponses
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.reponse import FormulaireReponse
from relais.fiches.phrases import phrase_neutre
from relais.fiches.views.portes import a_la_caisse, la_fiche, refuser, regles
from relais.regles.fiche import NatureReponse
from relais.socle import horloge


@a_la_caisse
@require_POST
def prendre_en_charge(requete: HttpRequest, reference: str) -> HttpResponse:
    """Of two agents at once one wins, the other is told who."""
    fiche = la_fiche(requete, reference)
    try:
        reponses.prendre_en_charge(fiche, par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        return refuser(requete, refus, "fiches:voir", reference)
    messages.success(requete, "Vous avez pris cette fiche en charge.")
    return redirect("fiches:voir", reference)


@a_la_caisse
@require_POST
def prendre_la_suivante(requete: HttpRequest) -> HttpResponse:
    """The most urgent fiche that nobody has."""
    fiche = reponses.prendre_la_suivante(par=requete.affectation, maintenant=horloge.maintenant())
    if fiche is None:
        messages.info(requete, "Il n’y a plus de nouvelle fiche : elles ont toutes été prises.")
        return redirect("fiches:corbeille")
    messages.success(requete, "Vous avez pris cette fiche en charge.")
    return redirect("fiches:voir", fiche.reference)


@a_la_caisse
@require_http_methods(["GET", "POST"])
def repondre(requete: HttpRequest, reference: str) -> HttpResponse:
    """Write an answer; `apercu` shows the sentences that will be read, `envoyer` sends them."""
    fiche = la_fiche(requete, reference)
    form = FormulaireReponse(
        requete.POST or None, initial={"nature": requete.GET.get("nature", "")}
    )
    phrases: list[str] = []
    if requete.method == "POST" and form.is_valid():
        reponse = form.contenu(requete.affectation.agent)
        phrases = reponse.phrases(regles(fiche), jour=horloge.aujourd_hui())
        if requete.POST.get("geste") != "apercu":
            try:
                reponses.envoyer(
                    fiche, reponse, par=requete.affectation, maintenant=horloge.maintenant()
                )
            except ActeRefuse as refus:
                if not refus.manques:
                    return refuser(requete, refus, "fiches:voir", reference)
                for champ, phrase in refus.manques.items():
                    form.add_error(champ, phrase)
            else:
                messages.success(requete, _dit(reponse.nature))
                return redirect("fiches:corbeille")
    return render(
        requete,
        "fiches/repondre.html",
        {
            "fiche": fiche,
            "form": form,
            "phrases": phrases,
            "informe": fiche.reponse_au_professionnel,
            "phrase_neutre": phrase_neutre(horloge.aujourd_hui()),
        },
        status=422 if form.errors else 200,
    )


def _dit(nature: str) -> str:
    if nature == NatureReponse.ETAPE:
        return "La réponse d’étape est enregistrée. La fiche reste dans votre liste."
    return "La réponse est envoyée."
