"""The fiche. Nothing in clear here names a person or a situation."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from relais.annuaire.models import Agent, Convention, Equipe, Organisation, Territoire
from relais.fiches.models.conservation import ARCHIVEE
from relais.fiches.models.corbeille import (
    LIBRE,
    NON_CLASSEE,
)
from relais.fiches.models.mains import EN_COURS
from relais.fiches.models.recherche import A_VERSER
from relais.fiches.models.requetes import FicheQuerySet
from relais.fiches.reference import nouvelle_reference
from relais.regles.circuit import OUVERTES, TERMINEES, TRAITEES, Statut
from relais.regles.convention import Canal
from relais.regles.retrait import MotifRetrait
from relais.socle.donnees_personnelles import communs

AVEC_LA_FICHE = "purgé avec la fiche"


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
    # The last hand-over: who gave it to its present owner, and when.
    confiee_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    confiee_le = models.DateTimeField(null=True)
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
    # The caisse's copy of the newest request: laid, and erased whatever happens (art. 5.2 a).
    copie_caisse_du = models.DateTimeField(null=True)
    copie_caisse_jusqu_au = models.DateTimeField(null=True)
    classee_le = models.DateTimeField(null=True)
    versee_au_dossier_le = models.DateTimeField(null=True)
    accompagnement_fini_le = models.DateField(null=True)
    rsa_clos_le = models.DateField(null=True)
    rsa_rouvert_le = models.DateField(null=True)
    # The Département's clock (relais.fiches.conservations): one of the two dates once it was sent.
    dernier_evenement_le = models.DateTimeField(null=True)
    departement_a_purger_le = models.DateTimeField(null=True)
    revue_le = models.DateField(null=True)
    retenue_jusqu_au = models.DateTimeField(null=True)  # a hold of the DPO (relais.rgpd)
    destruction_engagee_le = models.DateTimeField(null=True)
    # When it closes by itself: an answered fiche alone has this clock.
    cloture_office_le = models.DateTimeField(null=True)
    complement_recu_le = models.DateTimeField(null=True)  # until who is in charge opens it
    retiree_le = models.DateTimeField(null=True)
    motif_retrait = models.CharField(
        max_length=20, choices=[(m.value, m.value) for m in MotifRetrait], blank=True
    )
    close_le = models.DateTimeField(null=True)
    rouverte_le = models.DateTimeField(null=True)  # until its new request leaves
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
                condition=Q(reponse_due_le__isnull=True) | Q(reponse_due_le__gt=F("transmise_le")),
                name="fiche_due_apres_son_envoi",
            ),
            models.CheckConstraint(
                condition=Q(confiee_par__isnull=True, confiee_le__isnull=True)
                | Q(confiee_par__isnull=False, confiee_le__isnull=False),
                name="fiche_confiee_par_quelqu_un",
            ),
            models.CheckConstraint(
                condition=Q(cloture_office_le__isnull=True) | Q(statut__in=TRAITEES),
                name="fiche_cloture_d_office_une_fois_traitee",
            ),
            models.CheckConstraint(
                condition=Q(retiree_le__isnull=True, motif_retrait="")
                | Q(retiree_le__isnull=False, statut=Statut.RETIREE) & ~Q(motif_retrait=""),
                name="fiche_retiree_a_une_date_et_un_motif",
            ),
            models.CheckConstraint(
                condition=Q(rouverte_le__isnull=True) | Q(statut=Statut.CLOSE),
                name="fiche_rouverte_etait_close",
            ),
            models.CheckConstraint(
                condition=Q(copie_caisse_du__isnull=True, copie_caisse_jusqu_au__isnull=True)
                | Q(copie_caisse_jusqu_au__gt=F("copie_caisse_du")),
                name="fiche_copie_caisse_du_au",
            ),
            models.CheckConstraint(
                condition=Q(statut=Statut.BROUILLON)
                | Q(departement_a_purger_le__isnull=False)
                | Q(revue_le__isnull=False),
                name="fiche_jamais_sans_horloge",
            ),
            models.CheckConstraint(
                condition=Q(rsa_rouvert_le__isnull=True)
                | Q(rsa_clos_le__isnull=False, rsa_rouvert_le__gte=F("rsa_clos_le")),
                name="fiche_rsa_rouvert_apres_sa_cloture",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["caisse", "derniere_heure_utile", "reponse_due_le", "id"],
                condition=Q(statut__in=OUVERTES),
                name="fiche_corbeille",
            ),
            models.Index(
                fields=["caisse", "derniere_heure_utile", "reponse_due_le", "id"],
                condition=LIBRE,
                name="fiche_libres",
            ),
            models.Index(
                fields=["caisse", "territoire", "derniere_heure_utile"],
                condition=Q(statut__in=OUVERTES),
                name="fiche_corbeille_territoire",
            ),
            models.Index(
                fields=["chargee_a", "derniere_heure_utile", "reponse_due_le", "id"],
                condition=Q(statut__in=OUVERTES),
                name="fiche_corbeille_agent",
            ),
            models.Index(
                fields=["caisse", "copie_caisse_jusqu_au", "id"],
                condition=NON_CLASSEE,
                name="fiche_a_classer",
            ),
            models.Index(
                fields=["proprietaire", "-creee_le"],
                condition=EN_COURS,
                name="fiche_en_cours_agent",
            ),
            models.Index(
                fields=["equipe", "-creee_le"],
                condition=EN_COURS,
                name="fiche_en_cours_equipe",
            ),
            models.Index(fields=["proprietaire", "-creee_le"], name="fiche_agent"),
            models.Index(fields=["equipe", "-creee_le"], name="fiche_equipe_creee"),
            models.Index(fields=["caisse", "-repondue_le"], name="fiche_repondues_caisse"),
            models.Index(
                fields=["departement", "cloture_office_le"],
                condition=Q(cloture_office_le__isnull=False),
                name="fiche_a_clore_d_office",
            ),
            models.Index(fields=["chargee_a", "-repondue_le"], name="fiche_repondues_agent"),
            models.Index(
                fields=["proprietaire", "-creee_le"],
                condition=A_VERSER,
                name="fiche_a_verser_agent",
            ),
            models.Index(
                fields=["equipe", "-creee_le"], condition=A_VERSER, name="fiche_a_verser_equipe"
            ),
            models.Index(
                fields=["departement", "departement_a_purger_le"],
                condition=Q(departement_a_purger_le__isnull=False, destruction_engagee_le=None),
                name="fiche_a_purger",
            ),
            models.Index(
                fields=["equipe", "revue_le", "id"],
                condition=Q(revue_le__isnull=False),
                name="fiche_a_revoir",
            ),
            models.Index(
                fields=["proprietaire", "-accompagnement_fini_le", "id"],
                condition=ARCHIVEE,
                name="fiche_archives_agent",
            ),
            models.Index(
                fields=["equipe", "-accompagnement_fini_le", "id"],
                condition=ARCHIVEE,
                name="fiche_archives_equipe",
            ),
            models.Index(fields=["departement", "transmise_le"], name="fiche_envoyees_departement"),
            models.Index(fields=["caisse", "transmise_le"], name="fiche_envoyees_caisse"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id reference convention departement caisse territoire equipe auteur proprietaire "
                "confiee_par confiee_le statut creee_le reponse_au_professionnel motifs "
                "notice_version notice_empreinte canal transmise_le reponse_due_le "
                "derniere_heure_utile prochain_point_le premier_geste_le repondue_le chargee_a "
                "ouverte_caisse_le reponse_lue_le copie_caisse_du copie_caisse_jusqu_au "
                "classee_le versee_au_dossier_le accompagnement_fini_le rsa_clos_le "
                "rsa_rouvert_le dernier_evenement_le departement_a_purger_le revue_le "
                "retenue_jusqu_au destruction_engagee_le "
                "cloture_office_le complement_recu_le retiree_le motif_retrait close_le "
                "rouverte_le issue"
            ),
            ("suivre la demande (convention, art. 1 et 6)", AVEC_LA_FICHE),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def terminee(self) -> bool:
        """Closed or withdrawn, and not reopened: nothing more is expected of anybody."""
        return self.statut in TERMINEES and self.rouverte_le is None

    @property
    def archivee(self) -> bool:
        """The support is over: the Département's access is restricted until the erasure."""
        return self.accompagnement_fini_le is not None

    @property
    def a_suivre(self) -> bool:
        """Whether somebody must have it in hand (models.mains.EN_COURS)."""
        if self.statut == Statut.CLOSE:
            return self.reponse_lue_le is None or self.rouverte_le is not None
        return self.statut != Statut.RETIREE

    @property
    def en_attente_de_reponse(self) -> bool:
        """Sent and not yet answered: its deadline runs."""
        return self.statut in OUVERTES

    def copie_vivante(self, maintenant: datetime) -> bool:
        """Whether the caisse still holds its copy of the newest request."""
        fin = self.copie_caisse_jusqu_au
        return fin is not None and fin > maintenant

    @property
    def classee(self) -> bool:
        """The caisse has filed its copy of the newest request."""
        du = self.copie_caisse_du
        return self.classee_le is not None and du is not None and self.classee_le >= du

    def a_recu_une_reponse(self) -> bool:
        """In one tour or another: what a deletion would take away."""
        return self.tours.filter(repondue_le__isnull=False).exists()
