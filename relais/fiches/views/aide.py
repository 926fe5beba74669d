"""Public pages: the notices of both parties, the accessibility statement."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from relais.annuaire.conventions import chargees
from relais.socle import horloge


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
    return render(requete, "fiches/aide/accessibilite.html")
