"""Help: the mode opératoire of each role, the first visit, what is not for the caisse; notices.

Public but for the visit, as the text of the convention is: nothing here is about anybody.
"""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from relais.annuaire.actions import visites
from relais.annuaire.conventions import chargees, regles_de_l_organisation
from relais.fiches import documents, droits, modes_operatoires
from relais.fiches.views.portes import pdf_en_ligne
from relais.fiches.visite import etapes as etapes_de_visite
from relais.regles.convention import Convention
from relais.socle import horloge


@require_GET
def aide(requete: HttpRequest) -> HttpResponse:
    """Where help is; the mode opératoire of one's own role first."""
    role = requete.affectation.role if requete.affectation else ""
    modes = modes_operatoires.tous(_convention(requete), jour=horloge.aujourd_hui())
    mien = modes_operatoires.du_role(role)
    return render(
        requete,
        "fiches/aide/aide.html",
        {
            "mien": next((un for un in modes if un.nom == mien), None),
            "autres": [un for un in modes if un.nom != mien],
            "peut_signaler": _peut_signaler(requete),
        },
    )


@require_GET
def mode_operatoire(requete: HttpRequest, role: str) -> HttpResponse:
    """Step by step, with pictures of the screens (annex 3); ready to print."""
    convention, jour = _convention(requete), horloge.aujourd_hui()
    try:
        mode = modes_operatoires.lire(role, convention, jour=jour)
    except KeyError:
        raise Http404 from None
    return render(
        requete,
        "fiches/aide/mode_operatoire.html",
        {"mode": mode, "caisse": convention.caisse.nom_dans_phrase.exigee(jour)},
    )


@require_GET
def ailleurs(requete: HttpRequest) -> HttpResponse:
    """Who handles what the caisse does not, with the articles."""
    convention, jour = _convention(requete), horloge.aujourd_hui()
    return render(
        requete,
        "fiches/aide/ailleurs.html",
        {
            "lignes": documents.lignes_d_ailleurs(convention, jour),
            "caisse": convention.caisse.nom_court.exigee(jour),
        },
    )


@require_GET
def ailleurs_pdf(requete: HttpRequest) -> HttpResponse:
    """The same on one page to give, without any article."""
    pdf = documents.ailleurs(_convention(requete), jour=horloge.aujourd_hui())
    return pdf_en_ligne(pdf, "a-qui-s-adresser.pdf")


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def visite(requete: HttpRequest) -> HttpResponse:
    """Three steps, shown at the first login; passed or finished, they are not shown again."""
    if requete.method == "POST":
        visites.terminer(requete.affectation, maintenant=horloge.maintenant())
        return redirect("accueil")
    toutes = etapes_de_visite(
        requete.affectation.role, _convention(requete), jour=horloge.aujourd_hui()
    )
    voulu = requete.GET.get("etape", "")
    rang = int(voulu) if voulu in {"1", "2", "3"} else 1
    return render(
        requete,
        "fiches/aide/visite.html",
        {
            "etape": toutes[rang - 1],
            "etapes": toutes,
            "rang": rang,
            "precedent": rang - 1,
            "suivant": rang + 1 if rang < len(toutes) else None,
            "mode": modes_operatoires.du_role(requete.affectation.role),
        },
    )


@require_GET
def donnees_personnelles(requete: HttpRequest) -> HttpResponse:
    """Who processes what, and how to use one's rights (art. 5.2 b), in the words of each party."""
    jour = horloge.aujourd_hui()
    parties = [
        {
            "nom": partie.nom.exigee(jour),
            "notice": partie.notice.exigee(jour),
            "dpo_mail": partie.dpo_mail.exigee(jour),
            "dpo_courrier": partie.dpo_courrier.exigee(jour),
        }
        for regles in chargees().values()
        for partie in (regles.departement, regles.caisse)
    ]
    return render(requete, "fiches/aide/donnees_personnelles.html", {"parties": parties})


@require_GET
def accessibilite(requete: HttpRequest) -> HttpResponse:
    """What works, what does not yet, whom to tell."""
    contexte = {"peut_signaler": _peut_signaler(requete)}
    return render(requete, "fiches/aide/accessibilite.html", contexte)


def _peut_signaler(requete: HttpRequest) -> bool:
    return bool(requete.affectation and droits.peut_signaler(requete.affectation))


def _convention(requete: HttpRequest) -> Convention:
    """The convention of who is logged in, else the first one that is served here."""
    affectation = requete.affectation
    sienne = regles_de_l_organisation(affectation.organisation_id) if affectation else None
    return sienne or next(iter(chargees().values()))
