"""Sentences that a convention file keeps, and what fills them in."""

from dataclasses import dataclass

CHAMPS_REPERAGE = frozenset(
    {
        *("article", "naissance", "age_taux_plein", "taux_plein_le", "age_legal_le", "depot_le"),
        *("age_inaptitude", "inaptitude_le", "age_aspa", "aspa_le", "devoir_depuis", "mois"),
        *("a_voir_mois", "a_preparer_mois", "source", "au"),
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
    saspa_inaptitude: Paragraphe  # recognised, without a base scheme
    saspa_signalee: Paragraphe
    devoir_depuis: Paragraphe
    origine: Paragraphe
    premier_contact: Paragraphe
