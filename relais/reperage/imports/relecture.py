"""What the page of an import says: what was understood, what was not, what changes."""

from collections.abc import Mapping
from dataclasses import dataclass

from relais.regles.reperage import Difference, EtatImport
from relais.reperage.imports import accords
from relais.reperage.imports.accords import ANNONCES, CONTENUS, Accord
from relais.reperage.imports.constats import Changement, Constats
from relais.reperage.lecture.organismes import FOYERS
from relais.reperage.models import Import
from relais.socle.templatetags.relais_affichage import date_moyenne, nombre

TITRES: dict[str, str] = {
    EtatImport.A_LIRE: "Lecture du fichier",
    EtatImport.LECTURE: "Lecture du fichier",
    EtatImport.PRET: "Relire avant d’enregistrer",
    EtatImport.EN_COURS: "Enregistrement en cours",
    EtatImport.FAIT: "Fichier enregistré",
    EtatImport.ANNULE: "Import annulé",
    EtatImport.REFUSE: "Fichier refusé",
}
A_DIRE = "Dire ce que contient le fichier"
LUES, REFUSEES, REMARQUES = "Personnes lues", "Lignes refusées", "Remarques"
# Said apart, in their own words.
_A_PART = {LUES, REFUSEES, REMARQUES, ANNONCES, CONTENUS, *FOYERS.values(), *Difference}
# What calls for somebody first. Each after its number: one, then several.
_PHRASES: dict[Difference, tuple[str, str]] = {
    Difference.NOUVELLE: ("nouvelle personne", "nouvelles personnes"),
    Difference.DE_63_ANS: (
        "personne entre dans le public des 63 ans et plus",
        "personnes entrent dans le public des 63 ans et plus",
    ),
    Difference.INVALIDITE: (
        "pension d’invalidité signalée pour la première fois",
        "pensions d’invalidité signalées pour la première fois",
    ),
    Difference.SUSPENSION: (
        "versement suspendu dans l’attente d’une demande de retraite, pour la première fois",
        "versements suspendus dans l’attente d’une demande de retraite, pour la première fois",
    ),
    Difference.DEMENAGEE: ("personne a changé d’adresse", "personnes ont changé d’adresse"),
    Difference.DECEDEE: (
        "personne suivie est décédée d’après le fichier : à enregistrer sur sa page",
        "personnes suivies sont décédées d’après le fichier : à enregistrer sur leur page",
    ),
    Difference.SORTIE: (
        "personne suivie n’est plus dans le fichier",
        "personnes suivies ne sont plus dans le fichier",
    ),
    Difference.REVENUE: ("personne revenue dans le fichier", "personnes revenues dans le fichier"),
    Difference.CONFLIT: (
        "contradiction entre deux sources, à décider",
        "contradictions entre deux sources, à décider",
    ),
    Difference.CONTREDITE: (
        "personne dont le fichier contredit ce qu’elle avait déclaré",
        "personnes dont le fichier contredit ce qu’elles avaient déclaré",
    ),
    Difference.SITUATION: ("situation modifiée", "situations modifiées"),
    Difference.REPETEE: (
        "personne est plusieurs fois dans le fichier : tout ce qu’il en dit est réuni",
        "personnes sont plusieurs fois dans le fichier : tout ce qu’il en dit est réuni",
    ),
    Difference.IDENTITE: ("identité complétée", "identités complétées"),
    Difference.COORDONNEES: (
        "personne a d’autres coordonnées",
        "personnes ont d’autres coordonnées",
    ),
    Difference.SANS_OBJET: (
        "personne n’est plus concernée : effacée",
        "personnes ne sont plus concernées : effacées",
    ),
    Difference.OPPOSEE: (
        "opposition respectée : la personne n’est pas reprise",
        "oppositions respectées : ces personnes ne sont pas reprises",
    ),
    Difference.PLUS_ANCIEN: (
        "personne déjà connue par un fichier plus récent",
        "personnes déjà connues par un fichier plus récent",
    ),
    Difference.INCHANGEE: ("personne sans changement", "personnes sans changement"),
    Difference.NON_GARDEE: (
        "personne pas concernée à ce jour, non gardée",
        "personnes pas concernées à ce jour, non gardées",
    ),
    Difference.INCERTAINE: (
        "contact laissé : rien ne dit avec certitude de qui il est",
        "contacts laissés : rien ne dit avec certitude de qui ils sont",
    ),
}
# Once stored, who is meant is found in the list.
_FILTRES = {Difference.SORTIE: "flux=hors&contact=toutes", Difference.CONFLIT: "decider=on"}


@dataclass(frozen=True, slots=True)
class Change:
    """One kind of change: how many people, those who are named, and where the list shows them."""

    mots: str
    nombre: int
    gens: tuple[Changement, ...] = ()
    filtre: str = ""

    @property
    def tus(self) -> int:
        """How many are not named here."""
        return self.nombre - len(self.gens)


def titre(depot: Import) -> str:
    """What the page is called."""
    a_dire = depot.etat == EtatImport.PRET and depot.phrase
    return A_DIRE if a_dire else TITRES[depot.etat]


def compris(depot: Import) -> list[tuple[str, int]]:
    """What was read, from the file to who is to be stored."""
    comptes = depot.comptes
    lus = [(mots, comptes[mots]) for mots in (CONTENUS, *FOYERS.values(), LUES) if mots in comptes]
    return [
        *lus,
        ("À enregistrer ou à mettre à jour", depot.total),
        ("Pas concernées à ce jour, non gardées", comptes.get(Difference.NON_GARDEE, 0)),
        (REFUSEES, comptes.get(REFUSEES, 0)),
    ]


def changements(depot: Import, constats: Constats) -> list[Change]:
    """What the file changes, or changed, kind by kind."""
    par_genre: dict[Difference, list[Changement]] = {}
    for un in constats.changements:
        par_genre.setdefault(un.quoi, []).append(un)
    return [
        Change(
            un if combien < 2 else plusieurs,
            combien,
            tuple(par_genre.get(quoi, ())),
            _FILTRES.get(quoi, "") if depot.etat == EtatImport.FAIT else "",
        )
        for quoi, (un, plusieurs) in _PHRASES.items()
        if (combien := depot.comptes.get(quoi, 0))
    ]


def ecartes(depot: Import) -> list[tuple[str, int]]:
    """What was read and set aside, in the words of the reader of its family."""
    return sorted(
        (mots, combien)
        for mots, combien in depot.comptes.items()
        if mots not in _A_PART and combien
    )


def demandes(depot: Import) -> Mapping[Accord, str]:
    """What has to be agreed to, each in a sentence."""
    phrases: dict[Accord, str] = {}
    for accord in accords.a_donner(depot):
        if accord == Accord.TOTAUX:
            phrases[accord] = (
                f"Le fichier annonce {nombre(depot.comptes[ANNONCES])} dossiers et en contient"
                f" {nombre(depot.comptes[CONTENUS])}. Je l’ai vérifié : c’est le bon fichier."
            )
        else:
            dernier = Import.objects.dernier_fait(depot.organisation_id, depot.famille)
            phrases[accord] = (
                f"Ce fichier est du {date_moyenne(depot.au)}, plus ancien que le dernier"
                f" enregistré ({date_moyenne(dernier.au if dernier else None)}). Je veux"
                " l’enregistrer quand même : ce qui est plus récent restera."
            )
    return phrases
