"""The Département sends, completes, takes back, asks again, closes, reopens."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from relais.annuaire.debit import TropVite
from relais.annuaire.portes import statut_de
from relais.fiches import doublons, droits, mains, rapprochement, verification
from relais.fiches.actions import envois, reprises
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.reponse import FormulaireDepot, FormulaireIssue, FormulaireRetrait
from relais.fiches.models import Fiche
from relais.fiches.views.ecriture import Ecrit, deja_partie, en_ecriture
from relais.fiches.views.portes import (
    a_cote_des_champs,
    au_departement,
    deja_fait,
    faire,
    la_fiche,
    la_sienne,
    noter,
    refuser,
    regles,
)
from relais.journal.models import Action
from relais.regles import delais
from relais.regles.circuit import Geste, Statut
from relais.regles.convention import Canal
from relais.regles.fiche import ModeSignature
from relais.socle import horloge

ENVOYEE = "La fiche est envoyée. Donnez sa feuille à la personne."
COMPLETEE = "La fiche complétée est repartie : la caisse a votre réponse."


@au_departement
@require_http_methods(["GET", "POST"])
def envoyer(requete: HttpRequest, reference: str) -> HttpResponse:
    """The last look, then the sending. The version read is the version sent, once."""
    if requete.method == "POST":
        return _envoyer(requete, reference)
    if ailleurs := deja_partie(requete, reference):
        return ailleurs
    ecrit = en_ecriture(requete, reference)
    if mains.est_a_completer(ecrit.fiche, ecrit.brouillon, requete.affectation):
        messages.warning(requete, envois.A_COMPLETER)
        return redirect("fiches:confier", reference)
    if ecrit.manques():
        messages.warning(requete, envois.INCOMPLETE)
        return redirect("fiches:ecrire", reference)
    return _confirmer(requete, ecrit)


@au_departement
@require_POST
def rappeler(requete: HttpRequest, reference: str) -> HttpResponse:
    """Take back before the caisse has opened it."""
    fiche = la_fiche(requete, reference)
    dit = "La fiche est rappelée : la caisse ne l’a plus."
    return faire(requete, partial(envois.rappeler, fiche), dit, "fiches:voir", reference)


@au_departement
@require_http_methods(["GET", "POST"])
def retirer(requete: HttpRequest, reference: str) -> HttpResponse:
    """Withdraw for good, after a page that asks why."""
    return _apres_un_choix(
        requete,
        reference,
        Geste.RETIRER,
        FormulaireRetrait,
        envois.retirer,
        gabarit="fiches/retirer.html",
        dit="La fiche est retirée : la caisse ne l’a plus.",
    )


@au_departement
@require_POST
def reprendre(requete: HttpRequest, reference: str) -> HttpResponse:
    """Correct, complete or ask again: what was sent comes back to be written."""
    fiche = la_fiche(requete, reference)
    try:
        reprises.reprendre(fiche, par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        return refuser(requete, refus, "fiches:voir", reference)
    return redirect("fiches:ecrire", reference)


@au_departement
@require_http_methods(["GET", "POST"])
def rouvrir(requete: HttpRequest, reference: str) -> HttpResponse:
    """Reopen a closed fiche, after a page that says what follows; its owner writes and sends."""
    fiche = la_fiche(requete, reference)
    if not droits.peut_rouvrir(requete.affectation, fiche, regles(fiche)):
        raise PermissionDenied
    if requete.method == "GET" and (ailleurs := deja_fait(requete, fiche, Geste.ROUVRIR)):
        return ailleurs
    a_lui = fiche.proprietaire_id == requete.affectation.agent_id
    if requete.method == "GET":
        return render(requete, "fiches/rouvrir.html", {"fiche": fiche, "a_lui": a_lui})
    try:
        reprises.rouvrir(fiche, par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        return refuser(requete, refus, "fiches:voir", reference)
    if a_lui:
        return redirect("fiches:ecrire", reference)
    messages.success(
        requete, f"La fiche est rouverte : {fiche.proprietaire} la retrouve dans sa liste."
    )
    return redirect("fiches:voir", reference)


@au_departement
@require_POST
def abandonner(requete: HttpRequest, reference: str) -> HttpResponse:
    """Give up what is being written; the fiche stays as it was."""
    fiche = la_fiche(requete, reference)
    dit = "Ce que vous écriviez est effacé. La fiche n’a pas changé."
    return faire(requete, partial(reprises.abandonner, fiche), dit, "fiches:voir", reference)


@au_departement
@require_http_methods(["GET", "POST"])
def clore(requete: HttpRequest, reference: str) -> HttpResponse:
    """Close with the outcome."""
    return _apres_un_choix(
        requete,
        reference,
        Geste.CLORE,
        FormulaireIssue,
        envois.clore,
        gabarit="fiches/clore.html",
        dit="La fiche est terminée.",
    )


@au_departement
@require_POST
def rapprocher(requete: HttpRequest, reference: str) -> HttpResponse:
    """Ask the référent to put two professionals in touch, by references alone."""
    ecrit = en_ecriture(requete, reference)
    par, maintenant = requete.affectation, horloge.maintenant()
    try:
        autre = doublons.du_brouillon(
            ecrit.brouillon, ecrit.contenu, par=par, maintenant=maintenant
        )
    except TropVite:
        return redirect("fiches:envoyer", reference)  # which says it
    if autre is None:
        messages.info(requete, "Aucune autre demande n’est en cours pour cette personne.")
        return redirect("fiches:envoyer", reference)
    rapprochement.demander(ecrit.fiche, autre.reference, par=par, maintenant=maintenant)
    messages.success(
        requete,
        "Votre référent est prévenu, sans nom. Il vous mettra en relation avec le professionnel.",
    )
    return redirect("fiches:envoyer", reference)


def _apres_un_choix(
    requete: HttpRequest,
    reference: str,
    geste: Geste,
    formulaire: type[FormulaireIssue | FormulaireRetrait],
    acte: Callable[..., object],
    *,
    gabarit: str,
    dit: str,
) -> HttpResponse:
    """A page that asks one thing; then the act, with what was chosen."""
    fiche = la_sienne(requete, reference)
    if requete.method == "GET" and (ailleurs := deja_fait(requete, fiche, geste)):
        return ailleurs
    form = formulaire(requete.POST if requete.method == "POST" else None)
    if requete.method == "POST" and form.is_valid():
        try:
            acte(fiche, form.choisi(), par=requete.affectation, maintenant=horloge.maintenant())
        except ActeRefuse as refus:
            if not refus.manques:
                return refuser(requete, refus, "fiches:voir", reference)
            a_cote_des_champs(form, refus)
        else:
            messages.success(requete, dit)
            return redirect("fiches:voir", reference)
    return render(requete, gabarit, {"fiche": fiche, "form": form}, status=statut_de(form))


def _envoyer(requete: HttpRequest, reference: str) -> HttpResponse:
    fiche = la_fiche(requete, reference)
    version = requete.POST.get("version", "")
    depot = FormulaireDepot(requete.POST, fiche=fiche)
    if fiche.canal == Canal.BLUEFILES and not depot.is_valid():
        return _confirmer(requete, en_ecriture(requete, reference), depot)
    complement = fiche.statut == Statut.COMPLEMENT_DEMANDE
    acte = envois.completer if complement else envois.transmettre
    try:
        acte(
            fiche,
            version=int(version) if version.isdecimal() else -1,
            par=requete.affectation,
            maintenant=depot.instant() if fiche.canal == Canal.BLUEFILES else horloge.maintenant(),
        )
    except ActeRefuse as refus:
        return _deja_partie_ou_refus(requete, refus, reference)
    messages.success(requete, COMPLETEE if complement else ENVOYEE)
    return redirect("fiches:voir", reference)


def _deja_partie_ou_refus(requete: HttpRequest, refus: ActeRefuse, reference: str) -> HttpResponse:
    """A second click finds the fiche gone: the person is shown that it left, not an error."""
    if refus.phrase == envois.TROP_TARD:
        return refuser(requete, refus, "fiches:voir", reference)
    if "complement" in refus.manques:
        return refuser(requete, refus, "fiches:ecrire", reference)
    if not Fiche.objects.visibles_par(requete.affectation).a_un_brouillon(reference):
        messages.info(requete, "Cette fiche est déjà envoyée : elle n’est pas partie deux fois.")
        return redirect("fiches:voir", reference)
    return refuser(requete, refus, "fiches:envoyer", reference)


def _confirmer(
    requete: HttpRequest, ecrit: Ecrit, depot: FormulaireDepot | None = None
) -> HttpResponse:
    """The page that is read with the person, journaled. `depot`: what was posted and refused."""
    noter(requete, Action.LECTURE, ecrit.fiche.reference)
    bluefiles = ecrit.fiche.canal == Canal.BLUEFILES
    gabarit = "fiches/envoyer_bluefiles.html" if bluefiles else "fiches/envoyer.html"
    contexte = {
        **_confirmation(ecrit),
        **_doublon(requete, ecrit),
        "form": depot or FormulaireDepot(fiche=ecrit.fiche),
    }
    return render(requete, gabarit, contexte, status=statut_de(depot))


def _doublon(requete: HttpRequest, ecrit: Ecrit) -> dict[str, object]:
    """Announced at the first sending: a complement changes nothing of it."""
    if ecrit.brouillon.est_un_complement():
        return {}
    par, maintenant = requete.affectation, horloge.maintenant()
    try:
        trouve = doublons.du_brouillon(
            ecrit.brouillon, ecrit.contenu, par=par, maintenant=maintenant
        )
    except TropVite as trop:
        return {"doublon_a_verifier": trop.minutes}
    return {"doublon": trouve}


def _confirmation(ecrit: Ecrit) -> dict[str, object]:
    """What is read with the person (wording.md §2)."""
    fiche, contenu, convention = ecrit.fiche, ecrit.contenu, regles(ecrit.fiche)
    maintenant, jour = horloge.maintenant(), horloge.aujourd_hui()
    due = delais.echeance_reponse(maintenant, convention=convention)
    complement = ecrit.brouillon.est_un_complement()
    return {
        "fiche": fiche,
        "contenu": contenu,
        "version": ecrit.brouillon.version,
        "numero": contenu.personne.numero_masque,
        "motifs": verification.libelles(convention.fiche.motifs.exigee(jour), contenu.motifs),
        "caisse": convention.caisse.nom_dans_phrase.exigee(jour),
        "reponse_due_le": fiche.reponse_due_le if complement else due,
        "complement": complement,
        "fermeture": None if complement else delais.fermeture(due, convention=convention),
        "a_l_ecran": bool(contenu.signature and contenu.signature.mode == ModeSignature.ECRAN),
        "nir_ecrit": ecrit.nir_ecrit,
        "objet": convention.echanges.objet_demande.exigee(jour),
        "destinataire": convention.caisse.contact_mail.exigee(jour),
    }
