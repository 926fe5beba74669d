"""The trail: what was done, when, by which pseudonym, on which object. Nothing about anybody.

An act inserts its `Evenement`; PostgreSQL alone links it at commit, as a `Maillon` of the chain of
its organisation (0002_chaine.sql, docs/adr/0006-journal.md). No foreign key: a trail outlives what
it tells about. Nothing here is ever updated or deleted, by anybody.
"""

from enum import StrEnum
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from relais.socle.donnees_personnelles import TECHNIQUE

SYSTEME = "relais"  # the chain of what belongs to no organisation

MOTIF_ORGANISATION = r"^[a-z][a-z0-9-]{0,39}$"
_MOT = r"[a-z]+[0-9]{0,4}"
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# A word of the code, a reference of fiche, a month or a day, a UUID: neither a name nor a NIR.
MOTIF_OBJET = (
    rf"^({_MOT}([-_:.]{_MOT})*"
    r"|[0-9A-Z]{4}-[0-9A-Z]{4}"
    r"|[0-9]{4}-[0-9]{2}(-[0-9]{2})?"
    rf"|{_UUID})?$"
)


class Action(StrEnum):
    """What can be journaled. Adding one is a migration: the database knows the list."""

    # the circuit: the values of regles.circuit.Geste
    TRANSMETTRE = "transmettre"
    PRENDRE_EN_CHARGE = "prendre_en_charge"
    DONNER_ETAPE = "donner_etape"
    DEMANDER_COMPLEMENT = "demander_complement"
    COMPLETER = "completer"
    REPONDRE = "repondre"
    DIRE_HORS_PERIMETRE = "dire_hors_perimetre"
    RAPPELER = "rappeler"
    RETIRER = "retirer"
    CORRIGER = "corriger"
    REDEMANDER = "redemander"
    CLORE = "clore"
    CLORE_AVEC_REPONSE = "clore_avec_reponse"
    CLORE_D_OFFICE = "clore_d_office"
    ROUVRIR = "rouvrir"
    SUPPRIMER = "supprimer"
    # around the fiche
    BROUILLON_CREE = "brouillon_cree"
    BROUILLON_SUPPRIME = "brouillon_supprime"
    DEPOT_DECLARE = "depot_declare"  # on a channel outside of this product (BlueFiles)
    DEPOT_RECU = "depot_recu"  # written in the chain of who receives
    TRANSMISSION_DE_MAIN = "transmission_de_main"  # handed over to a colleague
    CLASSEMENT = "classement"  # filed by the caisse in its business application
    VERSEMENT_AU_DOSSIER = "versement_au_dossier"  # printed into the paper file
    DOUBLON_SIGNALE = "doublon_signale"
    DYSFONCTIONNEMENT_SIGNALE = "dysfonctionnement_signale"
    # reading
    LECTURE = "lecture"
    LECTURE_LISTE = "lecture_liste"
    RECHERCHE = "recherche"
    COPIE_NIR = "copie_nir"
    DOCUMENT_IMPRIME = "document_imprime"
    EXPORT = "export"
    ACCES_REFUSE = "acces_refuse"
    # accounts
    CONNEXION = "connexion"
    CONNEXION_REFUSEE = "connexion_refusee"
    DECONNEXION = "deconnexion"
    COMPTE_VERROUILLE = "compte_verrouille"
    COMPTE_CREE = "compte_cree"
    COMPTE_DESACTIVE = "compte_desactive"
    ROLE_DONNE = "role_donne"
    ROLE_RETIRE = "role_retire"
    CHANGEMENT_D_AFFECTATION = "changement_d_affectation"
    MOT_DE_PASSE_CHANGE = "mot_de_passe_change"
    SECOND_FACTEUR_AJOUTE = "second_facteur_ajoute"
    SECOND_FACTEUR_RETIRE = "second_facteur_retire"
    # erasure and operation
    DESTRUCTION_ENGAGEE = "destruction_engagee"
    DESTRUCTION = "destruction"
    COURRIEL_ABANDONNE = "courriel_abandonne"
    CONVENTION_ENREGISTREE = "convention_enregistree"


class Issue(StrEnum):
    """How it ended."""

    FAIT = "fait"
    REFUSE = "refuse"
    ECHEC = "echec"


def _choix(enumeration: type[StrEnum]) -> list[tuple[str, str]]:
    return [(valeur.value, valeur.value) for valeur in enumeration]


def _parmi(champ: str, enumeration: type[StrEnum], nom: str) -> models.CheckConstraint:
    valeurs = sorted(valeur.value for valeur in enumeration)
    return models.CheckConstraint(condition=Q((f"{champ}__in", valeurs)), name=nom)


TRACE = ("tracer les opérations (convention, art. 5.2 d)", "supprimé au bout de 36 mois")


class Evenement(models.Model):
    """One act. `id` and `cree_le` are set by the database whatever the caller gives."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    agent = models.UUIDField(null=True)  # Agent.pseudonyme; null: the system, or nobody known
    action = models.CharField(max_length=40, choices=_choix(Action))
    objet = models.CharField(max_length=100, blank=True, default="")
    issue = models.CharField(max_length=10, choices=_choix(Issue), default=Issue.FAIT.value)
    nombre = models.PositiveIntegerField(default=1)  # grouped reads: how many objects
    cree_le = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(organisation__regex=MOTIF_ORGANISATION),
                name="journal_evenement_organisation",
            ),
            models.CheckConstraint(
                condition=Q(objet__regex=MOTIF_OBJET), name="journal_evenement_objet"
            ),
            _parmi("action", Action, "journal_evenement_action"),
            _parmi("issue", Issue, "journal_evenement_issue"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "cree_le"], name="journal_par_date"),
            models.Index(
                fields=["organisation", "objet"], condition=~Q(objet=""), name="journal_par_objet"
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = {
            "organisation": TECHNIQUE,
            "agent": TRACE,
            "action": TRACE,
            "objet": TRACE,
            "issue": TRACE,
            "nombre": TECHNIQUE,
            "cree_le": TRACE,
        }


class Maillon(models.Model):
    """The place of an event in the chain of its organisation. Written by the database alone."""

    evenement = models.BigIntegerField(primary_key=True)
    organisation = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    lie_le = models.DateTimeField()  # the database clock under the lock: the order of the chain
    precedent = models.BinaryField()
    empreinte = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "sequence"], name="journal_maillon_sequence_unique"
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            ("evenement", "organisation", "sequence", "lie_le", "precedent", "empreinte"), TECHNIQUE
        )


class Chaine(models.Model):
    """The head of the chain of an organisation: its last sequence and digest, and its lock."""

    organisation = models.CharField(max_length=40, primary_key=True)
    sequence = models.BigIntegerField()
    empreinte = models.BinaryField()

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(("organisation", "sequence", "empreinte"), TECHNIQUE)
