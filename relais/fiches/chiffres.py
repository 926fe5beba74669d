"""Figures of article 6 for one month, from the unlinked counts and from what is still waiting.

A month is that of the sending: what was answered, taken back or left waiting adds up to what was
sent. Box 1 (`decompte.reserve`): the Département reads neither an étape nor a « hors périmètre »
that the person did not want told; there, they are an answer like another.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import starmap

from django.db.models import Min, Q, QuerySet, Sum

from relais.annuaire.models import Affectation, Convention, Equipe, Organisation, Territoire
from relais.fiches.decompte import RESERVE
from relais.fiches.models import Compteur, Fiche
from relais.regles import indicateurs
from relais.regles.calendrier import decaler
from relais.regles.convention import Role
from relais.regles.indicateurs import PartsATemps, Repartition
from relais.socle.horloge import PARIS, jour_de

MOIS_DU_GRAPHIQUE = 12
OBJECTIFS = "objectif:"  # counted beside the fiches (relais.reperage.objectifs)
Lieu = tuple[int | None, int | None]  # primary keys: territoire, équipe


@dataclass(frozen=True, slots=True)
class Chiffres:
    """What became of the requests sent in a month. Two of them add up."""

    demandes: int = 0  # first sendings
    redemandes: int = 0  # sent again: asked again, or after a recall
    reprises: int = 0  # recalled or withdrawn
    a_temps: int = 0  # answered within 72 hours
    en_retard: int = 0  # answered later
    retards_avec_etape: int = 0  # neither answered within 72 hours nor left without an étape
    hors_perimetre: int = 0
    en_attente: int = 0  # not answered yet
    attente_en_retard: int = 0  # of those, for more than 72 hours
    precision_attendue: int = 0  # of those, waiting for a complement of the Département

    def __add__(self, autre: "Chiffres") -> "Chiffres":
        return Chiffres(*(getattr(self, c.name) + getattr(autre, c.name) for c in fields(self)))

    @property
    def retards(self) -> int:
        """Not answered within 72 hours, answered since or not."""
        return self.en_retard + self.attente_en_retard

    @property
    def parts(self) -> PartsATemps:
        """Shares of what was answered or should have been: what still has time is left out."""
        return indicateurs.parts_a_temps(
            indicateurs.Comptes(
                demandes=self.a_temps + self.retards,
                reponses_a_temps=self.a_temps,
                etapes_a_temps=self.retards_avec_etape,
            )
        )


@dataclass(frozen=True, slots=True)
class LigneTerritoire:
    """One TIS, and its équipes by name."""

    territoire: Territoire
    chiffres: Chiffres
    equipes: list[tuple[Equipe, Chiffres]]


@dataclass(frozen=True, slots=True)
class MoisDeLAnnee:
    """One bar of the chart."""

    mois: date
    envois: int
    a_temps: int


@dataclass(frozen=True, slots=True)
class Tableau:
    """The month's page: every TIS that `qui` may see, those without a request included."""

    mois: date
    lignes: list[LigneTerritoire]
    total: Chiffres
    prise: Repartition
    reponse: Repartition
    complements: int  # asked of the Département about what was sent in that month
    attente: Repartition  # how long they were waited for, in what was answered since
    annee: list[MoisDeLAnnee]
    precedent: date | None
    suivant: date | None


def du_mois(mois: date, *, pour: Affectation, maintenant: datetime) -> Tableau:
    """Figures of that month (its first day) as that agent may read them. Six queries."""
    comptes = _comptes(pour)
    caisse = pour.organisation.nature == Organisation.Nature.CAISSE
    nombres = _par_lieu(comptes.filter(mois=mois))
    attentes = _attentes(mois, pour=pour, maintenant=maintenant)
    lieux = {
        lieu: _chiffres(nombres.get(lieu, {}), attentes.get(lieu, {}), caisse=caisse)
        for lieu in nombres.keys() | attentes.keys()
    }
    tous = _additionner(nombres.values())
    return Tableau(
        mois=mois,
        lignes=_lignes(lieux, pour=pour),
        total=sum(lieux.values(), Chiffres()),
        prise=indicateurs.repartition(_sous("prise:", tous)),
        reponse=indicateurs.repartition(_sous("delai:", tous)),
        complements=tous.get("complements_demandes", 0),
        attente=indicateurs.repartition(_sous("attente:", tous)),
        annee=_annee(comptes, mois),
        precedent=_precedent(comptes, mois),
        suivant=_suivant(mois, maintenant),
    )


def mois_lu(texte: str, *, maintenant: datetime) -> date:
    """The first day of the month written as 2026-11; this month for anything else."""
    ce_mois = jour_de(maintenant).replace(day=1)
    try:
        lu = date.fromisoformat(f"{texte}-01")
    except ValueError:
        return ce_mois
    return lu if lu <= ce_mois else ce_mois


def debut_du_mois(mois: date) -> datetime:
    """Midnight in Paris on the first day."""
    return datetime(mois.year, mois.month, 1, tzinfo=PARIS)


def bornes(mois: date) -> tuple[datetime, datetime]:
    """Its first instant, and that of the next month."""
    return debut_du_mois(mois), debut_du_mois(decaler(mois, mois=1))


def _parties(qui: Affectation) -> QuerySet[Convention]:
    """The conventions of that agent's organisation."""
    return Convention.objects.filter(
        Q(departement=qui.organisation_id) | Q(caisse=qui.organisation_id)
    )


def _comptes(qui: Affectation) -> QuerySet[Compteur]:
    comptes = Compteur.objects.filter(convention__in=_parties(qui)).exclude(
        code__startswith=OBJECTIFS
    )
    return comptes.filter(territoire=qui.territoire_id) if qui.role == Role.ENCADRANT else comptes


def _par_lieu(comptes: QuerySet[Compteur]) -> dict[Lieu, dict[str, int]]:
    """Code → sum for each place. Situations and health motifs are not read here."""
    par_lieu: dict[Lieu, dict[str, int]] = defaultdict(dict)
    for territoire, equipe, code, nombre in (
        comptes.exclude(Q(code__startswith="situation:") | Q(code__startswith="dossier:"))
        .values_list("territoire", "equipe", "code")
        .annotate(Sum("nombre"))
    ):
        par_lieu[territoire, equipe][code] = nombre
    return par_lieu


def _attentes(mois: date, *, pour: Affectation, maintenant: datetime) -> dict[Lieu, dict[str, int]]:
    """What was sent in that month and is not answered: the present, from the fiches themselves."""
    fiches = Fiche.objects.referencees_par(pour).envoyees_entre(*bornes(mois))
    return {(une.pop("territoire"), une.pop("equipe")): une for une in fiches.attentes(maintenant)}


def _chiffres(nombres: Mapping[str, int], attente: Mapping[str, int], *, caisse: bool) -> Chiffres:
    def somme(*codes: str) -> int:
        return sum(nombres.get(code, 0) for code in codes)

    def selon_la_case(code: str) -> int:
        return somme(code, f"{code}{RESERVE}") if caisse else somme(code)

    def repondues(code: str) -> int:
        return somme(code, f"{code}_avec_etape", f"{code}_avec_etape{RESERVE}")

    return Chiffres(
        demandes=somme("demandes"),
        redemandes=somme("nouveaux_envois"),
        reprises=somme("geste:rappeler", "geste:retirer"),
        a_temps=repondues("repondues_a_temps"),
        en_retard=repondues("repondues_en_retard"),
        retards_avec_etape=selon_la_case("repondues_en_retard_avec_etape")
        + attente.get("retards_avec_etape", 0),
        hors_perimetre=selon_la_case("hors_perimetre"),
        en_attente=attente.get("en_attente", 0),
        attente_en_retard=attente.get("attente_en_retard", 0),
        precision_attendue=attente.get("precision_attendue", 0),
    )


def _lignes(lieux: Mapping[Lieu, Chiffres], *, pour: Affectation) -> list[LigneTerritoire]:
    """Each TIS with its équipes of today, and those that counted something there in that month."""
    departements = _parties(pour).values("departement")
    territoires = Territoire.objects.filter(organisation__in=departements)
    if pour.role == Role.ENCADRANT:
        territoires = territoires.filter(pk=pour.territoire_id or 0)
    equipes = list(Equipe.objects.filter(organisation__in=departements).order_by("nom"))
    return [
        LigneTerritoire(
            un,
            sum((c for (t, _), c in lieux.items() if t == un.pk), Chiffres()),
            [
                (equipe, lieux.get((un.pk, equipe.pk), Chiffres()))
                for equipe in equipes
                if equipe.territoire_id == un.pk or (un.pk, equipe.pk) in lieux
            ],
        )
        for un in territoires.order_by("organisation", "code")
    ]


def _annee(comptes: QuerySet[Compteur], mois: date) -> list[MoisDeLAnnee]:
    """The twelve months that end with that one."""
    debut = decaler(mois, mois=1 - MOIS_DU_GRAPHIQUE)
    envois, a_temps = Q(code__in=("demandes", "nouveaux_envois")), Q(code__in=A_TEMPS)
    sommes = {
        un["mois"]: (un["envois"] or 0, un["a_temps"] or 0)
        for un in comptes.filter(envois | a_temps, mois__range=(debut, mois))
        .values("mois")
        .annotate(envois=Sum("nombre", filter=envois), a_temps=Sum("nombre", filter=a_temps))
    }
    tous = [decaler(debut, mois=rang) for rang in range(MOIS_DU_GRAPHIQUE)]
    return list(starmap(MoisDeLAnnee, ((m, *sommes.get(m, (0, 0))) for m in tous)))


A_TEMPS = (
    "repondues_a_temps",
    "repondues_a_temps_avec_etape",
    f"repondues_a_temps_avec_etape{RESERVE}",
)


def _precedent(comptes: QuerySet[Compteur], mois: date) -> date | None:
    """The month before, unless nothing had been counted by then."""
    premier = comptes.aggregate(premier=Min("mois"))["premier"]
    return decaler(mois, mois=-1) if premier is not None and premier < mois else None


def _suivant(mois: date, maintenant: datetime) -> date | None:
    suivant = decaler(mois, mois=1)
    return suivant if debut_du_mois(suivant) <= maintenant else None


def _sous(prefixe: str, nombres: Mapping[str, int]) -> dict[str, int]:
    """The codes under that prefix, without it."""
    return {
        code.removeprefix(prefixe): nombre
        for code, nombre in nombres.items()
        if code.startswith(prefixe)
    }


def _additionner(tous: Iterable[Mapping[str, int]]) -> dict[str, int]:
    somme: dict[str, int] = defaultdict(int)
    for nombres in tous:
        for code, nombre in nombres.items():
            somme[code] += nombre
    return somme
