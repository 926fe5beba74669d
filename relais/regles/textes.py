"""Words that a convention file keeps, annex 1 first of all, and what fills them in."""

import hashlib
from dataclasses import dataclass

CHAMPS_REPERAGE = frozenset(
    {
        *("article", "naissance", "age_taux_plein", "taux_plein_le", "age_legal_le", "depot_le"),
        *("age_inaptitude", "inaptitude_le", "age_aspa", "aspa_le", "devoir_depuis", "mois"),
        *("a_voir_mois", "a_preparer_mois", "source", "au"),
        *("caisse", "numero_caisse", "site_caisse"),
    }
)
"""What may stand between braces in the explanation of the screening."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One sentence. `article` stands where `{article}` is, between brackets, for agents alone."""

    texte: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Paragraphe:
    """Sentences said together, under a title where they have one."""

    phrases: tuple[Phrase, ...]
    titre: str = ""


@dataclass(frozen=True, slots=True)
class TextesReperage:
    """The explanation of one person: a paragraph for each reason, and what goes round them."""

    naissance: Paragraphe
    suspension: Paragraphe
    pension_versee: Paragraphe
    naissance_incertaine: Paragraphe
    taux_plein: Paragraphe
    inaptitude: Paragraphe
    depot: Paragraphe  # when to claim, after the two above
    date_atteinte: Paragraphe  # instead of `depot`, from that day on
    demarches: Paragraphe  # how to claim, after either
    choix: Paragraphe  # the legal age, last, as long as it changes something
    inaptitude_signalee: Paragraphe
    invalidite: Paragraphe
    invalidite_travail: Paragraphe
    aah: Paragraphe  # for every rate, then the rate's own
    aah_50_79: Paragraphe
    aah_80: Paragraphe
    aah_inconnu: Paragraphe
    saspa: Paragraphe
    saspa_mairie: Paragraphe  # where the Aspa is claimed, after it
    saspa_aah_80: Paragraphe  # instead: it is not to claim first
    saspa_aah_inconnu: Paragraphe  # instead: the rate comes first
    saspa_pension: Paragraphe  # instead: a pension already drawn contradicts it
    saspa_sans_fiche: Paragraphe  # last, but for such a pension
    saspa_aah_50_79: Paragraphe
    saspa_inaptitude: Paragraphe  # recognised, without a base scheme
    saspa_signalee: Paragraphe
    saspa_invalidite: Paragraphe  # instead of both: a pension is paid by a scheme
    devoir_depuis: Paragraphe
    origine: Paragraphe
    premier_contact: Paragraphe


@dataclass(frozen=True, slots=True)
class TextesSuite:
    """What to do about one person, a step a paragraph, and the objective proposed to her.

    The objective is read, signed and kept by the person: without article nor reason of health.
    """

    naissance: Paragraphe
    suspension: Paragraphe
    pension_versee: Paragraphe
    inaptitude: Paragraphe  # said by a file, not recognised
    releve: Paragraphe
    releve_partout: Paragraphe  # without a base scheme
    aah: Paragraphe  # attributed without a claim
    aah_taux: Paragraphe
    retraite: Paragraphe
    retraite_maintenant: Paragraphe  # instead, once it may be filed
    aspa: Paragraphe
    aspa_mairie: Paragraphe
    aspa_aah_50_79: Paragraphe
    aspa_aah_80: Paragraphe
    notification: Paragraphe
    reversion: Paragraphe
    objectif: Paragraphe
    objectif_maintenant: Paragraphe
    objectif_mairie: Paragraphe
    objectif_mairie_maintenant: Paragraphe
    objectif_releve: Paragraphe  # without a base scheme, and no Aspa to claim first
    objectif_aah: Paragraphe
    objectif_pension: Paragraphe


@dataclass(frozen=True, slots=True)
class Notice:
    """A legal notice, verbatim. Its version and digest are kept on each fiche."""

    version: str
    texte: str

    @property
    def empreinte(self) -> str:
        """SHA-256 of the text, in hexadecimal: proves which text was shown."""
        return hashlib.sha256(self.texte.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Ailleurs:
    """What is not for the caisse: the situation, who handles it, what to do.

    `article`: shown to agents alone, never on the sheet that the person keeps.
    """

    situation: str
    organisme: str
    demarche: str
    article: str = ""


@dataclass(frozen=True, slots=True)
class Choix:
    """A box of annex 1. `a_preciser`: comes with a text; `sante`: health datum (GDPR art. 9)."""

    code: str
    libelle: str
    a_preciser: bool = False
    sante: bool = False


@dataclass(frozen=True, slots=True)
class Libelles:
    """Titles and field labels of annex 1, in its words and its order."""

    contact_caisse: str
    date_creation: str
    territoire: str
    professionnel: str
    professionnel_nom: str
    professionnel_telephone: str
    personne: str
    nom_naissance: str
    nom_marital: str
    prenom: str
    nir: str
    adresse_postale: str
    adresse_mail: str
    telephone: str
    consigne: str
    situation: str
    dossier: str
    motif: str
    commentaire: str
    signature: str


@dataclass(frozen=True, slots=True)
class TextesPerimetre:
    """The three questions asked before sending (articles 3 and 4).

    `{numero_caisse}`, `{site_caisse}` and `{jours}` are filled in by the screen.
    """

    en_tete: str
    ressources_question: str
    ressources_note: str
    ressources_depuis: str
    ressources_a_partir: str
    ressources_non: str
    ressources_date_passee: str
    ressources_suspendues: str
    ressources_date_proche: str
    ressources_sans_rsa: str
    blocage_question: str
    blocage_note: str
    blocage_sans_reponse: str
    blocage_message: str
    blocage_appel: str
    blocage_incompris: str
    blocage_a_savoir: str
    blocage_aide: str
    complexite_question: str
    complexite_note: str
    complexite_oui: str
    complexite_texte: str
    trois_non: str
    ailleurs: str
