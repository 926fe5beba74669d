"""The Département writes a fiche: the page of annex 1, its draft, its signature, its sending."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from relais.adaptateurs.image import FichierRefuse, Page, assainir_page, lire_trait
from relais.annuaire import debit
from relais.annuaire.models import Convention as ConventionEnVigueur
from relais.fiches import affichage, ecarts, mains, verification
from relais.fiches.actions import brouillons, envois
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.contenu import Contenu, Signature
from relais.fiches.forms.complement import FormulaireComplement
from relais.fiches.forms.fiche import FormulaireFiche, FormulaireSignature, valeurs_initiales
from relais.fiches.models import Brouillon, Fiche
from relais.fiches.views.portes import (
    au_departement,
    deja_fait,
    la_fiche,
    la_sienne,
    noter,
    refuser,
    regles,
    retenir_la_suppression,
)
from relais.journal.models import Action
from relais.regles import nir
from relais.regles.circuit import Geste
from relais.regles.convention import Convention
from relais.regles.fiche import ModeSignature
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import heure


@dataclass(frozen=True, slots=True)
class Ecrit:
    """A fiche being written: its draft, opened."""

    fiche: Fiche
    brouillon: Brouillon
    contenu: Contenu

    def manques(self) -> dict[str, str]:
        """What keeps it from leaving today."""
        return verification.manques(
            self.contenu, convention=regles(self.fiche), jour=horloge.aujourd_hui()
        )

    @property
    def champ_libre(self) -> str:
        """The field written in one's own words: the answer to the caisse, in a complement."""
        return "complement" if self.brouillon.est_un_complement() else "commentaire"

    @property
    def nir_ecrit(self) -> bool:
        """Whether a NIR seems to stand there, out of its own field."""
        return bool(nir.reperer(getattr(self.contenu, self.champ_libre)))


def en_ecriture(requete: HttpRequest, reference: str) -> Ecrit:
    """The fiche and its draft, or 404 for who may not write it."""
    fiche = la_fiche(requete, reference)
    brouillon = brouillons.courant(fiche)
    if brouillon is None:
        raise Http404
    brouillons.exiger_ecriture(fiche, par=requete.affectation)
    return Ecrit(fiche, brouillon, brouillons.lire(brouillon))


def deja_partie(requete: HttpRequest, reference: str) -> HttpResponse | None:
    """Back button, second tab: on to the fiche that is no longer being written."""
    fiche = la_fiche(requete, reference)
    brouillon = brouillons.courant(fiche)
    if brouillon is not None and not brouillon.perime(fiche.statut):
        return None
    if brouillon is not None:
        return _trop_tard(requete, fiche)
    if fiche.en_attente_de_reponse:
        messages.info(requete, "Cette fiche est déjà envoyée : elle n’est pas partie deux fois.")
    return redirect("fiches:voir", reference)


def _trop_tard(requete: HttpRequest, fiche: Fiche) -> HttpResponse:
    """The caisse answered while a complement was being written: what came with the page is kept."""
    ecrit = en_ecriture(requete, fiche.reference)
    if requete.method == "POST" and "complement" in requete.POST:
        form = _formulaire(ecrit, data=requete.POST)
        with suppress(ActeRefuse):  # another tab has kept its own words
            _enregistrer(requete, ecrit, form, FormulaireSignature())
    messages.warning(requete, envois.TROP_TARD)
    return redirect("fiches:voir", fiche.reference)


@au_departement
@require_POST
def nouvelle(requete: HttpRequest) -> HttpResponse:
    """Start a fiche."""
    convention = get_object_or_404(
        ConventionEnVigueur, departement=requete.affectation.organisation_id
    )
    par, maintenant = requete.affectation, horloge.maintenant()
    try:
        debit.compter("brouillon", par=par, maintenant=maintenant)
    except debit.TropVite as trop:
        messages.warning(requete, trop.phrase)
        return redirect("fiches:mes_fiches")
    fiche = brouillons.commencer(convention, par=par, maintenant=maintenant)
    return redirect("fiches:ecrire", fiche.reference)


@au_departement
@require_http_methods(["GET", "POST"])
def ecrire(requete: HttpRequest, reference: str) -> HttpResponse:
    """The page that reads like annex 1. Saving never refuses: it says what is left to do."""
    if ailleurs := deja_partie(requete, reference):
        return ailleurs
    ecrit = en_ecriture(requete, reference)
    if requete.method == "GET":
        form = _formulaire(ecrit, initial=_initiales(ecrit))
        return _page(requete, ecrit, form, FormulaireSignature())
    form = _formulaire(ecrit, data=requete.POST)
    signature = FormulaireSignature(
        requete.POST, requete.FILES, trop_gros=hasattr(requete, "fichier_trop_gros")
    )
    try:
        ecrit = _enregistrer(requete, ecrit, form, signature)
        ecrit = _signer(requete, ecrit, form, signature)
    except brouillons.ConflitDeVersion as conflit:
        differents = ecarts.entre(form, form.contenu(ecrit.contenu), ecrit.contenu)
        form.add_error(None, conflit.phrase)
        return _page(requete, ecrit, form, signature, statut=409, differents=differents)
    if requete.POST.get("geste") == "relire":
        return _relire(requete, ecrit, form, signature)
    if form.errors or signature.errors:
        return _page(requete, ecrit, form, signature, statut=422)
    if requete.POST.get("geste") == "confier":
        return redirect("fiches:confier", reference)
    messages.success(requete, f"Brouillon enregistré à {heure(horloge.maintenant())}.")
    return redirect("fiches:ecrire", reference)


@au_departement
@require_POST
def enregistrer(requete: HttpRequest, reference: str) -> HttpResponse:
    """Save at each pause in typing; answers a line of text and the new version."""
    ecrit = en_ecriture(requete, reference)
    form = _formulaire(ecrit, data=requete.POST)
    form.is_valid()
    version = form.cleaned_data.get("version", -1)
    try:
        brouillon = brouillons.enregistrer(
            ecrit.fiche,
            form.contenu(ecrit.contenu),
            version=version,
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
    except ActeRefuse as refus:
        return HttpResponse(refus.phrase, status=409, content_type="text/plain; charset=utf-8")
    return render(
        requete,
        "fiches/_brouillon_enregistre.html",
        {
            "heure": heure(brouillon.modifie_le),
            "version": brouillon.version,
            "complement": ecrit.brouillon.est_un_complement(),
            "nir_ecrit": bool(nir.reperer(form.data.get(ecrit.champ_libre, ""))),
            "signature_retiree": ecrit.contenu.signature and not brouillon.signature,
            "a_completer": ecrit.brouillon.completee_le and not brouillon.completee_le,
        },
    )


@au_departement
@require_POST
def verifier_nir(requete: HttpRequest) -> HttpResponse:
    """Say at once why a number is wrong. Posted, so that it is never in an address or a log."""
    saisi = requete.POST.get("nir", "")[:60]
    contexte: dict[str, Any] = {}
    if saisi.strip():
        try:
            lu = nir.lire(saisi, sans_cle="cle_inconnue" in requete.POST)
            contexte = {"valide": True, "provisoire": lu.provisoire}
        except nir.NirInvalide as refus:
            contexte = {"phrase": nir.phrase(refus), "motif": refus.motif}
    return render(requete, "fiches/_verdict_nir.html", contexte)


@au_departement
@require_POST
def resigner(requete: HttpRequest, reference: str) -> HttpResponse:
    """Take the signature off, to sign again. What was typed since then is saved first."""
    ecrit = en_ecriture(requete, reference)
    try:
        if "version" in requete.POST:
            form = _formulaire(ecrit, data=requete.POST)
            ecrit = _enregistrer(requete, ecrit, form, FormulaireSignature(requete.POST))
        brouillons.retirer_signature(
            ecrit.fiche,
            version=ecrit.brouillon.version,
            par=requete.affectation,
            maintenant=horloge.maintenant(),
        )
    except ActeRefuse as refus:
        return refuser(requete, refus, "fiches:ecrire", reference)
    return redirect("fiches:ecrire", reference)


@au_departement
@require_http_methods(["GET", "POST"])
def supprimer(requete: HttpRequest, reference: str) -> HttpResponse:
    """Delete a draft, after a page that asks."""
    fiche = la_sienne(requete, reference)
    if requete.method == "GET":
        ailleurs = deja_fait(requete, fiche, Geste.SUPPRIMER)
        contexte = {"fiche": fiche, "a_repondu": fiche.a_recu_une_reponse()}
        return ailleurs or render(requete, "fiches/supprimer.html", contexte)
    try:
        brouillons.supprimer(fiche, par=requete.affectation, maintenant=horloge.maintenant())
    except ActeRefuse as refus:
        return refuser(requete, refus, "fiches:voir", reference)
    retenir_la_suppression(requete, fiche)
    messages.success(requete, "Le brouillon est supprimé.")
    return redirect("fiches:mes_fiches")


def _initiales(ecrit: Ecrit) -> dict[str, Any]:
    return {**valeurs_initiales(ecrit.contenu), "version": ecrit.brouillon.version}


def _formulaire(ecrit: Ecrit, **options: Any) -> FormulaireFiche:
    forme = FormulaireComplement if ecrit.brouillon.est_un_complement() else FormulaireFiche
    return forme(regles(ecrit.fiche), horloge.aujourd_hui(), **options)


def _enregistrer(
    requete: HttpRequest, ecrit: Ecrit, form: FormulaireFiche, signature: FormulaireSignature
) -> Ecrit:
    """Save the text. A signature falls with the text that it was put under."""
    form.is_valid()
    brouillon = brouillons.enregistrer(
        ecrit.fiche,
        form.contenu(ecrit.contenu),
        version=form.cleaned_data.get("version", -1),
        par=requete.affectation,
        maintenant=horloge.maintenant(),
    )
    if ecrit.contenu.signature and not brouillon.signature and not signature.donnee():
        messages.warning(
            requete, "La fiche a changé depuis sa signature : faites-la signer à nouveau."
        )
    return Ecrit(ecrit.fiche, brouillon, brouillons.lire(brouillon))


def _signer(
    requete: HttpRequest, ecrit: Ecrit, form: FormulaireFiche, signature: FormulaireSignature
) -> Ecrit:
    """Join the signature that came with the text.

    A drawing waits on the page while something is to be corrected: it would fall with the
    correction, and the person would have to sign twice. A file cannot wait there.
    """
    if not signature.donnee() or not signature.is_valid():
        return ecrit
    a_corriger = form.errors or (
        requete.POST.get("geste") == "relire" and set(ecrit.manques()) - {"signature"}
    )
    if a_corriger and not signature.cleaned_data["page_signee"]:
        return ecrit
    image = _image(signature)
    if image is None:
        return ecrit
    brouillon = brouillons.signer(
        ecrit.fiche,
        image,
        signature.signature_posee(horloge.aujourd_hui()),
        version=ecrit.brouillon.version,
        par=requete.affectation,
        maintenant=horloge.maintenant(),
    )
    return Ecrit(ecrit.fiche, brouillon, brouillons.lire(brouillon))


def _image(form: FormulaireSignature) -> Page | None:
    """The drawing or the page, made harmless; what is refused is said beside its field."""
    champ = "page_signee" if form.cleaned_data["page_signee"] else "signature"
    try:
        if champ == "page_signee":
            return assainir_page(form.cleaned_data["page_signee"].read())
        return Page("image/png", lire_trait(form.cleaned_data["signature"]))
    except FichierRefuse as refus:
        form.add_error(champ, refus.phrase)
        return None


def _relire(
    requete: HttpRequest, ecrit: Ecrit, form: FormulaireFiche, signature: FormulaireSignature
) -> HttpResponse:
    """On to the confirmation, or back with what is missing beside each cause."""
    manques = ecrit.manques()
    if signature.errors or signature.donnee():
        manques.pop("signature", None)
    for champ, phrase in manques.items():
        if champ == "signature":
            signature.add_error("signature", phrase)
        elif champ not in form.errors:
            form.add_error(champ, phrase)
    if form.errors or signature.errors:
        return _page(requete, ecrit, form, signature, statut=422)
    return redirect("fiches:envoyer", ecrit.fiche.reference)


def _page(
    requete: HttpRequest,
    ecrit: Ecrit,
    form: FormulaireFiche,
    signature: FormulaireSignature,
    *,
    statut: int = 200,
    differents: list[ecarts.Ecart] | None = None,
) -> HttpResponse:
    """The draft to read and to write, journaled.

    `differents`: None unless it was saved from elsewhere while this was being typed.
    """
    noter(requete, Action.LECTURE, ecrit.fiche.reference)
    jour, qui = horloge.aujourd_hui(), requete.affectation
    fiche, brouillon, contenu = ecrit.fiche, ecrit.brouillon, ecrit.contenu
    perimetre = verification.resultat_du_perimetre(contenu)
    contexte = _imprime(regles(fiche), jour) | {
        "fiche": fiche,
        "contenu": contenu,
        "version": brouillon.version,
        "form": form,
        "conflit": differents is not None,
        "differents": differents,
        "signature": signature,
        "suite": mains.suite_du_brouillon(fiche, brouillon, qui),
        "a_completer": mains.est_a_completer(fiche, brouillon, qui),
        "signee": contenu.signature if brouillon.signature else None,
        "signee_a_l_ecran": _mode(contenu.signature) == ModeSignature.ECRAN,
        "hors_perimetre": not perimetre.dans_le_perimetre,
        "nir_ecrit": ecrit.nir_ecrit,
        "etat_brouillon": f"Enregistré à {heure(brouillon.modifie_le)}",
    }
    if not brouillon.est_un_complement():
        return render(requete, "fiches/ecrire.html", contexte, status=statut)
    precision = affichage.derniere_precision_demandee(fiche, pour=qui, jour=jour)
    contexte |= {"messages_de_la_caisse": precision}
    return render(requete, "fiches/completer.html", contexte, status=statut)


def _imprime(convention: Convention, jour: date) -> dict[str, Any]:
    """The words of annex 1 on that day, and of the questions that come before it."""
    modele, caisse = convention.fiche, convention.caisse
    textes = convention.perimetre.textes.exigee(jour)
    return {
        "modele": modele,
        "libelles": modele.libelles.exigee(jour),
        "titre_fiche": modele.titre.exigee(jour),
        "amorces": modele.amorces.exigee(jour),
        "textes": textes,
        "notice": caisse.notice.exigee(jour),
        "trois_non": textes.trois_non.format(
            site_caisse=caisse.site.exigee(jour),
            numero_caisse=caisse.telephone.exigee(jour),
            jours=convention.conservation.brouillon_jours.exigee(jour),
        ),
    }


def _mode(signature: Signature | None) -> str:
    return signature.mode if signature else ""
