"""The trail: what was done, when, by which pseudonym, on which object. Nothing about anybody.

An act inserts its `Evenement`; PostgreSQL alone links it at commit, as a `Maillon` of the chain of
its organisation (0002_chaine.sql, docs/adr/0006-journal.md). No foreign key: a trail outlives what
it tells about. Nothing here is ever updated or deleted, by anybody. The heads are signed, and held
by the other party too (docs/adr/0020).
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Now
from django.db.models.lookups import Exact

from relais.journal.verificateur import Defaut
from relais.socle.donnees_personnelles import TECHNIQUE, communs

SYSTEME = "relais"  # the chain of what belongs to no organisation

MOTIF_ORGANISATION = r"^[a-z][a-z0-9-]{0,39}$"
_MOT = r"[a-z]+[0-9]{0,4}"
MOTIF_CODE = r"^[a-z]+(_[a-z]+)*$"
MOTIF_CLE = r"^[0-9a-f]{16}$"  # verificateur.identifiant
OCTETS_SIGNATURE = 64
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# A word of the code, a reference of fiche (with a code after a colon: why it was read), a month
# or a day, a UUID: neither a name nor a NIR.
MOTIF_OBJET = (
    rf"^({_MOT}([-_:.]{_MOT})*"
    rf"|[0-9A-Z]{{4}}-[0-9A-Z]{{4}}(:{_MOT}(_{_MOT})*)?"
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
    CLASSEMENT_ANNULE = "classement_annule"
    VERSEMENT_AU_DOSSIER = "versement_au_dossier"  # printed into the paper file
    VERSEMENT_ANNULE = "versement_annule"
    ACCOMPAGNEMENT_FINI = "accompagnement_fini"
    ACCOMPAGNEMENT_REPRIS = "accompagnement_repris"
    RSA_CLOS = "rsa_clos"
    RSA_ROUVERT = "rsa_rouvert"
    REVUE_DE_FICHE = "revue_de_fiche"  # the yearly look at a fiche on which nothing happened
    ATTRIBUTION = "attribution"  # given to an agent of the caisse by its responsable
    NOTE_D_APPEL = "note_d_appel"
    PHRASE_TYPE = "phrase_type"  # a stock phrase of the organisation was changed
    FICHE_COMPLETEE = "fiche_completee"  # a draft begun by another role is complete (annex 1)
    ABSENCE_DECLAREE = "absence_declaree"
    ABSENCE_ANNULEE = "absence_annulee"
    DOUBLON_SIGNALE = "doublon_signale"
    DYSFONCTIONNEMENT_SIGNALE = "dysfonctionnement_signale"
    DYSFONCTIONNEMENT_TRAITE = "dysfonctionnement_traite"
    # around the caseload
    IMPORT_DEPOSE = "import_depose"
    IMPORT_CONFIRME = "import_confirme"
    IMPORT_ANNULE = "import_annule"
    IMPORT_FAIT = "import_fait"
    PERSONNE_CONFIEE = "personne_confiee"
    PERSONNE_DEPLACEE = "personne_deplacee"  # to another TIS, by hand or by her address
    PERSONNE_CONTACTEE = "personne_contactee"
    PERSONNE_CORRIGEE = "personne_corrigee"  # what she declares of herself
    OBJECTIF_MODIFIE = "objectif_modifie"
    CONFLIT_DECIDE = "conflit_decide"
    OPPOSITION_RECUE = "opposition_recue"
    # reading
    LECTURE = "lecture"
    LECTURE_LISTE = "lecture_liste"
    RECHERCHE = "recherche"
    ETAT_CONSULTE = "etat_consulte"  # « Où en est-on ? », by reference
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
    COMPTE_INVITE = "compte_invite"
    INVITATION_ACCEPTEE = "invitation_acceptee"
    INVITATION_ANNULEE = "invitation_annulee"
    COMPTE_MODIFIE = "compte_modifie"
    COMPTE_DESACTIVE = "compte_desactive"
    COMPTE_REOUVERT = "compte_reouvert"
    IMPORT_D_AGENTS = "import_d_agents"
    EQUIPE_CREEE = "equipe_creee"
    EQUIPE_MODIFIEE = "equipe_modifiee"
    ROLE_PROPOSE = "role_propose"
    ROLE_REFUSE = "role_refuse"
    ROLE_DONNE = "role_donne"
    ROLE_RETIRE = "role_retire"
    REVUE_DES_DROITS = "revue_des_droits"
    FACTEURS_REINITIALISES = "facteurs_reinitialises"
    SESSION_TERMINEE = "session_terminee"
    CHANGEMENT_D_AFFECTATION = "changement_d_affectation"
    MOT_DE_PASSE_CHANGE = "mot_de_passe_change"
    SECOND_FACTEUR_AJOUTE = "second_facteur_ajoute"
    SECOND_FACTEUR_RETIRE = "second_facteur_retire"
    # erasure and operation
    DESTRUCTION_ENGAGEE = "destruction_engagee"
    DESTRUCTION = "destruction"
    RETENUE_POSEE = "retenue_posee"  # the DPO keeps a fiche from the purge
    RETENUE_LEVEE = "retenue_levee"
    CONSERVATION_RECALCULEE = "conservation_recalculee"
    RESTAURATION_REJOUEE = "restauration_rejouee"
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


class EvenementQuerySet(models.QuerySet["Evenement"]):
    def du_plus_recent(self, organisation: str) -> "EvenementQuerySet":
        """The journal of that organisation, the last act first, as pages show it."""
        return self.filter(organisation=organisation).order_by("-cree_le", "-id")

    def par_reference(self, reference: str) -> "EvenementQuerySet":
        """Acts on that fiche, whatever the code after its reference (MOTIF_OBJET).

        By comparison: behind the wall, PostgreSQL gives no index to LIKE.
        """
        return self.filter(objet__gte=reference, objet__lt=f"{reference};").exclude(objet="")

    def par_agent(self, pseudonyme: UUID) -> "EvenementQuerySet":
        return self.filter(agent=pseudonyme)

    def par_action(self, action: Action) -> "EvenementQuerySet":
        return self.filter(action=action)

    def entre(self, debut: datetime, fin: datetime) -> "EvenementQuerySet":
        """From `debut` on, before `fin`."""
        return self.filter(cree_le__gte=debut, cree_le__lt=fin)


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

    objects = EvenementQuerySet.as_manager()

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
            models.Index(
                fields=["organisation", "agent", "cree_le"],
                condition=Q(agent__isnull=False),
                name="journal_par_agent",
            ),
            models.Index(fields=["organisation", "action", "cree_le"], name="journal_par_action"),
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


class MaillonQuerySet(models.QuerySet["Maillon"]):
    def entre(self, organisation: str, debut: datetime, fin: datetime) -> "MaillonQuerySet":
        """The links made from `debut` on and before `fin`, in the order of the chain."""
        return self.filter(organisation=organisation, lie_le__gte=debut, lie_le__lt=fin).order_by(
            "sequence"
        )


class Maillon(models.Model):
    """The place of an event in the chain of its organisation. Written by the database alone.

    A sequence is unique in a month; from one to the next, by the lock of the chain (0008_mois.sql).
    """

    evenement = models.BigIntegerField(primary_key=True)
    organisation = models.CharField(max_length=40)
    sequence = models.BigIntegerField()
    lie_le = models.DateTimeField()  # the database clock under the lock: the order of the chain
    precedent = models.BinaryField()
    empreinte = models.BinaryField()

    objects = MaillonQuerySet.as_manager()

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


class ClePublique(models.Model):
    """A public key by which heads were signed; its identifier is a digest of it."""

    identifiant = models.CharField(max_length=16, primary_key=True)
    organisation = models.CharField(max_length=40)
    publique = models.BinaryField()
    vue_le = models.DateTimeField(db_default=Now())

    class DonneesPersonnelles:
        champs: ClassVar = communs("identifiant organisation publique vue_le", TECHNIQUE)


class RepereQuerySet(models.QuerySet["Repere"]):
    def de(self, chaine: str) -> "RepereQuerySet":
        """Those of that chain, in the order they came."""
        return self.filter(organisation=chaine).order_by("pk")

    def signant(self, debut: int, fin: int) -> "RepereQuerySet":
        """Those of a head between these two sequences, both included."""
        return self.filter(sequence__gte=debut, sequence__lte=fin)

    def avant(self, instant: datetime) -> "RepereQuerySet":
        return self.filter(signe_le__lt=instant)


class Repere(models.Model):
    """A head of a chain, signed. Held by whom it belongs to, and by the other party."""

    id = models.BigAutoField(primary_key=True)
    detenteur = models.CharField(max_length=40)
    organisation = models.CharField(max_length=40)  # whose chain
    numero = models.BigIntegerField()  # from 1, without a gap
    sequence = models.BigIntegerField()
    empreinte = models.BinaryField()
    signe_le = models.DateTimeField()  # the database clock
    cle = models.CharField(max_length=16)  # ClePublique.identifiant
    signature = models.BinaryField()
    recu_le = models.DateTimeField(db_default=Now())

    objects = RepereQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["detenteur", "organisation", "numero"], name="journal_repere_numero_unique"
            ),
            models.CheckConstraint(
                condition=Q(numero__gt=0, sequence__gte=0), name="journal_repere_nombres"
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "detenteur organisation numero sequence empreinte signe_le cle signature recu_le",
            TECHNIQUE,
        )


class VerdictQuerySet(models.QuerySet["Verdict"]):
    def sur(self, chaine: str) -> "VerdictQuerySet":
        """The verifications of that chain, the last first."""
        return self.filter(chaine=chaine).order_by("-pk")

    def fautifs(self) -> "VerdictQuerySet":
        return self.exclude(defaut="")

    def entre(self, debut: datetime, fin: datetime) -> "VerdictQuerySet":
        return self.filter(faite_le__gte=debut, faite_le__lt=fin)


class Verdict(models.Model):
    """What an organisation found when it verified a chain: its own, or what it received of one."""

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    chaine = models.CharField(max_length=40)
    faite_le = models.DateTimeField()
    actes = models.BigIntegerField()  # read again, of its own chain alone
    reperes = models.BigIntegerField()  # whose signature was verified
    dernier = models.BigIntegerField()  # number of the last one
    defaut = models.CharField(max_length=10, blank=True, choices=_choix(Defaut))  # empty: intact
    ou = models.BigIntegerField(default=0)  # the sequence, or the number of the checkpoint

    objects = VerdictQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation", "chaine", "id"], name="journal_verdicts")
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "organisation chaine faite_le actes reperes dernier defaut ou", TECHNIQUE
        )


class CertificatQuerySet(models.QuerySet["Certificat"]):
    def detruits_entre(
        self, organisation: str, debut: datetime, fin: datetime
    ) -> "CertificatQuerySet":
        """Those of a key destroyed from `debut` on and before `fin`, the last first."""
        siens = self.filter(organisation=organisation)
        siens = siens.filter(detruite_le__gte=debut, detruite_le__lt=fin)
        return siens.order_by("-detruite_le", "-pk")

    def dernier(self, organisation: str) -> "Certificat | None":
        return self.filter(organisation=organisation).order_by("-detruite_le", "-pk").first()


class Certificat(models.Model):
    """The proof that the key of one object was destroyed: when, by which rule, signed.

    The object was unreadable at `detruite_le` at the latest. Nothing of what it held; kept as the
    archives' bordereau is, whatever becomes of the events.
    """

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    genre = models.CharField(max_length=30)
    objet_id = models.UUIDField()
    regle = models.CharField(max_length=40)  # regles.effacement.Cause
    du_le = models.DateTimeField()
    detruite_le = models.DateTimeField()
    generation = models.PositiveBigIntegerField()  # of the key store, once it was done
    cle = models.CharField(max_length=16, blank=True, default="")  # ClePublique; "": version 1
    signature = models.BinaryField()

    objects = CertificatQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cle="") | Q(cle__regex=MOTIF_CLE), name="journal_certificat_cle"
            ),
            models.CheckConstraint(
                condition=Q(organisation__regex=MOTIF_ORGANISATION),
                name="journal_certificat_organisation",
            ),
            models.CheckConstraint(
                condition=Q(genre__regex=MOTIF_CODE, regle__regex=MOTIF_CODE),
                name="journal_certificat_codes",
            ),
            models.CheckConstraint(
                condition=Exact(Length("signature"), OCTETS_SIGNATURE),
                name="journal_certificat_signature",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation", "detruite_le"], name="journal_certificat_date"),
            models.Index(fields=["organisation", "objet_id"], name="journal_certificat_objet"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id organisation genre objet_id regle du_le detruite_le generation cle signature",
            ("prouver l’effacement (convention, art. 5.2 a)", "gardé comme le bordereau"),
        )


class MoisSupprime(models.Model):
    """What a chain lost with a month past its retention: its head and its count, signed.

    Written with the drop, in one transaction; the database compares it with the month.
    """

    id = models.BigAutoField(primary_key=True)
    organisation = models.CharField(max_length=40)
    fin = models.DateTimeField()  # the links made before it are gone
    sequence = models.BigIntegerField()  # of the last of them
    empreinte = models.BinaryField()
    nombre = models.BigIntegerField()
    supprime_le = models.DateTimeField()  # the database clock
    cle = models.CharField(max_length=16)  # ClePublique.identifiant
    signature = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "fin"], name="journal_moissupprime_fin_unique"
            ),
            models.CheckConstraint(
                condition=Q(nombre__gt=0, sequence__gte=F("nombre")),
                name="journal_moissupprime_nombres",
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id organisation fin sequence empreinte nombre supprime_le cle signature", TECHNIQUE
        )
