"""Whom an act on several people is about: those ticked in the list, or all those of its filters."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from relais.fiches.pagination import PAR_PAGE
from relais.reperage.actions.attributions import A_LA_FOIS
from relais.reperage.forms.listes import FiltresReperage
from relais.reperage.models import Personne, PersonneQuerySet


@dataclass(frozen=True, slots=True)
class Choix:
    """The people, most urgent first; `toutes`: all of the filters, 500 at most (`coupe`)."""

    personnes: list[Personne]
    toutes: bool
    coupe: bool
    retour: str  # the filters of the list, as in its address

    @property
    def adresse_du_retour(self) -> str:
        return reverse("reperage:liste") + (f"?{self.retour}" if self.retour else "")

    @property
    def empreinte(self) -> str:
        """Changes as soon as one of them comes, goes or changes hands."""
        return empreinte(self.personnes)


def choix_de(requete: HttpRequest) -> Choix:
    """Read from the address (GET: a preview) or from the form that confirms it."""
    source = requete.POST if requete.method == "POST" else requete.GET
    filtres = filtres_du_retour(requete, source.get("retour", ""))
    visibles = Personne.objects.visibles_par(requete.affectation).pour_liste().dans_l_ordre()
    toutes = source.get("toutes") == "1"
    if toutes:
        lues = list(filtres.appliquer(visibles)[: A_LA_FOIS + 1])
    else:
        numeros = [n for n in map(_uuid, source.getlist("personne")) if n][:PAR_PAGE]
        lues = list(visibles.d_ids(numeros))
    return Choix(lues[:A_LA_FOIS], toutes, len(lues) > A_LA_FOIS, adresse(filtres))


def filtres_du_retour(requete: HttpRequest, retour: str) -> FiltresReperage:
    """The filters of the list that sent here; what is no filter is dropped."""
    return FiltresReperage(QueryDict(retour), qui=requete.affectation)


def du_filtre(requete: HttpRequest) -> tuple[FiltresReperage, PersonneQuerySet]:
    """The list as the address filters it: what is exported and printed."""
    filtres = FiltresReperage(requete.GET, qui=requete.affectation)
    visibles = Personne.objects.visibles_par(requete.affectation)
    return filtres, filtres.appliquer(visibles)


def adresse(filtres: FiltresReperage) -> str:
    """The query string of these filters, of nothing else."""
    lus = QueryDict(mutable=True)
    for champ in filtres.fields:
        if valeur := filtres.valeur(champ):
            lus[champ] = "on" if valeur == "True" else valeur
    return lus.urlencode()


def empreinte(personnes: Sequence[Personne]) -> str:
    lignes = sorted(f"{p.pk}:{p.equipe_id}:{p.suivie_par_id}" for p in personnes)
    return hashlib.sha256("\n".join(lignes).encode()).hexdigest()[:24]


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None
