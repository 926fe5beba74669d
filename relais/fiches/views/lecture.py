"""Reading: my fiches, the caisse's inbox, one fiche, its documents. Every reading is journaled."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation
from relais.fiches import affichage, documents, droits, exemplaires
from relais.fiches.actions import brouillons, envois
from relais.fiches.contenu import Contenu, ContenuReponse
from relais.fiches.forms.listes import FiltresCaisse, FiltresDepartement
from relais.fiches.models import Brouillon, Envoi, Exemplaire, Fiche
from relais.fiches.pagination import page_de
from relais.fiches.views.portes import (
    a_la_caisse,
    au_departement,
    aux_deux,
    la_fiche,
    la_fiche_ouverte,
    la_sienne,
    noter,
    regles,
)
from relais.journal.models import Action
from relais.regles import nir
from relais.regles.circuit import Partie, Statut, gestes_possibles
from relais.regles.convention import Canal
from relais.socle import horloge
from relais.socle.horloge import PARIS
from relais.socle.templatetags.relais_affichage import telephone


@au_departement
@require_GET
def mes_fiches(requete: HttpRequest) -> HttpResponse:
    """The fiches of the agent, or of the équipe for its encadrant."""
    filtres = FiltresDepartement(requete.GET, qui=requete.affectation)
    visibles = Fiche.objects.visibles_par(requete.affectation).pour_liste()
    fiches = filtres.appliquer(visibles)
    convention = regles_de_l_organisation(requete.affectation.organisation_id)
    peut_commencer = convention and droits.peut_completer(requete.affectation, convention)
    return _liste(requete, "fiches/mes_fiches.html", fiches, filtres, peut_commencer=peut_commencer)


@a_la_caisse
@require_GET
def corbeille(requete: HttpRequest) -> HttpResponse:
    """The inbox of the caisse, most urgent first."""
    filtres = FiltresCaisse(requete.GET, qui=requete.affectation)
    visibles = Fiche.objects.visibles_par(requete.affectation).pour_liste()
    fiches = filtres.appliquer(visibles)
    comptes = visibles.decompte(horloge.maintenant())
    total = None if filtres.actifs() else comptes["ouvertes"]
    return _liste(requete, "fiches/corbeille.html", fiches, filtres, total=total, **comptes)


@aux_deux
@require_GET
def voir(requete: HttpRequest, reference: str) -> HttpResponse:
    """One fiche: where it stands, what happens next, its content, what the caisse said."""
    fiche = la_fiche_ouverte(requete, reference)
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
            "a_purger_le": demande[0].a_purger_le if demande else None,
            "etat": affichage.etat(fiche, pour=qui, a_signer=_a_signer(contenu)),
            "deroule": affichage.deroule(fiche, pour=qui),
            "messages_de_la_caisse": _messages(fiche, requete),
            "gestes": {g.value for g in _gestes(fiche, requete)},
            "brouillon": brouillon,
            "peut_ecrire": droits.peut_ecrire(qui, fiche, convention),
            "maintenant": maintenant,
            **(affichage.demande_lisible(contenu, convention, jour) if contenu else {}),
        },
    )


@aux_deux
@require_POST
def numero(requete: HttpRequest, reference: str) -> HttpResponse:
    """The whole NIR, journaled each time: to copy it into the business application."""
    fiche = la_fiche_ouverte(requete, reference)
    demande = exemplaires.derniere_demande(fiche, requete.affectation.organisation_id)
    if demande is None or not demande[1].personne.nir:
        raise Http404
    noter(requete, Action.COPIE_NIR, fiche.reference)
    personne = demande[1].personne
    lisible = nir.espacer(personne.nir or "", personne.nir_cle or "")
    if requete.headers.get("Accept", "").startswith("text/plain"):
        return HttpResponse(lisible, content_type="text/plain; charset=utf-8")
    caisse_lit = affichage.cote_caisse(requete.affectation)
    return render(
        requete,
        "fiches/numero.html",
        {"fiche": fiche, "numero": lisible, "caisse_lit": caisse_lit},
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
    return _pdf(requete, fiche, pdf, "demande")


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
    )
    return _pdf(requete, fiche, pdf, "demande")


@aux_deux
@require_GET
def page_signee(requete: HttpRequest, reference: str) -> HttpResponse:
    """The signed page itself, always as an attachment."""
    fiche = la_fiche_ouverte(requete, reference)
    demande = exemplaires.derniere_demande(fiche, requete.affectation.organisation_id)
    page = exemplaires.lire_page(demande[0]) if demande else None
    if page is None:
        raise Http404
    noter(requete, Action.DOCUMENT_IMPRIME, fiche.reference)
    nom = f"{fiche.reference}-page-signee.{page.type_mime.rsplit('/', 1)[-1]}"
    return HttpResponse(
        page.octets,
        content_type=page.type_mime,
        headers={"Content-Disposition": f'attachment; filename="{nom}"'},
    )


@aux_deux
@require_GET
def reponse_pdf(requete: HttpRequest, reference: str) -> HttpResponse:
    """The answer, with the same data as the request (annex 1, circuit 2)."""
    fiche = la_fiche_ouverte(requete, reference)
    demande = exemplaires.derniere_demande(fiche, requete.affectation.organisation_id)
    if demande is None or fiche.repondue_le is None:
        raise Http404
    dites = exemplaires.reponses(fiche, requete.affectation.organisation_id)
    finales = [dite for envoi, dite in dites if envoi.tour_id == _dernier_tour(fiche)]
    pdf = documents.reponse(
        demande[1],
        finales[-1] if finales else None,
        reference=fiche.reference,
        convention=regles(fiche),
        traitee_le=fiche.repondue_le.astimezone(PARIS).date(),
        pour_la_caisse=affichage.cote_caisse(requete.affectation),
    )
    return _pdf(requete, fiche, pdf, "reponse")


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
    return _pdf(requete, fiche, pdf, "feuille")


def _liste(
    requete: HttpRequest,
    gabarit: str,
    fiches: QuerySet[Fiche],
    filtres: Any,
    total: int | None = None,
    **autres: Any,
) -> HttpResponse:
    """A page of 25: names decrypted for that page alone, in one grouped event."""
    page = page_de(fiches, requete.GET.get("page"), passe=filtres.passe(), total=total)
    lignes = list(page.object_list)
    qui = requete.affectation
    ecrits = brouillons.contenus(lignes)
    noms = exemplaires.noms(lignes, qui.organisation_id) | {
        pk: ecrit.personne.prenom_nom for pk, ecrit in ecrits.items()
    }
    if noms:
        noter(requete, Action.LECTURE_LISTE, nombre=len(noms))
    return render(
        requete,
        gabarit,
        {
            "page": page,
            "lignes": [_ligne(f, noms.get(f.pk, ""), ecrits.get(f.pk), qui) for f in lignes],
            "filtres": filtres,
            "actifs": filtres.actifs(),
            "maintenant": horloge.maintenant(),
            **autres,
        },
    )


def _ligne(fiche: Fiche, nom: str, ecrit: Contenu | None, qui: Affectation) -> dict[str, Any]:
    """What a list shows of a fiche; `ecrit`: the content of a draft."""
    return {
        "fiche": fiche,
        "nom": nom,
        "etat": affichage.etat(fiche, pour=qui, a_signer=_a_signer(ecrit)),
        "motifs": affichage.motifs_lisibles(fiche, regles(fiche), horloge.aujourd_hui()),
    }


def _pdf(requete: HttpRequest, fiche: Fiche, pdf: bytes, nature: Any) -> HttpResponse:
    noter(requete, Action.DOCUMENT_IMPRIME, fiche.reference)
    nom = documents.nom_de_fichier(fiche.reference, nature)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{nom}"'},
    )


def _messages(fiche: Fiche, requete: HttpRequest) -> list[dict[str, Any]]:
    """What the caisse said, as far as that side may read it, oldest first."""
    organisation = requete.affectation.organisation_id
    jour = horloge.aujourd_hui()
    return [
        {
            "le": envoi.envoye_le,
            "nature": Envoi.Nature(envoi.nature).label,
            "etape": envoi.nature == Envoi.Nature.ETAPE,
            "phrases": dite.phrases(regles(fiche), jour=jour),
            "agent": _signataire(dite),
        }
        for envoi, dite in exemplaires.reponses(fiche, organisation)
    ]


def _signataire(dite: ContenuReponse) -> str:
    return ", ".join(mot for mot in (dite.agent_nom, telephone(dite.agent_telephone)) if mot)


def _gestes(fiche: Fiche, requete: HttpRequest) -> list[Any]:
    partie = droits.partie_de(requete.affectation, fiche)
    if partie is None or partie == Partie.ENCADRANT:
        return []
    if fiche.canal == Canal.BLUEFILES and fiche.en_attente_de_reponse:
        return []  # the caisse answers there, not here
    return gestes_possibles(
        Statut(fiche.statut), par=partie, lue=fiche.ouverte_caisse_le is not None
    )


def _contenu(
    demande: tuple[Exemplaire, Contenu] | None, brouillon: Brouillon | None
) -> Contenu | None:
    """What was sent, or what is being written for the first time."""
    if demande is not None:
        return demande[1]
    return brouillons.lire(brouillon) if brouillon else None


def _a_signer(contenu: Contenu | None) -> bool:
    return contenu is not None and brouillons.est_a_signer(contenu)


def _dernier_tour(fiche: Fiche) -> int | None:
    return fiche.tours.order_by("-rang").values_list("pk", flat=True).first()
