"""The retirement objective: its page, its insert to print, and how many there are."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.droits import exiger
from relais.fiches import ecarts
from relais.fiches.actions.acte import ActeRefuse, consigner_par
from relais.fiches.views.portes import a_cote_des_champs, pdf_en_ligne
from relais.journal.models import Action
from relais.regles import suite
from relais.reperage import documents, dossiers, droits, examens, objectifs
from relais.reperage.actions import objectif as actions
from relais.reperage.actions.acte import ConflitDeVersion
from relais.reperage.forms.objectif import FormulaireObjectif, objectif_initial
from relais.reperage.lignes import nom_affiche
from relais.reperage.models import Personne
from relais.reperage.views.portes import (
    a_comparer,
    a_qui_repere,
    au_departement_qui_compte,
    la_convention,
    la_personne,
    page_de,
)
from relais.socle import horloge


@a_qui_repere
@require_http_methods(["GET", "POST"])
def objectif(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """Propose the objective, then follow it."""
    personne = la_personne(requete, numero)
    exiger(droits.peut_suivre(requete.affectation, personne))
    dossier, regles = dossiers.lire(personne), la_convention(requete)
    jour = horloge.aujourd_hui()
    examen = examens.examen(dossier, au=jour, convention=regles)
    garde = dossier.objectif or actions.proposer(dossier, au=jour, convention=regles)
    initiales, mairie = objectif_initial(garde), suite.sans_regime(examen)
    contexte = {
        "nom": nom_affiche(dossier.identite),
        "nouveau": dossier.objectif is None,
        "propose": suite.objectif_propose(examen, au=jour, convention=regles),
    }
    if requete.method == "GET":
        initiales = {**initiales, "version": personne.version}
        contexte["form"] = FormulaireObjectif(initial=initiales, mairie=mairie)
        return page_de(requete, personne, "reperage/objectif.html", contexte)
    form = FormulaireObjectif(requete.POST, mairie=mairie)
    contexte["form"] = form
    if not form.is_valid():
        return page_de(requete, personne, "reperage/objectif.html", contexte, statut=422)
    return _enregistrer(requete, personne, form, contexte, initiales)


def _enregistrer(
    requete: HttpRequest,
    personne: Personne,
    form: FormulaireObjectif,
    contexte: dict[str, object],
    gardees: dict[str, object],
) -> HttpResponse:
    saisi, statut = form.objectif(), 422
    try:
        actions.enregistrer(
            personne,
            saisi,
            version=form.cleaned_data["version"],
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
    except ConflitDeVersion as conflit:
        contexte["differents"] = ecarts.des_champs(form, objectif_initial(saisi), gardees)
        statut = a_comparer(form, personne, conflit)
    except ActeRefuse as refus:
        a_cote_des_champs(form, refus)
    else:
        messages.success(requete, "L’objectif est enregistré.")
        return redirect("reperage:personne", personne.pk)
    return page_de(requete, personne, "reperage/objectif.html", contexte, statut=statut)


@a_qui_repere
@require_GET
def encart(requete: HttpRequest, numero: UUID) -> HttpResponse:
    """The insert for the Département's own document; journaled."""
    personne = la_personne(requete, numero)
    exiger(droits.peut_suivre(requete.affectation, personne))
    dossier = dossiers.lire(personne)
    if dossier.objectif is None:
        raise Http404
    regles, jour = la_convention(requete), horloge.aujourd_hui()
    examen = examens.examen(dossier, au=jour, convention=regles)
    pdf = documents.encart(
        dossier,
        professionnel=requete.affectation.agent,
        convention=regles,
        jour=jour,
        mairie=suite.sans_regime(examen),
    )
    consigner_par(Action.DOCUMENT_IMPRIME, str(personne.pk), par=requete.affectation)
    return pdf_en_ligne(pdf, "objectif-retraite.pdf")


@au_departement_qui_compte
@require_GET
def compter(requete: HttpRequest) -> HttpResponse:
    """How many objectives, by TIS, in a year: unlinked counts."""
    exiger(droits.peut_voir_les_objectifs(requete.affectation))
    jour = horloge.aujourd_hui()
    annee = objectifs.annee_lue(requete.GET.get("annee", ""), jour=jour)
    tableau = objectifs.de_l_annee(annee, pour=requete.affectation, jour=jour)
    contexte = {"tableau": tableau, "colonnes": list(objectifs.COLONNES.values())}
    return render(requete, "reperage/objectifs.html", contexte)
