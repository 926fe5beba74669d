"""Titles of columns as Départements write them, and what each is proposed to hold."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

from relais.adaptateurs.fichier import FichierRefuse


class Champ(StrEnum):
    """What a column may hold that is read."""

    NAISSANCE = "naissance"
    PRECISION = "précision de la naissance"
    NOM = "nom"
    NOM_NAISSANCE = "nom de naissance"
    PRENOM = "prénom"
    CIVILITE = "civilité"
    NIR = "numéro de sécurité sociale"
    ROLE = "rôle"
    PRESTATION = "prestation (code de la CNAF)"
    DROITS = "état du RSA"
    INAPTE = "inapte"
    SIGNALE = "RQTH"
    INVALIDITE = "invalidité"
    AAH = "AAH"
    SASPA = "Saspa"
    TRAVAILLE = "travaille"
    ACTIVITE = "activité (code de la CNAF)"
    FIN_D_ACTIVITE = "fin de l’activité"
    MATRICULE = "numéro d’allocataire"
    DEMANDE = "numéro de demande de RSA"
    ADRESSE = "adresse"
    COMPLEMENT = "complément d’adresse"
    CODE_POSTAL = "code postal"
    VILLE = "ville"
    CP_VILLE = "code postal et ville"
    INSEE = "code Insee de la commune"
    TELEPHONE = "téléphone"
    MAIL = "adresse mail"


# What the screening does without: read when people are to be stored.
A_CONSERVER = frozenset(
    {
        *(Champ.PRENOM, Champ.MATRICULE, Champ.DEMANDE, Champ.ADRESSE, Champ.COMPLEMENT),
        *(Champ.CODE_POSTAL, Champ.VILLE, Champ.CP_VILLE, Champ.INSEE, Champ.TELEPHONE),
        Champ.MAIL,
    }
)
EN_PLUSIEURS = frozenset(
    {Champ.PRENOM, Champ.ADRESSE, Champ.COMPLEMENT, Champ.TELEPHONE, Champ.MAIL}
)
NOMS = frozenset({Champ.NOM, Champ.NOM_NAISSANCE})
# Compared once normalised: without accents, case, line breaks nor double spaces.
_CONNUS: dict[Champ, tuple[str, ...]] = {
    Champ.NAISSANCE: (
        *("date de naissance", "date naissance", "date_naissance", "naissance", "i_date_nai"),
        *("dtnai", "ddn", "ne le", "ne(e) le", "date de naissance beneficiaire"),
    ),
    Champ.PRECISION: ("typedtnai",),
    Champ.NOM: (
        *("nom", "nom beneficiaire", "nom individu", "nom de famille", "nom d'usage"),
        *("nom usage", "nom usuel", "i_nom_usage"),
    ),
    Champ.NOM_NAISSANCE: (
        *("nomnai", "nom de naissance", "nom naissance", "i_nom_naissance", "nom jf"),
        *("nom de jeune fille", "nom patronymique"),
    ),
    Champ.PRENOM: (
        *("prenom", "prenoms", "prenom(s)", "prenom beneficiaire", "prenom individu"),
        *("i_prenoms", "i_prenom", "prenom2", "prenom3", "prenom usuel"),
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
    Champ.PRESTATION: ("natprest",),
    Champ.DROITS: ("droits rsa", "etat_dossier", "etat dossier", "etatdosrsa"),
    Champ.INAPTE: ("inapte", "inaptitude"),
    Champ.SIGNALE: ("rqth", "rqth / aah oui / non", "rqth / aah", "rqth/aah", "rqth aah"),
    Champ.INVALIDITE: ("invalidite", "pension d'invalidite", "pension invalidite"),
    Champ.AAH: ("aah",),
    Champ.SASPA: ("saspa",),
    Champ.TRAVAILLE: ("travaille",),
    Champ.ACTIVITE: ("act",),
    Champ.FIN_D_ACTIVITE: ("dfact",),
    Champ.MATRICULE: (
        *("numero caf", "numero allocataire", "numero allocataire caf", "numero d'allocataire"),
        *("numero allocataire caf/msa", "numero caf/msa", "i_numcaf", "numcaf", "matricule"),
        "numero msa",
    ),
    Champ.DEMANDE: ("numero demande rsa", "numero de demande rsa", "numdemrsa"),
    Champ.ADRESSE: (
        *("adresse", "adresse postale", "adresse beneficiaire", "adre1", "adre2", "adre3"),
        *("numvoie", "libtypevoie", "nomvoie", "adr_numvoie", "adr_libtypevoie", "adr_nomvoie"),
        "adr_typevoie",
    ),
    Champ.COMPLEMENT: (
        *("complement adresse", "complement d'adresse", "adresse (complement)", "lieudist"),
        *("compadre1", "compadre2", "adr_complideadr", "adr_compladr", "adr_lieudist"),
        "complement",
    ),
    Champ.CODE_POSTAL: ("code postal", "cp", "codepos", "adr_codepos", "code_postal"),
    Champ.VILLE: ("ville", "commune", "nomcom", "adr_nomcom", "localite"),
    Champ.CP_VILLE: ("cp ville", "cp/ville", "cp - ville", "code postal ville", "cp et ville"),
    Champ.INSEE: (
        *("code insee", "insee", "numcom", "adr_numcom", "code insee commune", "commune insee"),
        "code commune insee",
    ),
    Champ.TELEPHONE: (
        *("telephone", "telephones", "numero telephone", "numero telephones", "tel"),
        *("numero de telephone", "numero(s) de telephone", "telephone individu", "portable"),
        *("telephone portable", "telephone fixe", "telephone mobile", "mobile", "i_telephone"),
        *("telephone 1", "telephone 2", "tel portable", "tel fixe", "numtel"),
    ),
    Champ.MAIL: (
        *("mail", "email", "e-mail", "courriel", "adresse mail", "adresses mails", "mails"),
        *("adresse email", "adresse electronique", "mail individu", "i_mail", "i_email"),
    ),
}
_ALIAS = {alias: champ for champ, connus in _CONNUS.items() for alias in connus}
_CONTACTS = {"matricule", "numero demande rsa", "numero telephone dossier"}
# Yes and no in a cell, normalised as a title is.
OUI = frozenset({"1", "o", "oui", "x", "true", "vrai"})
NON = frozenset({"", "0", "n", "non", "false", "faux"})
RANGEES = 20  # a sheet may bear a few lines above its titles
LONGUEUR = 200  # of a title, as it is kept
SANS_TITRES = "La première ligne ne porte pas de titres. Ajoutez-les, dont « Date de naissance »."
# A date, a phone, a number: four digits or more, whatever parts them.
_DONNEE = re.compile(r"@|(?:[0-9][\s./-]*){4}")
_A_TAIRE = re.compile(r"@|[0-9].*[0-9]", re.DOTALL)
_NUMERO = re.compile(r"\bn\s*[°º]\s*")

Colonnes = Mapping[Champ, tuple[int, ...]]
Choisies = Mapping[str, Champ | None]
"""Normalised title → field, as the users of an organisation said; None: not read."""


def normaliser(titre: str) -> str:
    """« N°⏎CAF » as it is compared: `numero caf`."""
    plat = unicodedata.normalize("NFKD", _NUMERO.sub("numero ", titre.casefold()))
    lettres = "".join(c for c in plat if not unicodedata.combining(c)).replace("’", "'")
    return " ".join(lettres.split()).rstrip("* ")


def est_une_naissance(titre: str, choisies: Choisies = MappingProxyType({})) -> bool:
    """Is that the title of a birth date?"""
    return champ_de(normaliser(titre), choisies) == Champ.NAISSANCE


def champ_de(normal: str, choisies: Choisies = MappingProxyType({})) -> Champ | None:
    """What a normalised title is taken for: as somebody chose, else as it is known."""
    return choisies[normal] if normal in choisies else _ALIAS.get(normal)


def connus(rangee: Sequence[str], choisies: Choisies = MappingProxyType({})) -> int:
    """How many different things the cells of a row are known titles of."""
    champs = {champ_de(normaliser(case), choisies) for case in rangee}
    return len(champs - {None})


def est_de_contacts(titres: Sequence[str]) -> bool:
    """Are those the titles of the contact file of the CNAF?"""
    return {normaliser(titre) for titre in titres} >= _CONTACTS


def proposer(
    titres: Sequence[str], choisies: Choisies = MappingProxyType({})
) -> list[Champ | None]:
    """What each column is proposed to hold, None for what is not read.

    Where several would do, the first one; all of them for what may stand in several, and for the
    birth date, of which only a person can say which one is meant.
    """
    champs: list[Champ | None] = []
    for titre in titres:
        champ = champ_de(normaliser(titre), choisies)
        seul = champ not in EN_PLUSIEURS and champ != Champ.NAISSANCE
        champs.append(None if seul and champ in champs else champ)
    return champs


def ranger(titres: Sequence[str], champs: Sequence[Champ | None]) -> Colonnes:
    """The columns of each field.

    Raises FichierRefuse: no birth date, or two of them; the contact file of the CNAF.
    """
    if est_de_contacts(titres):
        raise FichierRefuse(
            "C’est le fichier des contacts de la CNAF : il n’y a personne à repérer dedans."
            " Donnez le flux mensuel (XML) ou le tableau des bénéficiaires."
        )
    colonnes: dict[Champ, tuple[int, ...]] = {}
    for rang, champ in enumerate(champs):
        if champ == Champ.NAISSANCE and champ in colonnes:
            raise FichierRefuse("Deux colonnes donnent la date de naissance : gardez-en une.")
        if champ is not None:
            colonnes[champ] = (*colonnes.get(champ, ()), rang)
    if Champ.NAISSANCE not in colonnes:
        raise FichierRefuse(_sans_naissance(titres, [normaliser(titre) for titre in titres]))
    return colonnes


def dire(colonnes: Colonnes, titres: Sequence[str]) -> list[str]:
    """What each column was taken for, a sentence each, then the known ones that are not read."""
    lues = {rang: champ for champ, rangs in colonnes.items() for rang in rangs}
    connues = {rang: champ_de(normaliser(titre)) for rang, titre in enumerate(titres)}
    return [f"Colonne « {montrer(titres[rang])} » : {champ}" for rang, champ in lues.items()] + [
        f"Colonne « {montrer(titres[rang])} » : pas lue, une autre donne déjà « {champ} »"
        for rang, champ in connues.items()
        if champ in colonnes and rang not in lues
    ]


def sont_des_titres(rangee: Sequence[str], choisies: Choisies = MappingProxyType({})) -> bool:
    """Does that row look like titles, and not like somebody's data?"""
    connus = sum(champ_de(normaliser(titre), choisies) is not None for titre in rangee)
    return connus > 1 or not any(_DONNEE.search(titre) for titre in rangee)


def sont_reconnus(normaux: Sequence[str]) -> bool:
    """Are two of these titles known without anybody's help? What is chosen of others is kept."""
    return len(_ALIAS.keys() & set(normaux)) > 1


def peut_se_garder(normal: str) -> bool:
    """A title in clear without an end: none with an @, nor with more than one digit."""
    return not _A_TAIRE.search(normal)


def _sans_naissance(titres: Sequence[str], normaux: Sequence[str]) -> str:
    """Never a title: what stands in their place may be somebody's data."""
    if not sont_des_titres(titres):
        return SANS_TITRES
    if any(normal.split()[:1] == ["age"] for normal in normaux):
        debut = "Ce fichier donne un âge et pas de date de naissance : un âge ne suffit pas."
    else:
        debut = "Aucune colonne n’est une date de naissance."
    return f"{debut} Ajoutez une colonne « Date de naissance »."


def montrer(titre: str) -> str:
    """A title that reaches a terminal as text alone."""
    return "".join(c for c in " ".join(titre.split()) if c.isprintable())
