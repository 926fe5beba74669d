"""One's own mails: which leave a choice, which always leave."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from relais.annuaire.affectations import agent_de
from relais.annuaire.conventions import regles_de_l_organisation
from relais.annuaire.models import Affectation
from relais.annuaire.portes import statut_de
from relais.fiches import preferences
from relais.fiches.forms.courriels import FormulaireCourriels
from relais.fiches.models import Courriels
from relais.regles.convention import ROLES_DE_LA_CAISSE, ROLES_DE_TERRAIN, Rappels, Role
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import heure_du_jour


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def courriels(requete: HttpRequest) -> HttpResponse:
    """Choose between a mail each, the day's summary, and none."""
    agent = agent_de(requete)
    reglages = _reglages(requete.affectation)
    form = FormulaireCourriels(
        requete.POST if requete.method == "POST" else None,
        initial={"choix": Courriels.objects.choix_de(agent)},
        aide=_heure_du_point(reglages),
    )
    if requete.method == "POST" and form.is_valid():
        preferences.choisir(form.cleaned_data["choix"], par=agent)
        messages.success(requete, "Votre choix est enregistré.")
        return redirect("fiches:courriels")
    role = requete.affectation.role if requete.affectation else ""
    cotes = {
        "terrain": ROLES_DE_TERRAIN,
        "caisse": ROLES_DE_LA_CAISSE,
        "referent": (Role.REFERENT,),
    }
    jour = horloge.aujourd_hui()
    return render(
        requete,
        "fiches/courriels.html",
        {
            "form": form,
            "cote": next((c for c, roles in cotes.items() if role in roles), ""),
            "lecture_jours": reglages and reglages.lecture_jours.exigee(jour),
            "complement_jours": reglages and reglages.complement_jours.exigee(jour),
        },
        status=statut_de(form),
    )


def _reglages(affectation: Affectation | None) -> Rappels | None:
    """Those of the convention of that agent; None for a party of no convention."""
    regles = regles_de_l_organisation(affectation.organisation_id) if affectation else None
    return regles.rappels if regles else None


def _heure_du_point(reglages: Rappels | None) -> str:
    if reglages is None:
        return ""
    heure = reglages.point_du_jour.exigee(horloge.aujourd_hui())
    return (
        f"Le point du jour part vers {heure_du_jour(heure)}, les jours où la caisse est ouverte,"
        " et seulement s’il y a quelque chose à dire."
    )
