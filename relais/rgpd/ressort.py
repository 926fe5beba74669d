"""What stands out in the journal of a party over a period, grouped so that a person reads it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from relais.journal import lecture
from relais.journal.lecture import Periode
from relais.regles.convention import Convention, Plage, Semaine
from relais.rgpd.lignes import noms_des_agents, qui_est
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import JOURS, heure_du_jour

AU_PLUS = 50  # of each kind; beyond, a shorter period tells more
COMPTE = {"nombre": Count("id"), "debut": Min("cree_le"), "fin": Max("cree_le")}


@dataclass(frozen=True, slots=True)
class Groupe:
    """Acts of one agent: how many, from when to when. `motives`: NIRs shown for a reason."""

    agent: UUID
    qui: str
    nombre: int
    debut: datetime
    fin: datetime
    motives: int = 0

    @property
    def premier_jour(self) -> date:
        return jour_de(self.debut)

    @property
    def dernier_jour(self) -> date:
        return jour_de(self.fin)


@dataclass(frozen=True, slots=True)
class Ressort:
    """The four kinds, each cut at `AU_PLUS`; `seuil…`, `heures`: of the convention file."""

    seuil: int
    seuil_de_lignes: int
    heures: str
    rafales: list[Groupe]
    volumes: list[Groupe]
    hors_horaires: list[Groupe]
    numeros: list[Groupe]

    @property
    def listes(self) -> tuple[list[Groupe], ...]:
        return self.rafales, self.volumes, self.hors_horaires, self.numeros

    @property
    def nombre(self) -> int:
        return sum(map(len, self.listes))

    @property
    def coupe(self) -> bool:
        return any(len(une) == AU_PLUS for une in self.listes)


def de(organisation: str, periode: Periode, *, convention: Convention) -> Ressort:
    """What stands out there; five queries whatever the period."""
    jour = jour_de(periode.debut)
    trouves = [
        _par_heure(lecture.rafales(organisation, periode, convention=convention)),
        _par_heure(lecture.volumes(organisation, periode, convention=convention)),
        _hors_horaires(organisation, periode, convention),
        _numeros(organisation, periode),
    ]
    noms = noms_des_agents((un["agent"] for rangees in trouves for un in rangees), organisation)
    rafales, volumes, hors, numeros = (
        [Groupe(qui=qui_est(un["agent"], noms), **un) for un in rangees] for rangees in trouves
    )
    return Ressort(
        seuil=convention.surveillance.lectures_par_heure.exigee(jour),
        seuil_de_lignes=convention.surveillance.lignes_par_heure.exigee(jour),
        heures=heures_en_mots(convention.surveillance.horaires.exigee(jour)),
        rafales=rafales,
        volumes=volumes,
        hors_horaires=hors,
        numeros=numeros,
    )


def heures_en_mots(semaine: Semaine) -> str:
    """« du lundi au vendredi, de 7 h à 20 h » ; each run of like days, the closed ones left out."""
    suites = []
    for plages, jours in groupby(enumerate(semaine), key=lambda un: un[1]):
        rangs = [rang for rang, _ in jours]
        if plages:
            debut, fin = JOURS[rangs[0]], JOURS[rangs[-1]]
            quand = f"le {debut}" if debut == fin else f"du {debut} au {fin}"
            suites.append(f"{quand}, {' et '.join(map(_plage, plages))}")
    return " ; ".join(suites)


def _plage(plage: Plage) -> str:
    return f"de {heure_du_jour(plage.debut)} à {heure_du_jour(plage.fin)}"


def _par_heure(trouvees: "QuerySet[Any, Any]") -> list[dict[str, Any]]:
    return [
        {
            "agent": une["agent"],
            "nombre": une["nombre"],
            "debut": une["heure"],
            "fin": une["heure"] + timedelta(hours=1),
        }
        for une in trouvees[:AU_PLUS]
    ]


def _hors_horaires(
    organisation: str, periode: Periode, convention: Convention
) -> list[dict[str, Any]]:
    """By agent and day, the last day first."""
    actes: QuerySet[Any] = lecture.hors_horaires(organisation, periode, convention=convention)
    groupes = actes.order_by().values("agent", "jour").annotate(**COMPTE)
    return list(groupes.order_by("-jour", "-nombre", "agent").values("agent", *COMPTE)[:AU_PLUS])


def _numeros(organisation: str, periode: Periode) -> list[dict[str, Any]]:
    """By agent, who saw the most first."""
    actes: QuerySet[Any] = lecture.copies_de_nir(organisation, periode).filter(agent__isnull=False)
    motives = Count("id", filter=Q(objet__contains=":"))
    groupes = actes.order_by().values("agent").annotate(**COMPTE, motives=motives)
    return list(groupes.order_by("-nombre", "agent")[:AU_PLUS])
