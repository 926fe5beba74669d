"""Sharing the list out: see who goes where and what each has already, then do it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from relais.annuaire.models import Affectation, Equipe
from relais.annuaire.portes import statut_de
from relais.fiches import mains
from relais.fiches.actions.acte import ActeRefuse
from relais.fiches.pagination import PAR_PAGE
from relais.regles.convention import Role
from relais.regles.urgence import Urgence
from relais.reperage.actions import attributions
from relais.reperage.actions.attributions import Bilan
from relais.reperage.forms.attributions import FormulaireCollegues, FormulaireEquipe
from relais.reperage.models import Personne
from relais.reperage.views.choix import Choix, choix_de
from relais.reperage.views.portes import a_qui_confie, lignes_de
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import pluriel

AUCUNE = "Cochez d’abord une personne dans la liste."
CHANGE = "La liste a changé depuis cet aperçu : regardez à nouveau avant de confirmer."


@a_qui_confie
@require_http_methods(["GET", "POST"])
def confier(requete: HttpRequest) -> HttpResponse:
    """The chargé du repérage gives to an équipe, the encadrant to colleagues; both take back."""
    choix = choix_de(requete)
    if not choix.personnes:
        messages.info(requete, AUCUNE)
        return redirect(choix.adresse_du_retour)
    reprend = requete.POST.get("geste") == "reprendre"
    form, lignes = _formulaire(requete, choix, saisi=requete.method == "POST" and not reprend)
    if requete.method == "POST" and (reprend or form.is_valid()):
        if requete.POST.get("vues") == choix.empreinte:
            return _faire(requete, choix, None if reprend else form.choisies())
        messages.warning(requete, CHANGE)
    return render(
        requete,
        "reperage/confier.html",
        {
            "form": form,
            "choix": choix,
            "receveurs": lignes,
            "a_une_equipe": requete.affectation.role == Role.CHARGE_REPERAGE,
            "premieres": lignes_de(requete, choix.personnes[:PAR_PAGE]),
            "deja_suivies": sum(une.suivie_par_id is not None for une in choix.personnes),
            "a_reprendre": any(_a_reprendre(une, requete.affectation) for une in choix.personnes),
            "adresse_du_retour": choix.adresse_du_retour,
        },
        status=statut_de(form),
    )


def _formulaire(
    requete: HttpRequest, choix: Choix, *, saisi: bool
) -> tuple[FormulaireEquipe | FormulaireCollegues, list[dict[str, Any]]]:
    """The form of the role, and its lines with what each has already."""
    qui, donnees = requete.affectation, requete.POST if saisi else None
    siennes = Personne.objects.visibles_par(qui).a_suivre()
    if qui.role == Role.CHARGE_REPERAGE:
        equipes = list(Equipe.objects.ouvertes(qui.organisation_id))
        form = FormulaireEquipe(donnees, equipes=equipes, personnes=choix.personnes)
        return form, form.lignes(siennes.charges_des_equipes())
    collegues = FormulaireCollegues(donnees, collegues=_collegues(qui))
    jour = horloge.aujourd_hui()
    absences = mains.absents(
        [une.agent_id for une in collegues.par_cle.values()], qui.organisation_id, jour
    )
    pressees = siennes.au_niveau(Urgence.EN_PREMIER).charges()
    lignes = collegues.lignes(siennes.charges(), pressees)
    return collegues, [une | {"absence": absences.get(une["agent"].pk)} for une in lignes]


def _a_reprendre(personne: Personne, qui: Affectation) -> bool:
    """Whether somebody has her: an équipe for the chargé du repérage, a colleague else."""
    de_l_equipe = qui.role == Role.CHARGE_REPERAGE and personne.equipe_id is not None
    return de_l_equipe or personne.suivie_par_id is not None


def _collegues(qui: Affectation) -> list[Affectation]:
    return list(Affectation.objects.de_l_equipe(qui.equipe).roles([Role.TRAVAILLEUR_SOCIAL]))


def _faire(
    requete: HttpRequest, choix: Choix, a: list[Equipe] | list[Affectation] | None
) -> HttpResponse:
    qui, maintenant = requete.affectation, horloge.maintenant()
    try:
        if a is not None and len(a) > 1:
            entre = [un for un in a if isinstance(un, Affectation)]
            bilan = attributions.repartir(choix.personnes, entre, par=qui, maintenant=maintenant)
        else:
            bilan = attributions.confier(
                choix.personnes, a[0] if a else None, par=qui, maintenant=maintenant
            )
    except ActeRefuse as refus:
        messages.error(requete, refus.phrase)
    else:
        _raconter(requete, bilan, a)
    return redirect(choix.adresse_du_retour)


def _raconter(
    requete: HttpRequest, bilan: Bilan, a: list[Equipe] | list[Affectation] | None
) -> None:
    """Say who changed hands, and who did not and why."""
    nombre = len(bilan.confiees)
    s = pluriel(nombre)
    if nombre:
        messages.success(requete, f"{nombre} personne{s} {_vers(a, s)}.")
    for raison, combien in bilan.raisons().items():
        messages.warning(
            requete, f"{combien} personne{pluriel(combien)} sans changement : {raison}."
        )


def _vers(a: list[Equipe] | list[Affectation] | None, s: str) -> str:
    if not a:
        return f"reprise{s}"
    if len(a) > 1:
        return f"répartie{s} entre {len(a)} collègues"
    un = a[0]
    return f"confiée{s} à {un.agent if isinstance(un, Affectation) else un.nom}"
