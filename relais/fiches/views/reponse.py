"""The caisse takes charge and answers."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from relais.annuaire.portes import statut_de
from relais.fiches import notes
from relais.fiches.actions import reponses
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.reponse import FormulaireReponse
from relais.fiches.models import Fiche, PhraseType
from relais.fiches.phrases import phrase_neutre, phrases_de
from relais.fiches.views.portes import a_la_caisse, deja_fait, faire, la_fiche, noter, regles
from relais.journal.models import Action
from relais.regles.circuit import Geste
from relais.regles.fiche import NatureReponse
from relais.socle import horloge
from relais.socle.horloge import jour_de

PRISE = "Vous avez pris cette fiche en charge."


@a_la_caisse
@require_POST
def prendre_en_charge(requete: HttpRequest, reference: str) -> HttpResponse:
    """Of two agents at once one wins, the other is told who."""
    fiche = la_fiche(requete, reference)
    return faire(
        requete, partial(reponses.prendre_en_charge, fiche), PRISE, "fiches:voir", reference
    )


@a_la_caisse
@require_POST
def prendre_la_suivante(requete: HttpRequest) -> HttpResponse:
    """The most urgent fiche that nobody has."""
    fiche = reponses.prendre_la_suivante(par=requete.affectation, maintenant=horloge.maintenant())
    if fiche is None:
        messages.info(requete, "Il n’y a plus de nouvelle fiche : elles ont toutes été prises.")
        return redirect("fiches:corbeille")
    messages.success(requete, PRISE)
    return redirect("fiches:voir", fiche.reference)


@a_la_caisse
@require_http_methods(["GET", "POST"])
def repondre(requete: HttpRequest, reference: str) -> HttpResponse:
    """Write an answer; `apercu` shows the sentences that will be read, `envoyer` sends them."""
    fiche = la_fiche(requete, reference)
    if requete.method == "GET" and (ailleurs := deja_fait(requete, fiche, Geste.REPONDRE)):
        return ailleurs
    proposees = list(PhraseType.objects.de(requete.affectation.organisation_id))
    form = _formulaire(requete, fiche, proposees)
    phrases: list[str] = []
    if form.is_valid():
        reponse = form.contenu(requete.affectation.agent)
        phrases = phrases_de(reponse, regles(fiche), jour=horloge.aujourd_hui())
        if requete.POST.get("geste", "envoyer") == "envoyer":
            try:
                acte = reponses.clore_avec_reponse if form.clot() else reponses.envoyer
                acte(fiche, reponse, par=requete.affectation, maintenant=horloge.maintenant())
            except ActeRefuse as refus:
                # Nothing typed is lost, even when a colleague has just answered.
                if not refus.manques:
                    form.add_error(None, refus.phrase)
                form.signaler(refus.manques)
            else:
                messages.success(requete, _dit(reponse.nature, clore=form.clot()))
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
        status=statut_de(form),
    )


def _formulaire(
    requete: HttpRequest, fiche: Fiche, proposees: list[PhraseType]
) -> FormulaireReponse:
    """The form: new, as it was sent, or with a stock phrase put in (`inserer-<champ>`)."""
    choisie = _phrase_choisie(requete, proposees)
    informe = bool(fiche.reponse_au_professionnel)
    if choisie is not None:
        form = FormulaireReponse.avec_la_phrase(
            requete.POST.dict(), choisie.champ, choisie.texte, informe=informe
        )
    else:
        form = FormulaireReponse(
            requete.POST or None, initial=_au_depart(requete, fiche), informe=informe
        )
    form.proposer(proposees)
    return form


def _phrase_choisie(requete: HttpRequest, proposees: list[PhraseType]) -> PhraseType | None:
    geste = requete.POST.get("geste", "")
    if not geste.startswith("inserer-"):
        return None
    voulue = requete.POST.get(f"phrase-{geste.removeprefix('inserer-')}", "")
    return next((une for une in proposees if str(une.pk) == voulue), None)


def _au_depart(requete: HttpRequest, fiche: Fiche) -> dict[str, Any]:
    """What a form that nobody has filled yet shows: only then are the notes decrypted."""
    if requete.method == "POST":
        return {}
    voulu = {
        "nature": requete.GET.get("nature", ""),
        "objet_complement": requete.GET.get("objet", ""),
    }
    return voulu | _dernier_contact(requete, fiche)


def _dernier_contact(requete: HttpRequest, fiche: Fiche) -> dict[str, Any]:
    """« La personne a été contactée directement le …, par … », from the notes of the caisse.

    Journaled when a note says it.
    """
    if fiche.transmise_le is None:
        return {}
    depuis = jour_de(fiche.transmise_le)
    contact = notes.dernier_contact(notes.lire(fiche), depuis=depuis)
    if contact is None:
        return {}
    noter(requete, Action.LECTURE, fiche.reference)
    return {"contactee_le": contact.le, "contactee_par": contact.moyen}


def _dit(nature: str, *, clore: bool) -> str:
    if clore:
        return "La réponse est envoyée et la fiche est terminée."
    if nature == NatureReponse.COMPLEMENT_DEMANDE:
        return (
            "La précision est demandée. La fiche reste dans votre liste : le délai court toujours."
        )
    if nature == NatureReponse.ETAPE:
        return "La réponse d’étape est enregistrée. La fiche reste dans votre liste."
    return "La réponse est envoyée."
