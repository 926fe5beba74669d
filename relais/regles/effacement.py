"""Why something was erased: what its certificate and the archives' bordereau say of it."""

from enum import StrEnum


class Cause(StrEnum):
    """A date of the convention that has come, or an act. Certificates bear it: never renamed."""

    # a date (relais.regles.conservation)
    EXEMPLAIRE_CAISSE = "exemplaire_caisse"
    NOTE_CAISSE = "note_caisse"
    BROUILLON = "brouillon"  # never sent, recalled and left there, or given up
    APRES_RSA = "apres_rsa"
    SANS_CLOTURE = "sans_cloture"
    DOSSIER_PAPIER = "dossier_papier"
    PERSONNE_REPEREE = "personne_reperee"
    DEPOT = "depot"  # a file of the caseload, 24 hours after it came
    EXPORT = "export"  # a list that its author did not fetch
    # an act
    BROUILLON_FINI = "brouillon_fini"  # sent, or thrown away by who wrote it
    RAPPEL = "rappel"
    RETRAIT = "retrait"
    SUPPRESSION = "suppression"
    NOTE_RETIREE = "note_retiree"
    OPPOSITION = "opposition"
    SANS_OBJET = "sans_objet"  # screened no more: outside of what is kept
    DEPOT_FINI = "depot_fini"  # stored, cancelled or refused
    EXPORT_PRIS = "export_pris"  # fetched: it is on the computer of its author
    # a restore: its key is in the store no more
    RESTAURATION = "restauration"
    # a key whose object never came: the act was undone, or its process killed
    ORPHELINE = "orpheline"
