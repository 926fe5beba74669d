"""Titles of columns as Départements write them, and what each is proposed to hold."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum

from relais.adaptateurs.fichier import FichierRefuse


class Champ(StrEnum):
    """What a column may hold that the screening reads."""

    NAISSANCE = "naissance"
    PRECISION = "précision de la naissance"
    NOM = "nom"
    CIVILITE = "civilité"
    NIR = "numéro de sécurité sociale"
    ROLE = "rôle"
    DROITS = "état du RSA"
    INAPTE = "inapte"
    SIGNALE = "RQTH"
    INVALIDITE = "invalidité"
    AAH = "AAH"
    SASPA = "Saspa"
    TRAVAILLE = "travaille"
    ACTIVITE = "activité (code de la CNAF)"
    FIN_D_ACTIVITE = "fin de l’activité"


# Compared once normalised: without accents, case, line breaks nor double spaces.
_CONNUS: dict[Champ, tuple[str, ...]] = {
    Champ.NAISSANCE: (
        *("date de naissance", "date naissance", "date_naissance", "naissance", "i_date_nai"),
        *("dtnai", "ddn", "ne le", "ne(e) le", "date de naissance beneficiaire"),
    ),
    Champ.PRECISION: ("typedtnai",),
    Champ.NOM: (
        *("nom", "nom beneficiaire", "nom individu", "nom de famille", "nom d'usage"),
        *("i_nom_usage", "nomnai", "nom de naissance", "i_nom_naissance"),
    ),
    Champ.CIVILITE: ("civilite", "qual", "sexe", "i_sexe"),
    Champ.NIR: (
        *("nir", "numero de securite sociale", "numero securite sociale", "numero secu"),
        "i_nir",
    ),
    Champ.ROLE: (
        *("role", "i_role", "rolepers", "role personne", "qualite beneficaire droit"),
        "qualite beneficiaire droit",
    ),
    Champ.DROITS: ("droits rsa", "etat_dossier", "etat dossier", "etatdosrsa"),
    Champ.INAPTE: ("inapte", "inaptitude"),
    Champ.SIGNALE: ("rqth", "rqth / aah oui / non", "rqth / aah", "rqth/aah", "rqth aah"),
    Champ.INVALIDITE: ("invalidite", "pension d'invalidite", "pension invalidite"),
    Champ.AAH: ("aah",),
    Champ.SASPA: ("saspa",),
    Champ.TRAVAILLE: ("travaille",),
    Champ.ACTIVITE: ("act",),
    Champ.FIN_D_ACTIVITE: ("dfact",),
}
_ALIAS = {alias: champ for champ, connus in _CONNUS.items() for alias in connus}
_CONTACTS = {"matricule", "numero demande rsa", "numero telephone dossier"}
_CHIFFRES = re.compile(r"[0-9]{4}")
_NUMERO = re.compile(r"\bn\s*[°º]\s*")


def normaliser(titre: str) -> str:
    """« N°⏎CAF » as it is compared: `numero caf`."""
    plat = unicodedata.normalize("NFKD", _NUMERO.sub("numero ", titre.casefold()))
    lettres = "".join(c for c in plat if not unicodedata.combining(c)).replace("’", "'")
    return " ".join(lettres.split()).rstrip("* ")


def est_une_naissance(titre: str) -> bool:
    """Is that the title of a birth date?"""
    return _ALIAS.get(normaliser(titre)) == Champ.NAISSANCE


def proposer(titres: Sequence[str]) -> dict[Champ, int]:
    """The column of each field, the first one where several would do.

    Raises FichierRefuse: no birth date, or two of them; the contact file of the CNAF.
    """
    normaux = [normaliser(titre) for titre in titres]
    if set(normaux) >= _CONTACTS:
        raise FichierRefuse(
            "C’est le fichier des contacts de la CNAF : il n’y a personne à repérer dedans."
            " Donnez le flux mensuel (XML) ou le tableau des bénéficiaires."
        )
    colonnes: dict[Champ, int] = {}
    for rang, normal in enumerate(normaux):
        champ = _ALIAS.get(normal)
        if champ == Champ.NAISSANCE and champ in colonnes:
            raise FichierRefuse("Deux colonnes donnent la date de naissance : gardez-en une.")
        if champ is not None:
            colonnes.setdefault(champ, rang)
    if Champ.NAISSANCE not in colonnes:
        raise FichierRefuse(_sans_naissance(titres, normaux))
    return colonnes


def dire(colonnes: Mapping[Champ, int], titres: Sequence[str]) -> list[str]:
    """What each column was taken for, a sentence each."""
    return [f"Colonne « {_montrer(titres[rang])} » : {champ}" for champ, rang in colonnes.items()]


def _sans_naissance(titres: Sequence[str], normaux: Sequence[str]) -> str:
    if any(_CHIFFRES.search(titre) for titre in titres):  # somebody's data: never quoted
        return "La première ligne ne porte pas de titres. Ajoutez-les, dont « Date de naissance »."
    dits = ", ".join(_montrer(titre) for titre in titres if titre.strip())[:500]
    if any(normal.split()[:1] == ["age"] for normal in normaux):
        debut = "Ce fichier donne un âge et pas de date de naissance : un âge ne suffit pas."
    else:
        debut = "Aucune colonne n’est une date de naissance."
    return f"{debut} Ajoutez une colonne « Date de naissance ». Titres lus : {dits}."


def _montrer(titre: str) -> str:
    """A title that reaches a terminal as text alone."""
    return "".join(c for c in " ".join(titre.split()) if c.isprintable())
