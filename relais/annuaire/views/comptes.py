"""The accounts of an organisation, by its administrateurs: the list, one account, its gestures."""

from collections.abc import Callable
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from relais.annuaire import droits, facteurs, portraits, retenues
from relais.annuaire.actions import comptes, invitations
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.forms.comptes import (
    FiltresComptes,
    FormulaireIdentite,
    FormulaireInvitation,
    Recherche,
)
from relais.annuaire.models import Affectation, Agent
from relais.annuaire.portes import statut_de
from relais.annuaire.views.portes import a_l_administrateur, c_est_fait, faire, le_compte
from relais.socle import horloge

PAR_PAGE = 25
TROUVES = 50


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def liste(requete: HttpRequest) -> HttpResponse:
    """Every account, filtered by the address; POST looks for a name."""
    organisation = requete.affectation.organisation
    maintenant = horloge.maintenant()
    depuis = portraits.seuil(organisation.code, maintenant)
    filtres = FiltresComptes(requete.GET, organisation=organisation)
    recherche = Recherche(requete.POST if requete.method == "POST" else None)
    siens = Agent.objects.de_l_organisation(organisation.code)
    cherche = recherche.is_valid()
    if cherche:
        trouves = siens.nommes(recherche.cleaned_data["texte"])
        page = Paginator(trouves.avec_leurs_roles(organisation.code), TROUVES).get_page(1)
    else:
        filtres_appliques = filtres.appliquer(siens, seuil=depuis)
        pages = Paginator(filtres_appliques.avec_leurs_roles(organisation.code), PAR_PAGE)
        page = pages.get_page(requete.GET.get("page"))
    contexte = {
        "filtres": filtres,
        "actifs": filtres.actifs(),
        "recherche": recherche,
        "cherche": cherche,
        "page": page,
        "portraits": [portraits.portrait(un, maintenant=maintenant, depuis=depuis) for un in page],
        "a_approuver": len(droits.a_approuver(requete.affectation)),
        "a_revoir": Affectation.objects.a_revoir(organisation.code)
        .echues(horloge.aujourd_hui())
        .count(),
        "inutilises": siens.inutilises(depuis).count(),
    }
    return render(requete, "annuaire/comptes/liste.html", contexte, status=statut_de(recherche))


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def inviter(requete: HttpRequest) -> HttpResponse:
    """Invite one person: a link by mail, a role that waits for an approval."""
    organisation = requete.affectation.organisation
    form = FormulaireInvitation(
        requete.POST if requete.method == "POST" else None, organisation=organisation
    )
    if requete.method == "POST" and form.is_valid():
        saisie = {nom: form.cleaned_data[nom] for nom in ("prenom", "nom", "email", "telephone")}
        try:
            agent = invitations.inviter(
                organisation,
                **saisie,
                role=form.role_choisi,
                equipe=form.equipe_choisie,
                par=requete.affectation,
                maintenant=horloge.maintenant(),
            )
        except CompteRefuse as refus:
            form.refuser(refus)
        else:
            return c_est_fait(requete, "L’invitation est partie.", "comptes:voir", agent.pk)
    return render(requete, "annuaire/comptes/inviter.html", {"form": form}, status=statut_de(form))


@a_l_administrateur
@require_http_methods(["GET"])
def voir(requete: HttpRequest, compte: int) -> HttpResponse:
    """One account: who, since when, its roles, and what can be done."""
    agent = le_compte(requete, compte)
    maintenant = horloge.maintenant()
    organisation = requete.affectation.organisation_id
    depuis = portraits.seuil(organisation, maintenant)
    vu = portraits.portrait(agent, maintenant=maintenant, depuis=depuis)
    contexte = {
        "vu": vu,
        "agent": agent,
        "roles": portraits.details(vu.roles, requete.affectation),
        "anciens": Affectation.objects.closes_de(agent, organisation),
        "gerable": droits.peut_gerer(requete.affectation, agent),
        "protege": facteurs.a_un_second_facteur(agent),
        "soi": agent == requete.affectation.agent,
    }
    return render(requete, "annuaire/comptes/voir.html", contexte)


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def corriger(requete: HttpRequest, compte: int) -> HttpResponse:
    """The name and the telephone that fiches bear."""
    agent = le_compte(requete, compte)
    form = FormulaireIdentite(
        requete.POST if requete.method == "POST" else None,
        initial=FormulaireIdentite.de(agent),
        organisation=requete.affectation.organisation,
    )
    droits.exiger(droits.peut_gerer(requete.affectation, agent))
    if requete.method == "POST" and form.is_valid():
        try:
            comptes.corriger(agent, **form.cleaned_data, par=requete.affectation)
        except CompteRefuse as refus:
            form.refuser(refus)
        else:
            return redirect("comptes:voir", agent.pk)
    contexte = {"form": form, "agent": agent}
    return render(requete, "annuaire/comptes/corriger.html", contexte, status=statut_de(form))


@a_l_administrateur
@require_POST
def relancer(requete: HttpRequest, compte: int) -> HttpResponse:
    dit = "Une nouvelle invitation est partie."
    return _par_courriel(requete, compte, invitations.relancer, dit)


@a_l_administrateur
@require_POST
def annuler(requete: HttpRequest, compte: int) -> HttpResponse:
    agent = le_compte(requete, compte)
    acte = partial(
        invitations.annuler,
        agent,
        organisation=requete.affectation.organisation,
        par=requete.affectation,
    )
    return faire(requete, acte, "L’invitation est annulée, le compte effacé.", "comptes:liste")


@a_l_administrateur
@require_POST
def envoyer_un_lien(requete: HttpRequest, compte: int) -> HttpResponse:
    dit = "Un lien est parti : la personne choisira un nouveau mot de passe."
    return _par_courriel(requete, compte, invitations.envoyer_un_lien_de_mot_de_passe, dit)


def _par_courriel(
    requete: HttpRequest, compte: int, envoyer: Callable[..., None], dit: str
) -> HttpResponse:
    acte = partial(
        envoyer,
        le_compte(requete, compte),
        organisation=requete.affectation.organisation,
        par=requete.affectation,
        maintenant=horloge.maintenant(),
    )
    return faire(requete, acte, dit, "comptes:voir", compte)


# What is confirmed on a page of its own: title, what happens, button, what is said once done.
GESTES = {
    "facteurs": (
        invitations.reinitialiser_les_facteurs,
        "La connexion est réinitialisée. Un lien est parti vers la personne, le DPO est prévenu.",
    ),
    "desactiver": (comptes.desactiver_compte, "Le compte est désactivé, ses sessions sont finies."),
    "reactiver": (
        comptes.reactiver_compte,
        "Le compte est rouvert. Proposez-lui maintenant un rôle.",
    ),
}


@a_l_administrateur
@require_http_methods(["GET", "POST"])
def geste(requete: HttpRequest, compte: int, quoi: str) -> HttpResponse:
    """Reset the factors, close or open again: explained first, done on POST."""
    agent = le_compte(requete, compte)
    droits.exiger(droits.peut_gerer(requete.affectation, agent))
    acte, dit = GESTES[quoi]
    if requete.method == "POST":
        fait = partial(acte, agent, par=requete.affectation, maintenant=horloge.maintenant())
        return faire(requete, fait, dit, "comptes:voir", compte)
    contexte = {"agent": agent, "quoi": quoi}
    if quoi == "desactiver":
        contexte["empechements"] = retenues.empechements(agent.roles_ici)
    return render(requete, "annuaire/comptes/geste.html", contexte)
