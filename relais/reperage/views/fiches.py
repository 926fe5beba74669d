"""From a person to her fiche de liaison, already filled in; one for each adult of a couple."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire import debit
from relais.annuaire.droits import exiger
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.fiches.models import Fiche
from relais.journal.models import Action
from relais.reperage import dossiers, droits, portrait
from relais.reperage.actions import fiches as actions
from relais.reperage.lignes import nom_affiche
from relais.reperage.models import Personne
from relais.reperage.views.portes import a_qui_repere, la_convention, la_personne
from relais.socle import horloge


@a_qui_repere
@require_http_methods(["GET", "POST"])
def commencer(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Choose for whom, with what is known first; then on to the draft."""
    personne = la_personne(requete, numero)
    qui, regles = requete.affectation, la_convention(requete)
    exiger(droits.peut_commencer_une_fiche(qui, personne, regles))
    conjoint = portrait.conjoint(dossiers.lire(personne), pour=qui)
    adultes = [personne, *([conjoint.personne] if conjoint and conjoint.personne else [])]
    if requete.method == "POST":
        choisis = [une for une in adultes if str(une.pk) in requete.POST.getlist("pour")]
        return _ouvrir(requete, personne, choisis)
    jour, lus = horloge.aujourd_hui(), dossiers.lire_plusieurs(adultes)
    consigner_par(Action.LECTURE_LISTE, par=qui, nombre=len(adultes))
    contexte = {
        "personne": personne,
        "conjoint": conjoint,
        "adultes": [
            (
                une,
                nom_affiche(lus[une.pk].identite),
                actions.preparer(lus[une.pk], par=qui, jour=jour, regles=regles),
            )
            for une in adultes
        ],
    }
    return render(requete, "reperage/commencer.html", contexte)


def _ouvrir(requete: HttpRequest, personne: Personne, choisis: list[Personne]) -> HttpResponse:
    par, maintenant = requete.affectation, horloge.maintenant()
    try:
        for _ in choisis:
            debit.compter("brouillon", par=par, maintenant=maintenant)
        ouvertes = actions.ouvrir_fiches(choisis, par=par, maintenant=maintenant)
    except (ActeRefuse, debit.TropVite) as refus:
        messages.error(requete, refus.phrase)
        return redirect("reperage:commencer", personne.pk)
    messages.success(requete, _dit(ouvertes))
    return redirect("fiches:ecrire", ouvertes[0].reference)


def _dit(ouvertes: list[Fiche]) -> str:
    a_relire = "Relisez avec la personne ce qui est déjà rempli."
    if len(ouvertes) == 1:
        return a_relire
    autres = " et ".join(une.reference for une in ouvertes[1:])
    return (
        f"{a_relire} La fiche de l’autre adulte, {autres}, est ouverte aussi :"
        " elle attend dans « Mes fiches »."
    )
