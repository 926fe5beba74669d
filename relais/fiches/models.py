"""The fiche de liaison and its circuit. Nothing in clear here names a person or a situation.

Two parties, two controllers: each message (`Envoi`) has one encrypted copy (`Exemplaire`) by
holder, each with its own key and its own date of deletion (convention, art. 5.2).
"""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from relais.annuaire.models import Affectation, Agent, Convention, Equipe, Organisation, Territoire
from relais.fiches.reference import nouvelle_reference
from relais.regles.circuit import Geste, Statut
from relais.regles.convention import Canal, Role

OUVERTS_CAISSE = (Statut.TRANSMISE, Statut.PRISE_EN_CHARGE, Statut.COMPLEMENT_DEMANDE)
INVISIBLES_CAISSE = (Statut.BROUILLON, Statut.RAPPELEE, Statut.RETIREE)
ROLES_CAISSE = (Role.AGENT_CAISSE, Role.RESPONSABLE_CAISSE)
AVEC_LA_FICHE = "purgé avec la fiche"


class FicheQuerySet(models.QuerySet["Fiche"]):
    def visibles_par(self, qui: Affectation) -> "FicheQuerySet":
        """The fiches whose content `qui` may open; the only door of views (security.md, rights)."""
        if qui.role in ROLES_CAISSE:
            return self.recues_par(qui.organisation_id)
        siennes = Q(departement=qui.organisation_id, proprietaire=qui.agent_id)
        if qui.role in (Role.TRAVAILLEUR_SOCIAL, Role.CHARGE_ACCUEIL):
            return self.filter(siennes)
        if qui.role == Role.ENCADRANT:
            return self.filter(
                siennes
                | Q(departement=qui.organisation_id, equipe=qui.equipe_id)
                & ~Q(statut=Statut.BROUILLON)
            )
        return self.none()

    def recues_par(self, caisse: str) -> "FicheQuerySet":
        return self.filter(caisse=caisse).exclude(statut__in=INVISIBLES_CAISSE)

    def referencees_par(self, qui: Affectation) -> "FicheQuerySet":
        """The fiches whose metadata alone `qui` may count (référents, art. 6)."""
        if qui.role not in (Role.REFERENT, Role.RESPONSABLE_CAISSE):
            return self.none()
        parties = Q(departement=qui.organisation_id) | Q(caisse=qui.organisation_id)
        return self.filter(parties, transmise_le__isnull=False)

    def a_traiter(self) -> "FicheQuerySet":
        """Sent and not yet answered: the inbox of the caisse."""
        return self.filter(statut__in=OUVERTS_CAISSE)

    def par_urgence(self) -> "FicheQuerySet":
        return self.order_by("derniere_heure_utile", "reponse_due_le", "pk")

    def en_retard(self, maintenant: datetime) -> "FicheQuerySet":
        return self.a_traiter().filter(reponse_due_le__lt=maintenant)

    def libres(self) -> "FicheQuerySet":
        return self.filter(statut=Statut.TRANSMISE, chargee_a=None)

    def en_cours(self) -> "FicheQuerySet":
        return self.exclude(statut__in=(Statut.CLOSE, Statut.RETIREE))

    def pour_liste(self) -> "FicheQuerySet":
        return self.select_related("territoire", "equipe", "chargee_a", "proprietaire")

    def au_statut(self, statut: str) -> "FicheQuerySet":
        return self.filter(statut=statut)

    def du_territoire(self, code: str) -> "FicheQuerySet":
        return self.filter(territoire__code=code)

    def au_motif(self, motif: str) -> "FicheQuerySet":
        return self.filter(motifs__contains=[motif])

    def chargees_a(self, agent: Agent) -> "FicheQuerySet":
        return self.filter(chargee_a=agent)

    def verrouillees(self) -> "FicheQuerySet":
        return self.select_for_update(of=("self",), no_key=True)


class Fiche(models.Model):
    """One request for one person, from draft to closing. Content lives in its exemplaires."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True, default=nouvelle_reference)
    convention = models.ForeignKey(Convention, models.PROTECT, related_name="+")
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    territoire = models.ForeignKey(Territoire, models.PROTECT, null=True, related_name="+")
    equipe = models.ForeignKey(Equipe, models.PROTECT, null=True, related_name="+")
    auteur = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    proprietaire = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    statut = models.CharField(
        max_length=20, choices=[(s.value, s.value) for s in Statut], default=Statut.BROUILLON
    )
    creee_le = models.DateTimeField()
    reponse_au_professionnel = models.BooleanField(null=True)
    motifs = ArrayField(models.CharField(max_length=40), default=list)
    notice_version = models.CharField(max_length=40, blank=True)
    notice_empreinte = models.CharField(max_length=64, blank=True)
    canal = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Canal])
    # The current tour, copied here so that lists sort and filter on one table.
    transmise_le = models.DateTimeField(null=True)
    reponse_due_le = models.DateTimeField(null=True)
    derniere_heure_utile = models.DateTimeField(null=True)
    prochain_point_le = models.DateField(null=True)
    premier_geste_le = models.DateTimeField(null=True)
    repondue_le = models.DateTimeField(null=True)
    chargee_a = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    ouverte_caisse_le = models.DateTimeField(null=True)
    reponse_lue_le = models.DateTimeField(null=True)
    classee_le = models.DateTimeField(null=True)
    versee_au_dossier_le = models.DateTimeField(null=True)
    accompagnement_fini_le = models.DateField(null=True)
    rsa_clos_le = models.DateField(null=True)
    close_le = models.DateTimeField(null=True)
    issue = models.CharField(max_length=40, blank=True)

    objects = FicheQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(statut__in=(Statut.BROUILLON, Statut.RAPPELEE))
                | Q(
                    territoire__isnull=False,
                    equipe__isnull=False,
                    transmise_le__isnull=False,
                    reponse_due_le__isnull=False,
                    derniere_heure_utile__isnull=False,
                    reponse_au_professionnel__isnull=False,
                ),
                name="fiche_envoyee_a_un_territoire_et_une_echeance",
            ),
            models.CheckConstraint(
                condition=~Q(statut=Statut.CLOSE) | Q(close_le__isnull=False),
                name="fiche_close_a_une_date",
            ),
            models.CheckConstraint(
                condition=Q(reponse_due_le__isnull=True)
                | Q(reponse_due_le__gt=F("transmise_le")),
                name="fiche_due_apres_son_envoi",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["caisse", "derniere_heure_utile", "reponse_due_le", "id"],
                condition=Q(statut__in=OUVERTS_CAISSE),
                name="fiche_corbeille",
            ),
            models.Index(
                fields=["caisse", "territoire", "derniere_heure_utile"],
                condition=Q(statut__in=OUVERTS_CAISSE),
                name="fiche_corbeille_territoire",
            ),
            models.Index(
                fields=["chargee_a", "derniere_heure_utile"],
                condition=Q(statut__in=OUVERTS_CAISSE),
                name="fiche_corbeille_agent",
            ),
            models.Index(
                fields=["proprietaire", "-creee_le"],
                condition=~Q(statut__in=(Statut.CLOSE, Statut.RETIREE)),
                name="fiche_en_cours_agent",
            ),
            models.Index(fields=["proprietaire", "-creee_le"], name="fiche_agent"),
            models.Index(fields=["equipe", "-transmise_le"], name="fiche_equipe"),
            models.Index(fields=["caisse", "-repondue_le"], name="fiche_repondues_caisse"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            (
                "id reference convention departement caisse territoire equipe auteur proprietaire"
                " statut creee_le reponse_au_professionnel motifs notice_version notice_empreinte"
                " canal transmise_le reponse_due_le derniere_heure_utile prochain_point_le"
                " premier_geste_le repondue_le chargee_a ouverte_caisse_le reponse_lue_le"
                " classee_le versee_au_dossier_le accompagnement_fini_le rsa_clos_le close_le issue"
            ).split(),
            ("suivre la demande (convention, art. 1 et 6)", AVEC_LA_FICHE),
        )

    def __str__(self) -> str:
        return self.reference


class Tour(models.Model):
    """One request of the author and the 72 hours that follow: first sending, asked again."""

    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="tours")
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    rang = models.PositiveSmallIntegerField()
    transmise_le = models.DateTimeField()
    reponse_due_le = models.DateTimeField()
    derniere_heure_utile = models.DateTimeField()
    prochain_point_le = models.DateField(null=True)
    premier_geste_le = models.DateTimeField(null=True)
    repondue_le = models.DateTimeField(null=True)
    etapes = models.PositiveSmallIntegerField(default=0)
    rappelee_le = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fiche", "rang"], name="tour_rang_unique"),
            models.CheckConstraint(
                condition=Q(reponse_due_le__gt=F("transmise_le")), name="tour_due_apres_son_envoi"
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            (
                "id fiche departement caisse rang transmise_le reponse_due_le derniere_heure_utile"
                " prochain_point_le premier_geste_le repondue_le etapes rappelee_le"
            ).split(),
            ("mesurer le délai de réponse (convention, annexe 1)", AVEC_LA_FICHE),
        )


class Envoi(models.Model):
    """One message between the parties, append-only but for receipt, reading and proof."""

    class Nature(models.TextChoices):
        DEMANDE = "demande", "Demande"
        COMPLEMENT_DEMANDE = "complement_demande", "Complément demandé"
        COMPLEMENT = "complement", "Complément"
        ETAPE = "etape", "Réponse d'étape"
        REPONSE = "reponse", "Réponse"
        HORS_PERIMETRE = "hors_perimetre", "Hors périmètre"

    class Sens(models.TextChoices):
        VERS_CAISSE = "vers_caisse", "Département vers caisse"
        VERS_DEPARTEMENT = "vers_departement", "Caisse vers Département"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="envois")
    tour = models.ForeignKey(Tour, models.CASCADE, related_name="envois")
    emetteur = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    destinataire = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    nature = models.CharField(max_length=20, choices=Nature)
    sens = models.CharField(max_length=16, choices=Sens)
    canal = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Canal])
    reserve = models.BooleanField(default=False)  # never shown to its addressee (box 1 unticked)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    envoye_le = models.DateTimeField()
    recu_le = models.DateTimeField(null=True)
    lu_le = models.DateTimeField(null=True)
    lu_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    preuve = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    sens="vers_caisse", nature__in=["demande", "complement"], reserve=False
                )
                | Q(
                    sens="vers_departement",
                    nature__in=["complement_demande", "etape", "reponse", "hors_perimetre"],
                ),
                name="envoi_nature_et_sens",
            ),
            models.CheckConstraint(
                condition=Q(lu_le__isnull=True, lu_par__isnull=True)
                | Q(lu_le__isnull=False, lu_par__isnull=False),
                name="envoi_lu_par_quelqu_un",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["fiche", "envoye_le"], name="envoi_de_la_fiche")]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            (
                "id fiche tour emetteur destinataire nature sens canal reserve par envoye_le"
                " recu_le lu_le lu_par preuve"
            ).split(),
            ("tracer les échanges (convention, art. 5.2 d)", AVEC_LA_FICHE),
        )


class ExemplaireQuerySet(models.QuerySet["Exemplaire"]):
    def de(self, fiche: Fiche, organisation: str) -> "ExemplaireQuerySet":
        return self.filter(
            envoi__fiche=fiche, organisation=organisation, destruction_engagee_le=None
        ).select_related("envoi")

    def a_purger(self, maintenant: datetime) -> "ExemplaireQuerySet":
        return self.filter(a_purger_le__lte=maintenant)


class Exemplaire(models.Model):
    """The copy of one message held by one party, encrypted under a key of its own."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    envoi = models.ForeignKey(Envoi, models.CASCADE, related_name="exemplaires")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    document = models.BinaryField()
    signature = models.BinaryField(null=True)
    signature_type = models.CharField(max_length=20, blank=True)
    cree_le = models.DateTimeField()
    a_purger_le = models.DateTimeField(null=True)
    destruction_engagee_le = models.DateTimeField(null=True)

    objects = ExemplaireQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["envoi", "organisation"], name="exemplaire_unique_par_detenteur"
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["a_purger_le"],
                condition=Q(a_purger_le__isnull=False),
                name="exemplaire_a_purger",
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            "id envoi organisation signature_type cree_le a_purger_le destruction_engagee_le".split(),
            ("retrouver et purger l'exemplaire (convention, art. 5.2)", "purgé à son échéance"),
        ) | dict.fromkeys(
            ("document", "signature"),
            ("instruire la demande (convention, art. 5.2 a)", "clé détruite à son échéance"),
        )


class Transition(models.Model):
    """One line of the timeline, kept with the fiche."""

    fiche = models.ForeignKey(Fiche, models.CASCADE, related_name="transitions")
    departement = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    caisse = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    geste = models.CharField(max_length=30, choices=[(g.value, g.value) for g in Geste])
    de = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Statut])
    vers = models.CharField(max_length=20, choices=[(s.value, s.value) for s in Statut])
    par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    le = models.DateTimeField()
    reserve_caisse = models.BooleanField(default=False)  # hidden from the Département (box 1)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["fiche", "le"], name="transition_de_la_fiche")]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            "id fiche departement caisse geste de vers par organisation le reserve_caisse".split(),
            ("tracer le circuit (convention, art. 5.2 d)", AVEC_LA_FICHE),
        )


class Brouillon(models.Model):
    """What is being written for a fiche, encrypted; `version` tells two tabs apart."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fiche = models.OneToOneField(Fiche, models.CASCADE, related_name="brouillon")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)
    document = models.BinaryField()
    signature = models.BinaryField(null=True)
    signature_type = models.CharField(max_length=20, blank=True)
    modifie_le = models.DateTimeField()
    a_purger_le = models.DateTimeField()

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            (
                "id fiche organisation version document signature signature_type modifie_le"
                " a_purger_le"
            ).split(),
            ("préparer la demande", "clé détruite à l'envoi, ou à l'échéance du brouillon"),
        )


class Compteur(models.Model):
    """An unlinked count: nothing ties it to a fiche, so a purge never changes a past figure."""

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="+")
    mois = models.DateField()
    territoire = models.ForeignKey(Territoire, models.PROTECT, null=True, related_name="+")
    equipe = models.ForeignKey(Equipe, models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=60)
    nombre = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["convention", "mois", "code", "territoire", "equipe"],
                name="compteur_unique",
                nulls_distinct=False,
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            "id convention mois territoire equipe code nombre".split(),
            ("évaluer la convention (art. 6)", "gardé avec la convention, sans lien aux personnes"),
        )


class Avis(models.Model):
    """A mail to send about a fiche, kept until the server took it. Says nothing of the person."""

    class Objet(models.TextChoices):
        DEMANDE = "demande_urgente", "Demande urgente"
        REPONSE = "reponse_a_demande_urgente", "Réponse à demande urgente"
        DYSFONCTIONNEMENT = "dysfonctionnement", "Dysfonctionnement signalé"

    class Etat(models.TextChoices):
        A_ENVOYER = "a_envoyer", "À envoyer"
        ENVOYE = "envoye", "Envoyé"
        ABANDONNE = "abandonne", "Abandonné"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    envoi = models.ForeignKey(Envoi, models.CASCADE, null=True, related_name="avis")
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, related_name="+")
    objet = models.CharField(max_length=30, choices=Objet)
    reference = models.CharField(max_length=9, blank=True)
    reponse_due_le = models.DateTimeField(null=True)
    etat = models.CharField(max_length=10, choices=Etat, default=Etat.A_ENVOYER)
    essais = models.PositiveSmallIntegerField(default=0)
    cree_le = models.DateTimeField()
    prochain_essai_le = models.DateTimeField()
    envoye_le = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["envoi", "agent"],
                condition=Q(envoi__isnull=False),
                name="avis_unique_par_envoi_et_agent",
                nulls_distinct=False,
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["prochain_essai_le"],
                condition=Q(etat="a_envoyer"),
                name="avis_a_envoyer",
            )
        ]

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            (
                "id organisation envoi agent objet reference reponse_due_le etat essais cree_le"
                " prochain_essai_le envoye_le"
            ).split(),
            ("prévenir l'agent concerné (annexe 1)", AVEC_LA_FICHE),
        )


class Dysfonctionnement(models.Model):
    """A malfunction of the channel reported to the référents of both sides (art. 6)."""

    class Nature(models.TextChoices):
        SANS_REPONSE = "sans_reponse", "Pas de réponse dans le délai"
        REPONSE_INADAPTEE = "reponse_inadaptee", "La réponse ne permet pas d'avancer"
        HORS_CADRE = "hors_cadre", "Demande hors du cadre de la convention"
        FICHE_INCOMPLETE = "fiche_incomplete", "Fiche incomplète ou illisible"
        TECHNIQUE = "technique", "Problème technique"
        CONFIDENTIALITE = "confidentialite", "Confidentialité"

    convention = models.ForeignKey(Convention, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    territoire = models.ForeignKey(Territoire, models.PROTECT, null=True, related_name="+")
    nature = models.CharField(max_length=20, choices=Nature)
    reference = models.CharField(max_length=9, blank=True)
    par = models.ForeignKey(Agent, models.PROTECT, related_name="+")
    signale_le = models.DateTimeField()

    class DonneesPersonnelles:
        champs: ClassVar = dict.fromkeys(
            "id convention organisation territoire nature reference par signale_le".split(),
            ("évaluer l'usage du canal (art. 6)", "gardé avec la convention"),
        )
