"""The retentions, one line each: what is kept, from when, how long, by which article and reference.

One registry for the art. 30 register, the DPO's page and the archives' bordereau. The values are
the convention file's; what is not there is not kept without end: it says so in its own line.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from relais.regles.convention import Convention, Datee
from relais.regles.effacement import Cause


class Unite(StrEnum):
    """Of a retention. Hours, minutes and days are elapsed ones; months and years, calendar ones."""

    MINUTES = "minutes"
    HEURES = "heures"
    JOURS = "jours"
    MOIS = "mois"
    ANS = "ans"


class Qui(StrEnum):
    """Whose data it is (article 5.2 b: each party answers for its own)."""

    DEPARTEMENT = "departement"
    CAISSE = "caisse"
    CHACUN = "chacun"  # each party, or the service itself


@dataclass(frozen=True, slots=True)
class Regle:
    """One retention. `code` is what events and certificates bear; `cle`, its key in the file."""

    code: str
    quoi: str
    depuis: str
    cle: str
    unite: Unite
    qui: Qui


# Neither accounts nor bases bear a key: their end is an event, without certificate.
COMPTE, INVITATION, BASE_DE_COTE = "compte", "invitation", "base_de_cote"

REGLES: tuple[Regle, ...] = (
    Regle(
        Cause.EXEMPLAIRE_CAISSE,
        "L’exemplaire de la caisse : demandes, réponses, signature",
        "l’envoi de chaque message",
        "caisse_jours",
        Unite.JOURS,
        Qui.CAISSE,
    ),
    Regle(
        Cause.NOTE_CAISSE,
        "Les notes d’appel de la caisse",
        "l’envoi de la demande qu’elles concernent",
        "caisse_jours",
        Unite.JOURS,
        Qui.CAISSE,
    ),
    Regle(
        Cause.BROUILLON,
        "Le brouillon jamais envoyé, la fiche rappelée",
        "le dernier enregistrement, ou le rappel",
        "brouillon_jours",
        Unite.JOURS,
        Qui.DEPARTEMENT,
    ),
    Regle(
        Cause.APRES_RSA,
        "L’exemplaire du Département et le suivi de la fiche, droit au RSA clos",
        "la clôture du droit au RSA, une fois l’accompagnement fini",
        "departement_apres_rsa_ans",
        Unite.ANS,
        Qui.DEPARTEMENT,
    ),
    Regle(
        Cause.SANS_CLOTURE,
        "L’exemplaire du Département et le suivi de la fiche, sans RSA ou sans clôture connue",
        "la fin de l’accompagnement",
        "departement_sans_rsa_ans",
        Unite.ANS,
        Qui.DEPARTEMENT,
    ),
    Regle(
        "journal",
        "Les événements du journal",
        "chaque événement",
        "journal_mois",
        Unite.MOIS,
        Qui.CHACUN,
    ),
    Regle(
        Cause.PERSONNE_REPEREE,
        "Les personnes repérées",
        "le dernier fichier qui parle d’elles",
        "donnees_reperage_mois",
        Unite.MOIS,
        Qui.DEPARTEMENT,
    ),
    Regle(
        Cause.DEPOT,
        "Les fichiers donnés pour le repérage, le temps de les lire",
        "leur arrivée",
        "depot_heures",
        Unite.HEURES,
        Qui.DEPARTEMENT,
    ),
    Regle(
        Cause.EXPORT,
        "Les exports de listes, s’ils n’ont pas été pris",
        "leur préparation",
        "export_heures",
        Unite.HEURES,
        Qui.DEPARTEMENT,
    ),
    Regle(
        "correspondance",
        "Le sens des titres de colonnes des tableaux, choisi à la lecture",
        "le dernier fichier qui porte ce titre",
        "correspondance_mois",
        Unite.MOIS,
        Qui.DEPARTEMENT,
    ),
    Regle(
        "opposition",
        "Les oppositions, en empreintes",
        "leur réception",
        "opposition_mois",
        Unite.MOIS,
        Qui.DEPARTEMENT,
    ),
    Regle(
        "dysfonctionnement",
        "Les signalements de dysfonctionnement",
        "leur clôture",
        "dysfonctionnement_mois",
        Unite.MOIS,
        Qui.CHACUN,
    ),
    Regle(
        "courriel",
        "Les courriels partis ou abandonnés, sans adresse ni texte",
        "leur écriture",
        "courriel_jours",
        Unite.JOURS,
        Qui.CHACUN,
    ),
    Regle("point", "Les points du jour", "leur jour", "point_jours", Unite.JOURS, Qui.CHACUN),
    Regle(
        "lien",
        "Les invitations et les liens à usage unique",
        "leur expiration",
        "lien_jours",
        Unite.JOURS,
        Qui.CHACUN,
    ),
    Regle("seance", "Les sessions", "leur fin", "seance_heures", Unite.HEURES, Qui.CHACUN),
    Regle(
        "saisie",
        "La saisie envoyée sur une session fermée",
        "son envoi",
        "saisie_minutes",
        Unite.MINUTES,
        Qui.CHACUN,
    ),
    Regle(
        "facteur",
        "Le second facteur d’un compte fermé",
        "la fermeture du compte",
        "facteur_jours",
        Unite.JOURS,
        Qui.CHACUN,
    ),
    Regle(
        COMPTE,
        "Le compte fermé : nom, adresse, téléphone, rôles",
        "la fermeture du compte",
        "compte_mois",
        Unite.MOIS,
        Qui.CHACUN,
    ),
    Regle(
        INVITATION,
        "La personne invitée qui n’est jamais venue",
        "le dernier envoi de son invitation",
        "invitation_jours",
        Unite.JOURS,
        Qui.CHACUN,
    ),
    Regle(
        "copie_coffre",
        "Les copies de secours des clés",
        "chaque copie",
        "copie_coffre_heures",
        Unite.HEURES,
        Qui.CHACUN,
    ),
    Regle(
        "sauvegarde",
        "Les sauvegardes de la base, sans les clés",
        "chaque sauvegarde",
        "sauvegarde_jours",
        Unite.JOURS,
        Qui.CHACUN,
    ),
    Regle(
        BASE_DE_COTE,
        "L’ancienne base, après une restauration",
        "la restauration",
        "base_de_cote_heures",
        Unite.HEURES,
        Qui.CHACUN,
    ),
)
# What ends by an act, or by the paper file, bears the archives reference of the object that ends.
_CLES: dict[str, str] = {
    **{regle.code: regle.cle for regle in REGLES},
    Cause.DOSSIER_PAPIER: "support_long",
    Cause.BROUILLON_FINI: "brouillon_jours",
    Cause.SUPPRESSION: "brouillon_jours",
    Cause.RAPPEL: "caisse_jours",
    Cause.RETRAIT: "caisse_jours",
    Cause.NOTE_RETIREE: "caisse_jours",
    Cause.OPPOSITION: "donnees_reperage_mois",
    Cause.SANS_OBJET: "donnees_reperage_mois",
    Cause.DEPOT_FINI: "depot_heures",
    Cause.EXPORT_PRIS: "export_heures",
    Cause.RESTAURATION: "caisse_jours",
    Cause.ORPHELINE: "brouillon_jours",
}
LIBELLES_CAUSE: dict[str, str] = {
    Cause.EXEMPLAIRE_CAISSE: "Exemplaire de la caisse, à son échéance",
    Cause.NOTE_CAISSE: "Note d’appel de la caisse, à son échéance",
    Cause.BROUILLON: "Brouillon ou fiche rappelée, à son échéance",
    Cause.APRES_RSA: "Fiche du Département, après la clôture du RSA",
    Cause.SANS_CLOTURE: "Fiche du Département, après l’accompagnement",
    Cause.DOSSIER_PAPIER: "Fiche du Département, versée au dossier papier",
    Cause.BROUILLON_FINI: "Brouillon envoyé ou abandonné",
    Cause.RAPPEL: "Exemplaire de la caisse, fiche rappelée",
    Cause.RETRAIT: "Exemplaire de la caisse, fiche retirée",
    Cause.SUPPRESSION: "Fiche supprimée par son auteur",
    Cause.NOTE_RETIREE: "Note d’appel retirée par son auteur",
    Cause.PERSONNE_REPEREE: "Personne repérée, à son échéance",
    Cause.DEPOT: "Fichier du repérage, à son échéance",
    Cause.EXPORT: "Export de liste, à son échéance",
    Cause.OPPOSITION: "Personne repérée, sur son opposition, et listes qui pouvaient la nommer",
    Cause.SANS_OBJET: "Personne repérée, plus concernée, et listes qui pouvaient la nommer",
    Cause.DEPOT_FINI: "Fichier du repérage, lu ou abandonné",
    Cause.EXPORT_PRIS: "Export de liste, pris par son auteur",
    Cause.RESTAURATION: "Effacé à nouveau après une restauration",
    Cause.ORPHELINE: "Clé dont le document n’a jamais été enregistré",
}
# Of all that an event or a dry run tells of.
LIBELLES: dict[str, str] = {regle.code: regle.quoi for regle in REGLES} | LIBELLES_CAUSE


@dataclass(frozen=True, slots=True)
class EnVigueur:
    """A retention as it stands on a day. `valeur` None: kept as long as the convention."""

    regle: Regle
    valeur: int | None
    source: str
    archives: str

    @property
    def duree(self) -> str:
        """« 1 jour », « 5 ans »; empty when it is kept as long as the convention."""
        if self.valeur is None:
            return ""
        unite = str(self.regle.unite)
        invariable = self.valeur > 1 or self.regle.unite == Unite.MOIS
        return f"{self.valeur} {unite if invariable else unite.removesuffix('s')}"


def en_vigueur(convention: Convention, *, jour: date) -> list[EnVigueur]:
    """Every retention of that convention on that day, in the order of the register."""
    lignes = []
    for regle in REGLES:
        serie: Datee[int] = getattr(convention.conservation, regle.cle)
        ligne = serie.ligne_au(jour)
        if ligne is None:
            lignes.append(EnVigueur(regle, None, "Gardé avec la convention", ""))
        else:
            lignes.append(EnVigueur(regle, ligne.valeur, ligne.source, ligne.archives))
    return lignes


def archives_de(cause: str, *, convention: Convention, jour: date) -> str:
    """The archives reference or waiver under which something was destroyed on that day."""
    serie = getattr(convention.conservation, _CLES[cause])
    ligne = serie.ligne_au(jour)
    return ligne.archives if ligne else ""
