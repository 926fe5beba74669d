"""The fiche and its tours. Nothing in clear here names a person or a situation."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from relais.annuaire.models import Affectation, Agent, Convention, Equipe, Organisation, Territoire
from relais.fiches.models.conservation import ARCHIVEE, ConservationQuerySet
from relais.fiches.models.corbeille import (
    INVISIBLES_CAISSE,
    LIBRE,
    NON_CLASSEE,
)
from relais.fiches.models.mains import EN_COURS, en_main
from relais.fiches.models.recherche import A_VERSER
from relais.fiches.reference import nouvelle_reference
from relais.regles.circuit import OUVERTES, REPONDUES, TERMINEES, TRAITEES, Geste, Statut
from relais.regles.convention import ROLES_DE_LA_CAISSE, Canal, Role
from relais.regles.retrait import MotifRetrait
from relais.socle.donnees_personnelles import communs

D_UNE_LIGNE = (
    *("reference", "convention", "statut", "motifs", "canal", "issue", "reponse_au_professionnel"),
    *("creee_le", "transmise_le", "reponse_due_le", "premier_geste_le", "repondue_le"),
    *("ouverte_caisse_le", "reponse_lue_le", "complement_recu_le"),
    *("retiree_le", "rouverte_le", "cloture_office_le"),
    *("copie_caisse_du", "copie_caisse_jusqu_au", "classee_le", "chargee_a"),
    *("territoire__code", "territoire__nom", "territoire__couleur"),
    *("chargee_a__prenom", "chargee_a__nom", "chargee_a__email"),
    *("proprietaire__prenom", "proprietaire__nom", "proprietaire__email"),
    *("confiee_par__prenom", "confiee_par__nom", "confiee_par__email"),
)
D_UNE_ARCHIVE = (
    *("reference", "transmise_le", "accompagnement_fini_le", "departement_a_purger_le"),
    *("proprietaire__prenom", "proprietaire__nom", "proprietaire__email"),
)
AVEC_LA_FICHE = "purgé avec la fiche"


class FicheQuerySet(ConservationQuerySet):
    def visibles_par(self, qui: Affectation) -> "FicheQuerySet":
        """The fiches whose content `qui` may open; the only door of views (security.md, rights).

        An archived one is not among them at the Département: it has a door of its own (0024).
        """
        if qui.role in ROLES_DE_LA_CAISSE:
            return self.recues_par(qui.organisation_id)
        return self.tenues_par(qui).hors_archives()

    def tenues_par(self, qui: Affectation) -> "FicheQuerySet":
        """Those of a Département that `qui` has in hand or whose équipe they lead, archived too.

        For their clock and their metadata: a content opens by `visibles_par`, or with a reason.
        """
        siennes = Q(departement=qui.organisation_id) & en_main(qui)
        if qui.role in (Role.TRAVAILLEUR_SOCIAL, Role.CHARGE_ACCUEIL):
            return self.filter(siennes, destruction_engagee_le=None)
        if qui.role == Role.ENCADRANT:
            return self.filter(
                siennes
                | Q(departement=qui.organisation_id, equipe=qui.equipe_id)
                & ~Q(statut=Statut.BROUILLON),
                destruction_engagee_le=None,
            )
        return self.none()

    def archives_de(self, qui: Affectation) -> "FicheQuerySet":
        """What `qui` lists of the archives: their own, or the équipe's for its encadrant."""
        siennes = Q(equipe=qui.equipe_id) if qui.role == Role.ENCADRANT else en_main(qui)
        a_lui = self.filter(siennes, departement=qui.organisation_id, destruction_engagee_le=None)
        return a_lui.archivees()

    def a_revoir_par(self, qui: Affectation, jour: date) -> "FicheQuerySet":
        """Those of the équipe on which nothing has happened for a year, for its encadrant.

        Archived ones whose RSA right was opened again too: nothing is without a clock.
        """
        if qui.role != Role.ENCADRANT:
            return self.none()
        return self.filter(departement=qui.organisation_id, equipe=qui.equipe_id).a_revoir(jour)

    def recues_par(self, caisse: str) -> "FicheQuerySet":
        return self.filter(caisse=caisse).exclude(statut__in=INVISIBLES_CAISSE)

    def en_cours(self) -> "FicheQuerySet":
        return self.filter(EN_COURS)

    def a_clore_d_office(self, maintenant: datetime) -> "FicheQuerySet":
        """Answered long ago, and nobody is writing about them (`delais.cloture_d_office`)."""
        return self.filter(
            statut__in=TRAITEES, cloture_office_le__lte=maintenant, brouillon__isnull=True
        ).order_by("cloture_office_le")

    def ouvertes_avec_copie(
        self, copies: Sequence[uuid.UUID], statuts: Sequence[Statut]
    ) -> "FicheQuerySet":
        """The fiches in these states of which these exemplaires are copies, newest first."""
        return self.filter(
            pk__in=models.Subquery(
                self.model._meta.apps.get_model("fiches", "Exemplaire")
                .objects.filter(pk__in=copies)
                .values("envoi__fiche")
            ),
            statut__in=statuts,
            accompagnement_fini_le=None,
        ).order_by("-transmise_le")

    def a_un_brouillon(self, reference: str) -> bool:
        return self.filter(reference=reference, brouillon__isnull=False).exists()

    def de_l_equipe(self, equipe: Equipe | None) -> "FicheQuerySet":
        return self.filter(equipe=equipe)

    def reponses_a_lire(self) -> "FicheQuerySet":
        return self.filter(statut__in=REPONDUES, reponse_lue_le__isnull=True)

    def terminees(self) -> "FicheQuerySet":
        return self.filter(statut__in=TERMINEES)

    def recentes(self) -> "FicheQuerySet":
        return self.order_by("-creee_le", "pk")

    def pour_liste(self) -> "FicheQuerySet":
        """What a line of a list shows, and no other column: no account's password among them."""
        liees = ("territoire", "chargee_a", "proprietaire", "confiee_par")
        return self.select_related(*liees).only(*D_UNE_LIGNE)

    def pour_archives(self) -> "FicheQuerySet":
        """A line of the archives: dates and states, no name."""
        return self.select_related("proprietaire").only(*D_UNE_ARCHIVE)

    def pour_page(self) -> "FicheQuerySet":
        liees = ("territoire", "equipe", "chargee_a", "proprietaire", "auteur", "confiee_par")
        return self.select_related(*liees)

    def au_statut(self, statut: str) -> "FicheQuerySet":
        return self.filter(statut=statut)

    def du_territoire(self, code: str) -> "FicheQuerySet":
        return self.filter(territoire__code=code)

    def au_motif(self, motif: str) -> "FicheQuerySet":
        return self.filter(motifs__contains=[motif])

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
    # Waiting for a complement: since when, and all the waits of the tour that are over.
    complement_demande_le = models.DateTimeField(null=True)
    attente = models.DurationField(default=timedelta)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fiche", "rang"], name="tour_rang_unique"),
            models.CheckConstraint(
                condition=Q(reponse_due_le__gt=F("transmise_le")), name="tour_due_apres_son_envoi"
            ),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id fiche departement caisse rang transmise_le reponse_due_le "
                "derniere_heure_utile prochain_point_le premier_geste_le repondue_le etapes "
                "rappelee_le complement_demande_le attente"
            ),
            ("mesurer le délai de réponse (convention, annexe 1)", AVEC_LA_FICHE),
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
        champs: ClassVar = communs(
            ("id fiche departement caisse geste de vers par organisation le reserve_caisse"),
            ("tracer le circuit (convention, art. 5.2 d)", AVEC_LA_FICHE),
        )
