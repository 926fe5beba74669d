"""Figures of article 6, read from the unlinked counts."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, Sum

from relais.annuaire.models import Convention, Territoire
from relais.fiches.models import Compteur
from relais.regles.calendrier import decaler

MOIS = 6


@dataclass(frozen=True, slots=True)
class LigneTerritoire:
    """Requests of one TIS, a number for each month."""

    territoire: Territoire
    nombres: list[int]

    @property
    def total(self) -> int:
        return sum(self.nombres)


@dataclass(frozen=True, slots=True)
class Tableau:
    """Requests by TIS and month, every TIS shown, those without any included."""

    mois: list[date]
    lignes: list[LigneTerritoire]

    @property
    def totaux(self) -> list[int]:
        return [sum(ligne.nombres[i] for ligne in self.lignes) for i in range(len(self.mois))]

    @property
    def total(self) -> int:
        return sum(self.totaux)


def demandes_par_territoire(organisation: str, *, jour: date) -> Tableau:
    """The last six months of the conventions of that party. Two queries."""
    premier = jour.replace(day=1)
    mois = [decaler(premier, mois=-recul) for recul in reversed(range(MOIS))]
    parties = Convention.objects.filter(Q(departement=organisation) | Q(caisse=organisation))
    sommes = {
        (un["territoire"], un["mois"]): un["nombre__sum"]
        for un in Compteur.objects.filter(
            convention__in=parties, code="demandes", mois__gte=mois[0]
        )
        .values("territoire", "mois")
        .annotate(Sum("nombre"))
    }
    territoires = Territoire.objects.filter(
        organisation__in=parties.values("departement")
    ).order_by("organisation", "code")
    return Tableau(
        mois,
        [LigneTerritoire(t, [sommes.get((t.pk, m), 0) for m in mois]) for t in territoires],
    )
