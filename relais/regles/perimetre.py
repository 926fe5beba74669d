"""The perimeter (articles 3 and 4): three questions asked before sending.

Nobody without income is turned away because a box does not fit: an income cut that the convention
does not call urgent (no RSA) goes as a complex situation, described from question 1.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Categorie(StrEnum):
    """What article 3 lets through: « situations complexes, urgentes ou bloquées »."""

    URGENTE = "urgente"
    BLOQUEE = "bloquee"
    COMPLEXE = "complexe"


class Ressources(StrEnum):
    """Answer to question 1: is the income cut, or about to be?"""

    COUPEES = "coupees"
    BIENTOT = "bientot"
    NON = "non"


class Precision(StrEnum):
    """What is known of the cut (article 4). Optional: it turns nobody away."""

    DATE_PASSEE = "date_passee"
    SUSPENDUES = "suspendues"
    DATE_PROCHE = "date_proche"


@dataclass(frozen=True, slots=True)
class Reponses:
    """The answers as they were given; None, False or "" where nothing was."""

    ressources: Ressources | None = None
    ressources_le: date | None = None  # since, or from
    precision: Precision | None = None
    sans_reponse: bool = False
    message_le: date | None = None
    appel_le: date | None = None
    incomprise: bool = False
    a_savoir: str = ""
    complexe: bool = False
    complexite: str = ""


@dataclass(frozen=True, slots=True)
class Resultat:
    """`categories`: in the order of the questions. `manques`: field of Reponses to sentence.

    `complexite`: question 3 as it goes to the caisse, filled from question 1 where it must be.
    """

    dans_le_perimetre: bool
    categories: tuple[Categorie, ...]
    manques: dict[str, str] = field(default_factory=dict)
    complexite: str = ""


MANQUES = {
    "ressources": "Cochez au moins une réponse.",
    "ressources_le": "Indiquez une date, même approchée : la caisse saura quand agir.",
    "sans_reponse": "Indiquez la date du message ou celle de l’appel.",
    "a_savoir": "Écrivez en une phrase ce que vous avez besoin de savoir.",
    "complexite": "Écrivez en une phrase ce qui rend la situation complexe.",
}
_COUPURES = {
    Precision.DATE_PASSEE: "la date de départ est passée et rien n’est versé",
    Precision.SUSPENDUES: "le paiement est suspendu",
    Precision.DATE_PROCHE: "la date approche et aucune notification n’est arrivée",
}


def examiner(reponses: Reponses, *, rsa: bool) -> Resultat:
    """Does the request enter the perimeter, under which categories, and what is left to write?

    `rsa`: the box « RSA » is ticked. An income cut is urgent for a beneficiary of the RSA, complex
    for anyone else (article 4).
    """
    coupure = reponses.ressources in (Ressources.COUPEES, Ressources.BIENTOT)
    bloquee = reponses.sans_reponse or reponses.incomprise
    complexe = reponses.complexe or bool(reponses.complexite.strip()) or (coupure and not rsa)
    retenues = (
        (Categorie.URGENTE, coupure and rsa),
        (Categorie.BLOQUEE, bloquee),
        (Categorie.COMPLEXE, complexe),
    )
    categories = tuple(categorie for categorie, oui in retenues if oui)
    complexite = _question_3(reponses, coupure=coupure, rsa=rsa)
    manquants = {
        "ressources": reponses.ressources is None and not categories,
        "ressources_le": coupure and reponses.ressources_le is None,
        "sans_reponse": reponses.sans_reponse and not (reponses.message_le or reponses.appel_le),
        "a_savoir": reponses.incomprise and not reponses.a_savoir.strip(),
        "complexite": complexe and not complexite,
    }
    manques = {champ: MANQUES[champ] for champ, manque in manquants.items() if manque}
    return Resultat(bool(categories), categories, manques, complexite)


def coupure_en_une_phrase(reponses: Reponses) -> str:
    """Question 1 as a sentence, "" when there is no cut: what fills question 3 without the RSA."""
    if reponses.ressources not in (Ressources.COUPEES, Ressources.BIENTOT):
        return ""
    mots = "depuis le" if reponses.ressources == Ressources.COUPEES else "à partir du"
    quand = f" {mots} {reponses.ressources_le:%d/%m/%Y}" if reponses.ressources_le else ""
    precision = f" : {_COUPURES[reponses.precision]}" if reponses.precision else ""
    return f"Ressources coupées{quand}{precision}."


def _question_3(reponses: Reponses, *, coupure: bool, rsa: bool) -> str:
    ecrit = reponses.complexite.strip()
    if not coupure or rsa:
        return ecrit
    phrase = coupure_en_une_phrase(reponses)
    # The person may have kept the sentence and completed it: it is not said twice.
    return ecrit if ecrit.startswith(phrase) else f"{phrase} {ecrit}".strip()
