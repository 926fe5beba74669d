"""What is kept of a person of the caseload: one encrypted document (schema personne/1)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from relais.fiches import schema
from relais.regles.contact import etat_du_contact
from relais.regles.foyer import Adulte, Precision
from relais.regles.reperage import (
    Charge,
    Consentement,
    Demarche,
    EtatContact,
    EtatObjectif,
    Fait,
)
from relais.regles.subsidiarite import Aah
from relais.reperage.textes import prenoms_ecrits

SCHEMA = "personne/1"
DECLARE = "déclaré le"
# What a person may say of her situation, datum by datum. A suspension is her payer's to tell.
DECLARABLES = (
    *("inapte", "signale", "invalidite", "aah"),
    *("saspa", "travaille", "pensionne", "veuf"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identite:
    """Who it is. `nir`: 13 characters and the key, empty when the file gives none that reads."""

    nom_naissance: str = ""
    nom_usage: str = ""
    prenoms: str = ""
    feminin: bool | None = None
    naissance: date
    precision: Precision = Precision.CONNUE
    nir: str = ""

    @property
    def nom(self) -> str:
        """The name that the person uses."""
        return self.nom_usage or self.nom_naissance

    @property
    def noms(self) -> tuple[str, ...]:
        """The names by which the person is found."""
        return tuple(nom for nom in (self.nom_naissance, self.nom_usage) if nom)

    @property
    def reconnaissable(self) -> bool:
        """Whether a next file can tell who she is: else each one would make her new."""
        return bool(self.noms or self.nir)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a file says, as `regles.foyer.Adulte` reads it."""

    inapte: bool = False
    signale: bool = False
    invalidite: bool = False
    aah: Aah | None = None
    saspa: bool = False
    travaille: bool = False
    pensionne: bool = False
    suspendu: bool = False
    veuf: bool = False  # SITFAM VEU: a hint for a survivor's pension


@dataclass(frozen=True, slots=True, kw_only=True)
class Coordonnees:
    """How to reach the person."""

    adresse: str = ""
    code_postal: str = ""
    commune: str = ""
    insee: str = ""
    telephones: tuple[str, ...] = ()
    courriels: tuple[str, ...] = ()
    consentement: Consentement = Consentement.INCONNU

    @property
    def par_courrier_seul(self) -> bool:
        """The person refused messages: neither SMS nor e-mail, a letter."""
        return self.consentement == Consentement.REFUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Foyer:
    """The household. `conjoint`: the UUID of the other adult, empty when nobody is kept of it."""

    matricule: str = ""
    demande: str = ""  # NUMDEMRSA
    role: str = ""  # DEM or CJT
    conjoint: str = ""


@dataclass(frozen=True, slots=True)
class Origine:
    """Where a part comes from: « fichier du … », « déclaré le … »."""

    partie: str  # identite, situation, coordonnees, foyer; or a datum that was declared
    source: str
    le: date

    @property
    def declaree(self) -> bool:
        """What a professional wrote after the person."""
        return self.source.startswith(DECLARE)


@dataclass(frozen=True, slots=True)
class Note:
    """A fact about a contact. `par`: the name of the professional, as it was that day."""

    le: date
    fait: Fait
    par: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of the history, in words: what a file or an act changed."""

    le: date
    quoi: str


@dataclass(frozen=True, slots=True)
class Etape:
    """An action of the objective: who, by when, done when."""

    demarche: Demarche
    par: Charge = Charge.ENSEMBLE
    prevue_le: date | None = None
    faite_le: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Objectif:
    """The retirement objective of the contrat d'engagement (articles 1 and 3)."""

    etat: EtatObjectif = EtatObjectif.PROPOSE
    texte: str = ""
    contrat: str = ""  # the reference of the contract
    debut: date | None = None
    fin: date | None = None
    etapes: tuple[Etape, ...] = ()
    comptes: tuple[str, ...] = ()  # what the figures have counted of it already, once each

    def faite(self, demarche: Demarche) -> bool:
        return any(une.demarche == demarche and une.faite_le for une in self.etapes)


@dataclass(frozen=True, slots=True)
class Conflit:
    """Two sources disagree about who it is: a person decides, nothing was overwritten.

    `nature`: `nir`, another number for the same names and birth date; `prenoms`, other first
    names under the same number and birth date; `doublon`, another row (its UUID) that is the same
    person; `naissance`, another birth date under the same number and names (ISO, then J or O where
    it is not wholly known). `valeur`: what the other source says. `decision`: what was decided, so
    that the next file does not ask again.
    """

    nature: str
    valeur: str
    source: str
    le: date
    decision: str = ""  # empty: to decide; garder, remplacer, deux_personnes


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that is kept of one person."""

    identite: Identite
    situation: Situation = Situation()
    coordonnees: Coordonnees = Coordonnees()
    foyer: Foyer = Foyer()
    origines: tuple[Origine, ...] = ()
    notes: tuple[Note, ...] = ()
    passages: tuple[Passage, ...] = ()
    objectif: Objectif | None = None
    conflits: tuple[Conflit, ...] = ()

    @property
    def a_decider(self) -> bool:
        return any(not un.decision for un in self.conflits)

    def adulte(self) -> Adulte:
        """What the rules examine."""
        dite = self.situation
        return Adulte(
            self.identite.naissance,
            self.identite.precision,
            inapte=dite.inapte,
            signale=dite.signale,
            invalidite=dite.invalidite,
            aah=dite.aah,
            saspa=dite.saspa,
            travaille=dite.travaille,
            pensionne=dite.pensionne,
            suspendu=dite.suspendu,
        )

    def contact(self) -> EtatContact:
        """Where one is with the person, from the notes and the objective."""
        objectif = self.objectif
        etapes = objectif.etapes if objectif else ()
        return etat_du_contact(
            [note.fait for note in self.notes],
            objectif=objectif.etat if objectif else None,
            prevues=[une.demarche for une in etapes],
            faites=[une.demarche for une in etapes if une.faite_le],
        )

    def origine(self, partie: str) -> Origine | None:
        """Where that part comes from, or that datum of the situation when it was declared."""
        return next((une for une in self.origines if une.partie == partie), None)

    def declaree(self, *parties: str, le: date) -> "Dossier":
        """The same, these parts or data being declared by the person that day."""
        autres = tuple(une for une in self.origines if une.partie not in parties)
        siennes = (Origine(partie, f"{DECLARE} {le:%d/%m/%Y}", le) for partie in parties)
        return replace(self, origines=(*autres, *siennes))

    def corrigee_depuis(self, jour: date) -> bool:
        """Whether what decides of her dates was declared that day or later."""
        decisives = (*DECLARABLES, "identite")
        return any(
            une.declaree and une.partie in decisives and une.le >= jour for une in self.origines
        )

    def passee(self, le: date, quoi: str) -> "Dossier":
        """The same, with one more line in its history."""
        return replace(self, passages=(*self.passages, Passage(le, quoi)))

    def en_octets(self) -> bytes:
        """The document to encrypt."""
        return schema.en_octets(self, schema=SCHEMA)

    @classmethod
    def depuis_octets(cls, octets: bytes) -> Self:
        """The dossier of a decrypted document; ContenuIllisible when it is not one."""
        return schema.depuis_octets(cls, octets, schema=SCHEMA)._en_prenoms_ecrits()

    def _en_prenoms_ecrits(self) -> Self:
        """Documents of before have first names in capitals: the files that come have them no more,
        and that is no difference. Those that were decided about too, or it would be asked again.
        """
        identite = self.identite
        prenoms = prenoms_ecrits(identite.prenoms)
        conflits = tuple(
            replace(un, valeur=prenoms_ecrits(un.valeur)) if un.nature == "prenoms" else un
            for un in self.conflits
        )
        if prenoms == identite.prenoms and conflits == self.conflits:
            return self
        return replace(self, identite=replace(identite, prenoms=prenoms), conflits=conflits)
