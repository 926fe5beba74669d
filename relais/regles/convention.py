"""A convention as values: frozen, dated, each with the article it comes from.

`relais.regles.lecture.charger` builds these objects from `conventions/*.toml`. Names of fields are
the keys of the file. A value is never edited: a line with a later `depuis` is added.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

from relais.regles.textes import (
    Ailleurs,
    Choix,
    Libelles,
    Notice,
    TextesPerimetre,
    TextesReperage,
    TextesSuite,
)

T = TypeVar("T")


class FauteConvention(Exception):
    """A fault of a convention file, told in one French sentence.

    `fichier`: the file at fault (a parent file when the fault is there); `cle`: dotted key, lines
    of a series counted from 1, empty when the whole file is at fault; `attendu`: what should stand
    there.
    """

    def __init__(self, fichier: str, cle: str, attendu: str, phrase: str) -> None:
        super().__init__(phrase)
        self.fichier = fichier
        self.cle = cle
        self.attendu = attendu
        self.phrase = phrase


class ValeurInconnue(LookupError):
    """A value was needed on a day when the convention had none yet."""


class Role(StrEnum):
    """What somebody does in an organisation; the rights are in docs/droits.md."""

    TRAVAILLEUR_SOCIAL = "travailleur_social"
    CHARGE_ACCUEIL = "charge_accueil"
    ENCADRANT = "encadrant"
    AGENT_CAISSE = "agent_caisse"
    RESPONSABLE_CAISSE = "responsable_caisse"
    REFERENT = "referent"
    CHARGE_REPERAGE = "charge_reperage"
    DPO = "dpo"
    ADMINISTRATEUR = "administrateur"
    ADMINISTRATEUR_TECHNIQUE = "administrateur_technique"


ROLES_DE_TERRAIN = (Role.TRAVAILLEUR_SOCIAL, Role.CHARGE_ACCUEIL, Role.ENCADRANT)
ROLES_DE_LA_CAISSE = (Role.AGENT_CAISSE, Role.RESPONSABLE_CAISSE)


class Canal(StrEnum):
    """How a fiche travels: inside Relais, or through BlueFiles as annex 1 says."""

    INTEGRE = "integre"
    BLUEFILES = "bluefiles"


class Support(StrEnum):
    """Where the Département keeps the fiche for the long term."""

    PAPIER = "papier"
    ELECTRONIQUE = "electronique"


class Couleur(StrEnum):
    """Colours that a territory may bear; the first six are those of annex 2 for CD35."""

    BEIGE = "beige"
    VERT = "vert"
    ORANGE = "orange"
    ROSE = "rose"
    VIOLET = "violet"
    BLEU = "bleu"
    JAUNE = "jaune"
    ROUGE = "rouge"
    TURQUOISE = "turquoise"
    MARRON = "marron"
    GRIS = "gris"


class Jour(StrEnum):
    """Days of the week, in the order of `date.weekday()`."""

    LUNDI = "lundi"
    MARDI = "mardi"
    MERCREDI = "mercredi"
    JEUDI = "jeudi"
    VENDREDI = "vendredi"
    SAMEDI = "samedi"
    DIMANCHE = "dimanche"


@dataclass(frozen=True, slots=True)
class Ligne(Generic[T]):
    """A value, the first day it holds, its article, and for a retention the archives reference."""

    depuis: date
    valeur: T
    source: str
    archives: str = ""


@dataclass(frozen=True, slots=True)
class Datee(Generic[T]):
    """The successive values of one key, oldest first."""

    lignes: tuple[Ligne[T], ...] = ()

    def ligne_au(self, jour: date) -> Ligne[T] | None:
        """The line in force on that day, None before the first one."""
        for ligne in reversed(self.lignes):
            if ligne.depuis <= jour:
                return ligne
        return None

    def au(self, jour: date) -> T | None:
        """The value in force on that day, None before the first one."""
        ligne = self.ligne_au(jour)
        return None if ligne is None else ligne.valeur

    def exigee(self, jour: date) -> T:
        """The value in force on that day; raises ValeurInconnue when there is none yet."""
        ligne = self.ligne_au(jour)
        if ligne is None:
            raise ValeurInconnue(f"no value of the convention on {jour.isoformat()}")
        return ligne.valeur

    def __iter__(self) -> Iterator[Ligne[T]]:
        return iter(self.lignes)


@dataclass(frozen=True, slots=True)
class Organisme:
    """A party of the convention. Addresses are functional: never a person's."""

    code: str
    nom: Datee[str]
    nom_court: Datee[str]
    nom_dans_phrase: Datee[str]  # with its article: « la Carsat Bretagne »
    adresse: Datee[str]
    dpo_mail: Datee[str]
    dpo_courrier: Datee[str]
    notice: Datee[Notice]
    contact_mail: Datee[str]  # functional mailbox; may be empty for the Département
    telephone: Datee[str]
    site: Datee[str]


@dataclass(frozen=True, slots=True)
class Territoire:
    """A territoire d'intervention sociale (annex 2)."""

    code: str
    nom: str
    couleur: Couleur


@dataclass(frozen=True, slots=True)
class Plage:
    """Opening hours within one local day: `debut` included, `fin` excluded."""

    debut: time
    fin: time


Semaine = tuple[tuple[Plage, ...], ...]
"""Opening hours from Monday to Sunday: seven tuples, empty when closed."""


@dataclass(frozen=True, slots=True)
class Ouverture:
    """Opening hours of the caisse, in its own time zone. Public holidays are closed."""

    horaires: Datee[Semaine]
    fuseau: Datee[str]


@dataclass(frozen=True, slots=True)
class ModeleFiche:
    """The fiche de liaison of annex 1: words, choices, and who may do what with it."""

    titre: Datee[str]
    libelles: Datee[Libelles]
    situations: Datee[tuple[Choix, ...]]
    dossiers: Datee[tuple[Choix, ...]]
    motifs: Datee[tuple[Choix, ...]]  # several may be ticked
    case_informe: Datee[str]  # box 1
    case_non_opposition: Datee[str]  # box 2
    amorces: Datee[tuple[str, ...]]  # prompts of the comment
    aide_commentaire: Datee[str]
    commentaire_longueur: Datee[int]  # characters
    commencee_par: Datee[tuple[Role, ...]]
    completee_par: Datee[tuple[Role, ...]]
    envoyee_par: Datee[tuple[Role, ...]]


@dataclass(frozen=True, slots=True)
class Perimetre:
    """Which requests the convention receives."""

    textes: Datee[TextesPerimetre]


@dataclass(frozen=True, slots=True)
class Echanges:
    """Channel and the only two mail subjects of an exchange (annex 1)."""

    canal: Datee[Canal]
    objet_demande: Datee[str]
    objet_reponse: Datee[str]


@dataclass(frozen=True, slots=True)
class Delais:
    """Delays that are not retentions; the unit is in the name."""

    reponse_heures: Datee[int]
    avis_heures: Datee[int]  # breach or complaint, art. 5.2 b
    cloture_office_jours: Datee[int]
    dysfonctionnement_jours: Datee[int]  # for the référents to answer, art. 6
    absence_jours: Datee[int]  # the longest absence with a stand-in
    classement_alerte_jours: Datee[int]  # before the caisse's copy goes, still to be filed


@dataclass(frozen=True, slots=True)
class Rappels:
    """When people are reminded; the unit is in the name. All of them are settings."""

    caisse_heures: Datee[tuple[int, ...]]  # elapsed since the sending, in order
    avant_fermeture_minutes: Datee[int]  # the last open hour starts that long before the closing
    complement_jours: Datee[int]
    lecture_jours: Datee[int]
    classement_jours: Datee[tuple[int, ...]]  # elapsed since the copy was laid, in order
    geste_recent_minutes: Datee[int]  # who acted since then is left alone
    point_du_jour: Datee[time]  # local hour of the summary


@dataclass(frozen=True, slots=True)
class Conservation:
    """Retentions; the unit is in the name. Each line bears its archives reference or waiver."""

    caisse_jours: Datee[int]
    departement_apres_rsa_ans: Datee[int]
    departement_sans_rsa_ans: Datee[int]
    revue_mois: Datee[int]
    brouillon_jours: Datee[int]
    journal_mois: Datee[int]
    donnees_reperage_mois: Datee[int]
    opposition_mois: Datee[int]
    depot_heures: Datee[int]  # a file of the caseload, while it is read
    export_heures: Datee[int]  # a list taken away, until its author fetches it
    correspondance_mois: Datee[int]  # what a title holds, after the last file that bore it
    copie_coffre_heures: Datee[int]
    sauvegarde_jours: Datee[int]
    base_de_cote_heures: Datee[int]  # the former base, once a restore has taken its place
    support_long: Datee[Support]
    retenue_mois: Datee[int]  # the longest hold; it destroys nothing
    saisie_minutes: Datee[int]
    seance_heures: Datee[int]  # after its end
    lien_jours: Datee[int]  # after its end
    courriel_jours: Datee[int]
    point_jours: Datee[int]
    facteur_jours: Datee[int]  # after the account was closed
    compte_mois: Datee[int]  # the same
    invitation_jours: Datee[int]  # since it was last sent
    dysfonctionnement_mois: Datee[int]  # after its end; empty: as long as the convention


@dataclass(frozen=True, slots=True)
class Vie:
    """Life of the convention (article 7)."""

    signature: Datee[date]  # empty until both parties have signed
    duree_mois: Datee[int]
    dernier_jour: Datee[date]
    denonciation_au_plus_tot_mois: Datee[int]
    denonciation_au_plus_tard_mois: Datee[int]


@dataclass(frozen=True, slots=True, eq=False)  # read once and kept: it stands for itself
class Reunions:
    """Ages of the two audiences of the information meetings (article 3)."""

    age_ordinaire: Datee[int]
    age_invalidite: Datee[int]


@dataclass(frozen=True, slots=True)
class Reperage:
    """The words of the screening: the same law, and the same sentences, for every convention."""

    textes: Datee[TextesReperage]
    suite: Datee[TextesSuite]


@dataclass(frozen=True, slots=True)
class Rattachement:
    """Files that say to which territory a commune belongs (`regles.communes` reads them)."""

    communes: Datee[str]
    codes_postaux: Datee[str]


@dataclass(frozen=True, slots=True)
class Fondements:
    """Texts behind the processing, to be confirmed by each DPO."""

    base_legale: Datee[str]
    transfert: Datee[str]
    nir: Datee[str]
    secret: Datee[str]


@dataclass(frozen=True, slots=True)
class Age:
    """An age in years and months, for people born from `nes_depuis` on (None: no lower bound)."""

    annees: int
    mois: int
    nes_depuis: date | None = None


@dataclass(frozen=True, slots=True, eq=False)  # read once and kept: it stands for itself
class DroitCommun:
    """National ages and amounts, the same for every convention."""

    age_legal: Datee[tuple[Age, ...]]  # by date of birth; dated by the effect of the pension
    age_taux_plein: Datee[tuple[Age, ...]]
    age_inaptitude: Datee[Age]
    age_saspa: Datee[Age]
    devoir_depuis: Datee[date]
    aspa_personne_seule: Datee[Decimal]  # euros a month
    aspa_couple: Datee[Decimal]
    a_voir_mois: Datee[int]  # level 2 of the screening
    a_preparer_mois: Datee[int]
    a_informer_mois: Datee[int]


@dataclass(frozen=True, slots=True)
class Comptes:
    """How accounts live: settings of organisation, the same for both parties."""

    invitation_heures: Datee[int]  # life of a single-use link
    revue_mois: Datee[int]  # between two reviews of a right
    inutilise_jours: Datee[int]  # without a login: the account is shown as unused


@dataclass(frozen=True, slots=True)
class Surveillance:
    """What stands out in the journal for a DPO: settings of organisation, for both parties."""

    lectures_par_heure: Datee[int]  # fiches opened by one agent; above, it stands out
    lignes_par_heure: Datee[int]  # lines of lists, exports, searches and prints shown to one agent
    horaires: Datee[Semaine]  # outside of them, an act stands out; holidays are outside


@dataclass(frozen=True, slots=True)
class Convention:
    """One convention, whole. `empreinte`: SHA-256 of its resolved content, inheritance included."""

    fichier: str
    empreinte: str
    code: str
    intitule: Datee[str]
    secteur: Datee[str]
    departement: Organisme
    caisse: Organisme
    territoires: Datee[tuple[Territoire, ...]]
    ailleurs: Datee[tuple[Ailleurs, ...]]
    ouverture: Ouverture
    fiche: ModeleFiche
    perimetre: Perimetre
    echanges: Echanges
    delais: Delais
    rappels: Rappels
    conservation: Conservation
    vie: Vie
    reunions: Reunions
    reperage: Reperage
    rattachement: Rattachement
    fondements: Fondements
    comptes: Comptes
    surveillance: Surveillance
    droit: DroitCommun
