"""The Département sends, takes back, asks again, closes."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from relais.fiches import doublons, exemplaires, rapprochement, verification
from relais.fiches.actions import brouillons, envois
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.forms.reponse import FormulaireDepot, FormulaireIssue
from relais.fiches.models import Fiche
from relais.fiches.views.ecriture import Ecrit, deja_partie, en_ecriture
from relais.fiches.views.portes import au_departement, la_fiche, la_sienne, refuser, regles
from relais.regles import delais, nir
from relais.regles.convention import Canal
from relais.regles.fiche import ModeSignature
from relais.socle import horloge


@au_departement
@require_http_methods(["GET", "POST"])
def envoyer(requete: HttpRequest, reference: str) -> HttpResponse:
    """The last look, then the sending. The version read is the version sent, once."""
    if requete.method == "POST":
        return _envoyer(requete, reference)
    if ailleurs := deja_partie(requete, reference):
        return ailleurs
    ecrit = en_ecriture(requete, reference)
    manques = verification.manques(
        ecrit.contenu, convention=regles(ecrit.fiche), jour=horloge.aujourd_hui()
    )
    if manques:
        messages.warning(requete, envois.INCOMPLETE)
        return redirect("fiches:ecrire", reference)
    bluefiles = ecrit.fiche.canal == Canal.BLUEFILES
    gabarit = "fiches/envoyer_bluefiles.html" if bluefiles else "fiches/envoyer.html"
    return render(requete, gabarit, _confirmation(requete, ecrit))


@au_departement
@require_POST
def rappeler(requete: HttpRequest, reference: str) -> HttpResponse:
    """Take back before the caisse has opened it."""
    fiche = la_fiche(requete, reference)
    try:
        envois.rappeler(fiche, par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        return refuser(requete, refus, "fiches:voir", reference)
    messages.success(requete, "La fiche est rappelée : la caisse ne l’a plus.")
    return redirect("fiches:voir", reference)


@au_departement
@require_http_methods(["GET", "POST"])
def retirer(requete: HttpRequest, reference: str) -> HttpResponse:
    """Withdraw for good, after a page that asks."""
    fiche = la_sienne(requete, reference)
    if requete.method == "GET":
        return render(requete, "fiches/retirer.html", {"fiche": fiche})
    try:
        envois.retirer(fiche, par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        return refuser(requete, refus, "fiches:voir", reference)
    messages.success(requete, "La fiche est retirée : la caisse ne l’a plus.")
    return redirect("fiches:voir", reference)


@au_departement
@require_POST
def reprendre(requete: HttpRequest, reference: str) -> HttpResponse:
    """Correct a recalled fiche, or ask again: its content comes back as a draft to sign."""
    fiche = la_fiche(requete, reference)
    demande = exemplaires.derniere_demande(fiche, fiche.departement_id)
    if demande is None:
        messages.error(requete, "Le contenu de cette fiche a été effacé : commencez-en une autre.")
        return redirect("fiches:voir", reference)
    try:
        brouillons.rouvrir_en_brouillon(
            fiche, demande[1], par=requete.affectation, maintenant=horloge.maintenant()
        )
    except ActeRefuse as refus:
        return refuser(requete, refus, "fiches:voir", reference)
    return redirect("fiches:ecrire", reference)


@au_departement
@require_http_methods(["GET", "POST"])
def clore(requete: HttpRequest, reference: str) -> HttpResponse:
    """Close with the outcome."""
    fiche = la_sienne(requete, reference)
    form = FormulaireIssue(requete.POST or None)
    if requete.method == "POST" and form.is_valid():
        try:
            envois.clore(
                fiche,
                form.issue_choisie(),
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
        except ActeRefuse as refus:
            if not refus.manques:
                return refuser(requete, refus, "fiches:voir", reference)
            for champ, phrase in refus.manques.items():
                form.add_error(champ, phrase)
        else:
            messages.success(requete, "La fiche est terminée.")
            return redirect("fiches:voir", reference)
    statut = 422 if form.errors else 200
    return render(requete, "fiches/clore.html", {"fiche": fiche, "form": form}, status=statut)


@au_departement
@require_POST
def rapprocher(requete: HttpRequest, reference: str) -> HttpResponse:
    """Ask the référent to put two professionals in touch, by references alone."""
    ecrit = en_ecriture(requete, reference)
    autre = doublons.du_numero(ecrit.fiche, ecrit.contenu, pour=requete.affectation)
    if autre is None:
        messages.info(requete, "Aucune autre demande n’est en cours pour cette personne.")
        return redirect("fiches:envoyer", reference)
    rapprochement.demander(
        ecrit.fiche, autre.reference, par=requete.affectation, maintenant=horloge.maintenant()
    )
    messages.success(
        requete,
        "Votre référent est prévenu, sans nom. Il vous mettra en relation avec le professionnel.",
    )
    return redirect("fiches:envoyer", reference)


def _envoyer(requete: HttpRequest, reference: str) -> HttpResponse:
    fiche = la_fiche(requete, reference)
    version = requete.POST.get("version", "")
    depot = FormulaireDepot(requete.POST, fiche=fiche)
    if fiche.canal == Canal.BLUEFILES and not depot.is_valid():
        ecrit = en_ecriture(requete, reference)
        contexte = {**_confirmation(requete, ecrit), "form": depot}
        return render(requete, "fiches/envoyer_bluefiles.html", contexte, status=422)
    try:
        envois.transmettre(
            fiche,
            version=int(version) if version.isdecimal() else -1,
            par=requete.affectation,
            maintenant=depot.instant() if fiche.canal == Canal.BLUEFILES else horloge.maintenant(),
        )
    except ActeRefuse as refus:
        return _deja_partie_ou_refus(requete, refus, reference)
    messages.success(requete, "La fiche est envoyée. Donnez sa feuille à la personne.")
    return redirect("fiches:voir", reference)


def _deja_partie_ou_refus(requete: HttpRequest, refus: ActeRefuse, reference: str) -> HttpResponse:
    """A second click finds the fiche gone: the person is shown that it left, not an error."""
    if not Fiche.objects.visibles_par(requete.affectation).a_un_brouillon(reference):
        messages.info(requete, "Cette fiche est déjà envoyée : elle n’est pas partie deux fois.")
        return redirect("fiches:voir", reference)
    return refuser(requete, refus, "fiches:envoyer", reference)


def _confirmation(requete: HttpRequest, ecrit: Ecrit) -> dict[str, object]:
    """What is read with the person (wording.md §2)."""
    fiche, contenu, convention = ecrit.fiche, ecrit.contenu, regles(ecrit.fiche)
    maintenant, jour = horloge.maintenant(), horloge.aujourd_hui()
    due = delais.echeance_reponse(maintenant, convention=convention)
    personne = contenu.personne
    return {
        "fiche": fiche,
        "contenu": contenu,
        "version": ecrit.brouillon.version,
        "numero": nir.masquer(personne.nir, personne.nir_cle or "") if personne.nir else "",
        "motifs": verification.libelles(convention.fiche.motifs.exigee(jour), contenu.motifs),
        "caisse": convention.caisse.nom_dans_phrase.exigee(jour),
        "reponse_due_le": due,
        "fermeture": delais.fermeture(due, convention=convention),
        "a_l_ecran": bool(contenu.signature and contenu.signature.mode == ModeSignature.ECRAN),
        "doublon": doublons.du_numero(fiche, contenu, pour=requete.affectation),
        "nir_dans_le_commentaire": bool(nir.reperer(contenu.commentaire)),
        "objet": convention.echanges.objet_demande.exigee(jour),
        "destinataire": convention.caisse.contact_mail.exigee(jour),
        "form": FormulaireDepot(fiche=fiche),
    }
