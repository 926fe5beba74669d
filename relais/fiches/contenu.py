"""What is inside the encrypted documents of a fiche: the request, and what the caisse answers.

Drafts use the same shapes: every field may be empty, and a document is never validated here
(`rubriques` and the rules say what is missing). Nothing of this is ever stored in clear.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from relais.fiches import schema
from relais.fiches.schema import ContenuIllisible
from relais.regles import nir
from relais.regles.fiche import NatureReponse
from relais.regles.perimetre import Reponses
from relais.socle.templatetags.relais_affichage import telephone

__all__ = [
    "Contenu",
    "ContenuIllisible",
    "ContenuReponse",
    "Personne",
    "Professionnel",
    "Signature",
]

SCHEMA_DEMANDE = "demande/1"
SCHEMA_REPONSE = "reponse/1"

Saisies = tuple[tuple[str, str], ...]
"""(field, text as typed) of what the form could not read: drafts alone have some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Professionnel:
    """The professional of the Département, as annex 1 names him."""

    nom_prenom: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personne:
    """Identity of the person, and nothing more than annex 1 asks: no birth date."""

    nom_naissance: str = ""
    nom_marital: str = ""
    prenom: str = ""
    nir: str | None = None  # the 13 characters
    nir_cle: str | None = None  # None: "clé inconnue"
    nir_provisoire: bool = False
    cle_inconnue: bool = False
    sans_nir: str | None = None  # code of regles.fiche.SansNir
    adresse: str = ""
    mail: str = ""
    telephone: str = ""

    @property
    def prenom_nom(self) -> str:
        """First name and birth name, as the confirmation page says them."""
        return f"{self.prenom} {self.nom_naissance.upper()}".strip()

    @property
    def numero_masque(self) -> str:
        """The NIR as a page shows it; empty without one."""
        return nir.masquer(self.nir, self.nir_cle or "") if self.nir else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed, how and when. The drawing or the page itself is kept beside the document."""

    mode: str = ""  # regles.fiche.ModeSignature
    par: str = ""  # regles.fiche.Signataire
    representant_nom: str = ""
    representant_qualite: str = ""
    signee_le: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contenu:
    """A fiche de liaison as annex 1 lays it out, with the perimeter and the signature."""

    cree_le: date
    territoire: str = ""  # code of annex 2
    territoire_nom: str = ""
    professionnel: Professionnel = field(default_factory=Professionnel)
    personne: Personne = field(default_factory=Personne)
    situations: tuple[str, ...] = ()
    situation_autre: str = ""
    dossiers: tuple[str, ...] = ()
    dossier_autre: str = ""
    motifs: tuple[str, ...] = ()
    motif_autre: str = ""
    commentaire: str = ""
    perimetre: Reponses = field(default_factory=Reponses)
    informe: bool = False  # box 1
    non_opposition: bool = False  # box 2
    signature: Signature | None = None
    notice_version: str = ""
    notice_empreinte: str = ""
    demande_anterieure: str = ""  # what was asked before, when the request is made again
    complement: str = ""  # what the author adds to complete a request
    saisies: Saisies = ()

    def en_octets(self) -> bytes:
        """The document to encrypt (schema demande/1)."""
        return schema.en_octets(self, schema=SCHEMA_DEMANDE)

    @classmethod
    def depuis_octets(cls, octets: bytes) -> Self:
        """The request of a decrypted document; ContenuIllisible when it is not one."""
        return schema.depuis_octets(cls, octets, schema=SCHEMA_DEMANDE)

    def saisies_refusees(self) -> Iterator[tuple[str, str]]:
        """(field, sentence) for each text kept as it was typed because it could not be read."""
        for champ, texte in self.saisies:
            yield champ, _pourquoi_refusee(champ, texte)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContenuReponse:
    """What the caisse says back. Only the fields of its `nature` are read."""

    nature: str = ""  # regles.fiche.NatureReponse
    # paiement_debloque, droit_accorde
    versement_le: date | None = None
    # piece_manquante
    pieces: tuple[str, ...] = ()
    pieces_a_qui: str = ""
    pieces_moyen: str = ""
    pieces_avant_le: date | None = None
    # droit_accorde
    droit: str = ""  # regles.fiche.Droit
    droit_effet_le: date | None = None
    montant: str = ""  # decimal text, euros a month before deductions
    # autre_organisme
    organisme: str = ""
    organisme_contact: str = ""
    transmis: bool | None = None
    transmis_le: date | None = None
    # autre, complement_demande
    texte: str = ""
    suite_par: str = ""
    suite_avant_le: date | None = None
    objet_complement: str = ""  # regles.fiche.ObjetComplement
    # etape
    prochain_point_le: date | None = None
    # hors_perimetre; empty: the ordinary way of the convention
    voie: str = ""
    # on each of them
    contactee_le: date | None = None
    contactee_par: str | None = None  # regles.fiche.MoyenContact
    agent_nom: str = ""
    agent_telephone: str = ""
    saisies: Saisies = ()

    def en_octets(self) -> bytes:
        """The document to encrypt (schema reponse/1)."""
        return schema.en_octets(self, schema=SCHEMA_REPONSE)

    @classmethod
    def depuis_octets(cls, octets: bytes) -> Self:
        """The answer of a decrypted document; ContenuIllisible when it is not one."""
        return schema.depuis_octets(cls, octets, schema=SCHEMA_REPONSE)

    @property
    def contact(self) -> str:
        """Who answers at the caisse, with their telephone; empty when neither was given."""
        return ", ".join(mot for mot in (self.agent_nom, telephone(self.agent_telephone)) if mot)

    def reduite(self) -> "ContenuReponse":
        """A complement as the Département may hold it without box 1: what is asked, and by whom."""
        return ContenuReponse(
            nature=self.nature,
            objet_complement=self.objet_complement,
            agent_nom=self.agent_nom,
            agent_telephone=self.agent_telephone,
        )

    @property
    def clot_le_tour(self) -> bool:
        """True for an answer, false for an étape or a complement asked for."""
        return self.nature not in ("", NatureReponse.ETAPE, NatureReponse.COMPLEMENT_DEMANDE)


def _pourquoi_refusee(champ: str, texte: str) -> str:
    if champ == "nir":
        try:
            nir.lire(texte)
        except nir.NirInvalide as erreur:
            return nir.phrase(erreur)
    return f"« {texte} » n’a pas été compris. Corrigez cette réponse ou videz-la."
