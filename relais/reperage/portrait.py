"""What the page of a person shows: who she is, why, since when, what to do now and with whom."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from relais.annuaire.models import Affectation
from relais.regles import nir, suite
from relais.regles.convention import Convention, Role
from relais.regles.explication import Explication, expliquer
from relais.regles.foyer import Examen
from relais.regles.reperage import LIBELLES_CHARGE, libelle_de
from relais.regles.subsidiarite import Aah
from relais.regles.suite import Pas
from relais.regles.urgence import Urgence
from relais.reperage import dossiers
from relais.reperage.dossier import Conflit, Dossier, Note
from relais.reperage.examens import Examens, demandes_faites
from relais.reperage.imports.rapprochement import DOUBLON
from relais.reperage.lecture import matricules
from relais.reperage.lignes import nom_affiche
from relais.reperage.models import Personne

PARTIES = {
    "identite": "Identité",
    "situation": "Situation",
    "coordonnees": "Coordonnées",
    "foyer": "Foyer",
}
# A datum of the situation that was declared says so beside the file that told the rest.
DONNEES = {
    "inapte": "Inaptitude reconnue",
    "signale": "Inaptitude signalée",
    "invalidite": "Pension d’invalidité",
    "aah": "AAH",
    "saspa": "Sans régime de retraite",
    "travaille": "Travail",
    "pensionne": "Pension de retraite",
    "veuf": "Veuvage",
}
TAUX = {
    Aah.DE_50_A_79: "de 50 à 79 %",
    Aah.DE_80_OU_PLUS: "de 80 % ou plus",
    Aah.INCONNU: "taux pas connu",
}
# A level begins at most that long before the date that makes it (30 months), and some days.
ANCIENNETE = timedelta(days=1000)
PAS = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Conjoint:
    """The other adult of the household. `personne`: whose page opens; else `phrase` says why."""

    nom: str = ""
    personne: Personne | None = None
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Etape:
    """A step, with the day it was done."""

    pas: Pas
    faite_le: date | None = None


@dataclass(frozen=True, slots=True)
class DemarcheSuivie:
    """An action of the objective, in words."""

    libelle: str
    par: str
    prevue_le: date | None
    faite_le: date | None


@dataclass(frozen=True, slots=True)
class Portrait:
    """The page of one person, for one reader, on one day."""

    dossier: Dossier
    examen: Examen
    explication: Explication
    etapes: tuple[Etape, ...]
    depuis: date | None
    conjoint: Conjoint | None
    concernee: bool  # by a date or a meeting, whatever was claimed

    @property
    def nom(self) -> str:
        return nom_affiche(self.dossier.identite)

    @property
    def numero(self) -> str:
        """The masked NIR (security.md); empty without one."""
        numero = self.dossier.identite.nir
        corps, cle = numero[: nir.LONGUEUR_CORPS], numero[nir.LONGUEUR_CORPS :]
        return nir.masquer(corps, cle) if numero else ""

    @property
    def matricule(self) -> str:
        """The number of allocataire, masked where it may be a NIR; empty without one."""
        return matricules.a_montrer(self.dossier.foyer.matricule)

    @property
    def origines(self) -> list[tuple[str, str]]:
        """(part, where it comes from) in a fixed order."""
        trouvees = {une.partie: une.source for une in self.dossier.origines}
        return [(nom, trouvees[code]) for code, nom in PARTIES.items() if code in trouvees]

    @property
    def declarees(self) -> list[tuple[str, str]]:
        """(datum of the situation and what the person said of it, which day)."""
        return [
            (f"{nom}, {_en_mots(getattr(self.dossier.situation, code))}", dite.source)
            for code, nom in DONNEES.items()
            if (dite := self.dossier.origine(code)) is not None
        ]

    @property
    def notes(self) -> list[Note]:
        """The last contact first."""
        return sorted(self.dossier.notes, key=lambda note: note.le, reverse=True)

    @property
    def demarches(self) -> list[DemarcheSuivie]:
        """The actions of the objective; empty without one."""
        objectif = self.dossier.objectif
        return [
            DemarcheSuivie(
                libelle_de(une.demarche, mairie=self.sans_fiche),
                LIBELLES_CHARGE[une.par],
                une.prevue_le,
                une.faite_le,
            )
            for une in (objectif.etapes if objectif else ())
        ]

    @property
    def sans_fiche(self) -> bool:
        """Nothing for the caisse: the town hall handles it."""
        return suite.sans_regime(self.examen)


def de(personne: Personne, *, pour: Affectation, au: date, convention: Convention) -> Portrait:
    """Open the person; the reading is journaled by its door."""
    dossier = dossiers.lire(personne)
    lus = Examens(au=au, convention=convention)
    examen = lus.de(dossier)
    situation = dossier.origine("situation")
    signalee = dossier.origine("invalidite") or situation
    explication = expliquer(
        examen,
        source=f"la situation connue ({situation.source})" if situation else "la situation connue",
        au=au,
        convention=convention,
        signale_le=signalee.le if signalee else None,
    )
    return Portrait(
        dossier=dossier,
        examen=examen,
        explication=explication,
        etapes=_etapes(dossier, examen, au=au, convention=convention),
        depuis=niveau_depuis(dossier, examen, au=au, convention=convention),
        conjoint=conjoint(dossier, pour=pour),
        concernee=lus.concerne(dossier),
    )


def _en_mots(dite: bool | Aah | None) -> str:
    if isinstance(dite, Aah):
        return TAUX[dite]
    return "oui" if dite else "non"


def _etapes(
    dossier: Dossier, examen: Examen, *, au: date, convention: Convention
) -> tuple[Etape, ...]:
    faites = {
        une.demarche: une.faite_le
        for une in (dossier.objectif.etapes if dossier.objectif else ())
        if une.faite_le
    }
    pas = suite.a_faire(examen, au=au, convention=convention, veuf=dossier.situation.veuf)
    return tuple(
        Etape(un, faites.get(un.demarche) if un.demarche is not None else None) for un in pas
    )


def niveau_depuis(
    dossier: Dossier, examen: Examen, *, au: date, convention: Convention
) -> date | None:
    """The day on which the present level began; None when only a file can tell (suspension)."""
    if dossier.situation.suspendu:
        return None
    if examen.urgence == Urgence.EN_PREMIER:
        return min(_dates_a_faire(dossier, examen))

    def autre(jour: date) -> bool:
        lu = Examens(au=jour, convention=convention).de(dossier)
        return lu.urgence != examen.urgence

    pas = (jour for jour in _en_arriere(au, PAS) if autre(jour))
    ailleurs = next(pas, None)
    if ailleurs is None:
        return None
    # Within a step a level changes once: its first day is between the two.
    jours = (ailleurs + timedelta(days=n) for n in range(1, PAS.days + 1))
    return next(jour for jour in jours if jour == au or not autre(jour))


def _en_arriere(au: date, pas: timedelta) -> Iterator[date]:
    jour = au - pas
    while jour >= au - ANCIENNETE:
        yield jour
        jour -= pas


def _dates_a_faire(dossier: Dossier, examen: Examen) -> list[date]:
    retraite, aspa = demandes_faites(dossier.objectif)
    dates = examen.echeances
    restes = [
        None if retraite else dates.retraite_due_le,
        None if aspa else dates.aspa_due_le,
    ]
    return [le for le in restes if le is not None]


def conjoint(dossier: Dossier, *, pour: Affectation) -> Conjoint | None:
    """The other adult that the files gave, None when they gave none."""
    if not dossier.foyer.conjoint:
        return None
    autre = Personne.objects.visibles_par(pour).d_ids([UUID(dossier.foyer.conjoint)]).first()
    if autre is not None:
        return Conjoint(nom_affiche(dossiers.lire(autre).identite), autre)
    a_qui = "votre encadrant" if pour.role == Role.TRAVAILLEUR_SOCIAL else "le chargé du repérage"
    return Conjoint(
        phrase=f"L’autre adulte du foyer n’est pas ouvert pour vous. Demandez à {a_qui} si"
        " quelqu’un le suit, ou de vous le confier."
    )


def autre_page(conflit: Conflit, *, pour: Affectation) -> Personne | None:
    """For two pages that seem to be of one person: the other one, if the reader may open it."""
    if conflit.nature != DOUBLON:
        return None
    return Personne.objects.visibles_par(pour).d_ids([UUID(conflit.valeur)]).first()
