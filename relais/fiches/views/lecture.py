"""Reading: my fiches, the caisse's inbox, one fiche, its documents. Every reading is journaled."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation
from relais.annuaire.portes import fichier_joint
from relais.fiches import (
    affichage,
    classements,
    deroule,
    documents,
    droits,
    exemplaires,
    mains,
    notes,
    sort,
)
from relais.fiches.actions import brouillons, envois, numero
from relais.fiches.contenu import Contenu
from relais.fiches.forms.caisse import FormulaireNote
from relais.fiches.forms.listes import VUES_CAISSE, FiltresCaisse, FiltresDepartement
from relais.fiches.models import Brouillon, Exemplaire, Fiche
from relais.fiches.pagination import page_de
from relais.fiches.views import dossier
from relais.fiches.views.lignes import lignes_de
from relais.fiches.views.portes import (
    Archivee,
    a_la_caisse,
    au_departement,
    aux_deux,
    la_fiche,
    la_fiche_ouverte,
    la_sienne,
    noter,
    regles,
    rendre_le_pdf,
)
from relais.journal.models import Action
from relais.regles.circuit import Statut, gestes_possibles
from relais.regles.convention import Canal, Role
from relais.socle import horloge
from relais.socle.horloge import jour_de

RECENTES = 8
PAGE_A_QUI_PREND_EN_CHARGE = (
    "La page signée porte le numéro de sécurité sociale : l’agent qui prend la fiche en charge"
    " l’ouvre."
)


@au_departement
@require_GET
def mes_fiches(requete: HttpRequest) -> HttpResponse:
    """The fiches of the agent, or of the équipe for its encadrant."""
    filtres = FiltresDepartement(requete.GET, qui=requete.affectation)
    visibles = Fiche.objects.visibles_par(requete.affectation).pour_liste()
    fiches = filtres.appliquer(visibles)
    convention = regles_de_l_organisation(requete.affectation.organisation_id)
    peut_commencer = convention and droits.peut_commencer(requete.affectation, convention)
    siennes = visibles.suivies_par(requete.affectation)
    return _liste(
        requete,
        "fiches/mes_fiches.html",
        fiches,
        filtres,
        recentes=None if filtres.actifs() else siennes.touchees_recemment()[:RECENTES],
        peut_commencer=peut_commencer,
        a_revoir=0 if filtres.actifs() else _a_revoir(requete.affectation),
    )


@a_la_caisse
@require_GET
def corbeille(requete: HttpRequest) -> HttpResponse:
    """The inbox of the caisse, most urgent first."""
    filtres = FiltresCaisse(requete.GET, qui=requete.affectation)
    visibles = Fiche.objects.visibles_par(requete.affectation).pour_liste()
    reduites = filtres.reduire(visibles)
    comptes, vue = filtres.comptes(reduites), filtres.valeur("vue")
    return _liste(
        requete,
        "fiches/corbeille.html",
        filtres.appliquer(reduites),
        filtres,
        total=comptes.get(vue),
        vue=vue,
        vues=[(code, une.nom, comptes.get(code)) for code, une in VUES_CAISSE.items()],
        vide=VUES_CAISSE[vue],
        tout_afficher=f"?vue={vue}" if vue else "?",
        libres=comptes["libres"],
        peut_attribuer=requete.affectation.role == Role.RESPONSABLE_CAISSE,
    )


@aux_deux
@require_GET
def voir(requete: HttpRequest, reference: str) -> HttpResponse:
    """One fiche: where it stands, what happens next, its content, what the caisse said."""
    try:
        fiche = la_fiche_ouverte(requete, reference)
    except Archivee:
        return redirect("fiches:archive", reference)
    qui, maintenant = requete.affectation, horloge.maintenant()
    caisse = affichage.cote_caisse(qui)
    if not caisse:
        envois.lire_reponse(fiche, par=qui, maintenant=maintenant)
    noter(requete, Action.LECTURE, fiche.reference)
    demande = exemplaires.derniere_demande(fiche, qui.organisation_id)
    brouillon = brouillons.courant(fiche)
    contenu = _contenu(demande, brouillon)
    jour, convention = horloge.aujourd_hui(), regles(fiche)
    return render(
        requete,
        "fiches/fiche_caisse.html" if caisse else "fiches/fiche.html",
        {
            "fiche": fiche,
            "a_une_demande": demande is not None,
            "efface": affichage.copie_effacee(fiche) if caisse and not demande else "",
            "a_defaut_du_nom": affichage.a_defaut_du_nom(fiche),
            "classement": classements.repere(fiche, maintenant=maintenant, convention=convention),
            "reste_a_verser": classements.reste_a_verser(fiche, maintenant=maintenant),
            "peut_attribuer": droits.peut_attribuer(qui, fiche),
            "copie_en_un_clic": droits.a_pris_en_charge(qui, fiche),
            **(_notes(fiche) if caisse else {}),
            **(_gens(fiche, contenu, jour) if caisse else {}),
            "etat": affichage.etat(fiche, pour=qui, a_signer=_a_signer(contenu)),
            "deroule": deroule.jalons(fiche, pour=qui),
            "a_qui": affichage.a_qui_d_agir(fiche, pour=qui),
            "messages_de_la_caisse": affichage.messages_de_la_caisse(fiche, pour=qui, jour=jour),
            "gestes": {g.value for g in _gestes(fiche, requete)},
            "brouillon": brouillon,
            "peut_confier": not caisse and droits.peut_confier(qui, fiche),
            "mention": mains.mention(fiche, qui),
            "suite": _suite(fiche, brouillon, qui),
            "a_continuer": brouillon is not None and not brouillon.perime(fiche.statut),
            "peut_ecrire": droits.peut_ecrire(qui, fiche, convention),
            "papier": dossier.carte(fiche, qui, demande[0] if demande else None),
            "sort": None if caisse else sort.de(fiche, maintenant=maintenant),
            "maintenant": maintenant,
            **(affichage.demande_lisible(contenu, convention, jour) if contenu else {}),
        },
    )


@au_departement
@require_GET
def apercu(requete: HttpRequest, reference: str) -> HttpResponse:
    """The draft as it would leave, to read or to have signed on paper."""
    fiche = la_sienne(requete, reference)
    brouillon = brouillons.courant(fiche)
    if brouillon is None:
        raise Http404
    pdf = documents.demande(
        brouillons.lire(brouillon),
        reference=fiche.reference,
        convention=regles(fiche),
        page=brouillons.lire_signature(brouillon),
    )
    return rendre_le_pdf(requete, fiche, pdf, "demande")


@aux_deux
@require_GET
def demande_pdf(requete: HttpRequest, reference: str) -> HttpResponse:
    """The request as it was sent."""
    fiche = la_fiche_ouverte(requete, reference)
    demande = exemplaires.derniere_demande(fiche, requete.affectation.organisation_id)
    if demande is None:
        raise Http404
    copie, contenu = demande
    pdf = documents.demande(
        contenu,
        reference=fiche.reference,
        convention=regles(fiche),
        page=exemplaires.lire_page(copie),
        masque=not numero.mettre_au_papier(fiche, contenu, par=requete.affectation),
    )
    return rendre_le_pdf(requete, fiche, pdf, "demande")


@aux_deux
@require_GET
def page_signee(requete: HttpRequest, reference: str) -> HttpResponse:
    """The signed page itself, always as an attachment; it bears the number, a drawing does not."""
    fiche = la_fiche_ouverte(requete, reference)
    demande = exemplaires.derniere_demande(fiche, requete.affectation.organisation_id)
    page = exemplaires.lire_page(demande[0]) if demande else None
    if demande is None or page is None:
        raise Http404
    if documents.est_une_page(demande[1]) and not numero.mettre_au_papier(
        fiche, demande[1], par=requete.affectation
    ):
        messages.warning(requete, PAGE_A_QUI_PREND_EN_CHARGE)
        return redirect("fiches:voir", reference)
    noter(requete, Action.DOCUMENT_IMPRIME, fiche.reference)
    nom = f"{fiche.reference}-page-signee.{page.type_mime.rsplit('/', 1)[-1]}"
    return fichier_joint(page.octets, nom, page.type_mime)


@aux_deux
@require_GET
def reponse_pdf(requete: HttpRequest, reference: str) -> HttpResponse:
    """The answer, with the same data as the request (annex 1, circuit 2)."""
    fiche = la_fiche_ouverte(requete, reference)
    demande = exemplaires.derniere_demande(fiche, requete.affectation.organisation_id)
    if demande is None or fiche.repondue_le is None:
        raise Http404
    dites = exemplaires.reponses(fiche, requete.affectation.organisation_id)
    finales = [
        dite
        for envoi, dite in dites
        if envoi.tour_id == _dernier_tour(fiche) and envoi.nature in exemplaires.REPONSES
    ]
    pdf = documents.reponse(
        demande[1],
        finales[-1] if finales else None,
        reference=fiche.reference,
        convention=regles(fiche),
        traitee_le=jour_de(fiche.repondue_le),
        pour_la_caisse=affichage.cote_caisse(requete.affectation),
        masque=not numero.mettre_au_papier(fiche, demande[1], par=requete.affectation),
    )
    return rendre_le_pdf(requete, fiche, pdf, "reponse")


@au_departement
@require_GET
def feuille(requete: HttpRequest, reference: str) -> HttpResponse:
    """The sheet the person leaves with."""
    fiche = la_fiche(requete, reference)
    demande = exemplaires.derniere_demande(fiche, requete.affectation.organisation_id)
    if demande is None or fiche.transmise_le is None or fiche.reponse_due_le is None:
        raise Http404
    pdf = documents.feuille(
        demande[1],
        reference=fiche.reference,
        convention=regles(fiche),
        transmise_le=fiche.transmise_le,
        reponse_due_le=fiche.reponse_due_le,
        entete=affichage.entete_de_la_feuille(fiche),
    )
    return rendre_le_pdf(requete, fiche, pdf, "feuille")


def _liste(
    requete: HttpRequest,
    gabarit: str,
    fiches: QuerySet[Fiche],
    filtres: Any,
    total: int | None = None,
    recentes: QuerySet[Fiche] | None = None,
    **autres: Any,
) -> HttpResponse:
    """A page of 25; `recentes`: those among them that the page does not already show."""
    page = page_de(fiches, requete.GET.get("page"), passe=filtres.passe(), total=total)
    montrees = list(page.object_list)
    aussi = [f for f in recentes or () if f not in montrees] if page.number == 1 else []
    lignes = lignes_de(requete, [*montrees, *aussi])
    return render(
        requete,
        gabarit,
        {
            "page": page,
            "lignes": lignes[: len(montrees)],
            "recentes": lignes[len(montrees) :],
            "filtres": filtres,
            "actifs": filtres.actifs(),
            "maintenant": horloge.maintenant(),
            **autres,
        },
    )


def _a_revoir(qui: Affectation) -> int:
    """For an encadrant: how many fiches of the équipe wait for the yearly review."""
    if qui.role != Role.ENCADRANT:
        return 0
    return Fiche.objects.a_revoir_par(qui, horloge.aujourd_hui()).count()


def _gestes(fiche: Fiche, requete: HttpRequest) -> list[Any]:
    partie = droits.partie_de(requete.affectation, fiche)
    if partie is None:
        return []
    if fiche.canal == Canal.BLUEFILES and fiche.en_attente_de_reponse:
        return []  # the caisse answers there, not here
    return gestes_possibles(
        Statut(fiche.statut), par=partie, lue=fiche.ouverte_caisse_le is not None
    )


def _notes(fiche: Fiche) -> dict[str, Any]:
    """The caisse's own notes, and the form that adds one."""
    return {"notes": notes.lire(fiche), "form": FormulaireNote()}


def _contenu(
    demande: tuple[Exemplaire, Contenu] | None, brouillon: Brouillon | None
) -> Contenu | None:
    """What was sent, or what is being written for the first time."""
    if demande is not None:
        return demande[1]
    return brouillons.lire(brouillon) if brouillon else None


def _gens(fiche: Fiche, contenu: Contenu | None, jour: date) -> dict[str, Any]:
    """For the caisse: whom to call, and whether its own agent is away."""
    nomme = contenu.professionnel.nom_prenom if contenu else ""
    return {
        "a_joindre": mains.a_joindre(fiche, nomme, jour),
        "absence": mains.absence_de_qui_traite(fiche, jour),
    }


def _suite(fiche: Fiche, brouillon: Brouillon | None, qui: Affectation) -> str:
    """What comes next for a draft that changes hands; empty when the state says it all."""
    neuve = brouillon is not None and fiche.statut == Statut.BROUILLON
    return mains.suite_du_brouillon(fiche, brouillon, qui) if brouillon and neuve else ""


def _a_signer(contenu: Contenu | None) -> bool:
    return contenu is not None and brouillons.est_a_signer(contenu)


def _dernier_tour(fiche: Fiche) -> int | None:
    return fiche.tours.order_by("-rang").values_list("pk", flat=True).first()
