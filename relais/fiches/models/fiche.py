"""The fiche and its tours. Nothing in clear here names a person or a situation."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Count, F, Q

from relais.annuaire.models import Affectation, Agent, Convention, Equipe, Organisation, Territoire
from relais.fiches.reference import nouvelle_reference
from relais.regles.circuit import Geste, Statut
from relais.regles.convention import Canal, Role
from relais.socle.donnees_personnelles import communs

OUVERTS_CAISSE = (Statut.TRANSMISE, Statut.PRISE_EN_CHARGE, Statut.COMPLEMENT_DEMANDE)
INVISIBLES_CAISSE = (Statut.BROUILLON, Statut.RAPPELEE, Statut.RETIREE)
ROLES_CAISSE = (Role.AGENT_CAISSE, Role.RESPONSABLE_CAISSE)
LIBRE = Q(statut=Statut.TRANSMISE, chargee_a=None)
D_UNE_LIGNE = (
    *("reference", "convention", "statut", "motifs", "canal", "issue", "reponse_au_professionnel"),
    *("creee_le", "transmise_le", "reponse_due_le", "premier_geste_le", "repondue_le"),
    *("territoire__code", "territoire__nom", "territoire__couleur"),
    *("chargee_a__prenom", "chargee_a__nom", "chargee_a__email"),
)
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
        return self.filter(LIBRE)

    def decompte(self, maintenant: datetime) -> dict[str, int]:
        """`ouvertes`, `en_retard`, `libres`: the three figures of the inbox in one query."""
        comptes: dict[str, int] = self.a_traiter().aggregate(
            ouvertes=Count("pk"),
            en_retard=Count("pk", filter=Q(reponse_due_le__lt=maintenant)),
            libres=Count("pk", filter=LIBRE),
        )
        return comptes

    def en_cours(self) -> "FicheQuerySet":
        return self.exclude(statut__in=(Statut.CLOSE, Statut.RETIREE))

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
        ).order_by("-transmise_le")

    def a_un_brouillon(self, reference: str) -> bool:
        return self.filter(reference=reference, brouillon__isnull=False).exists()

    def de_l_agent(self, agent: Agent) -> "FicheQuerySet":
        return self.filter(proprietaire=agent)

    def de_l_equipe(self, equipe: Equipe | None) -> "FicheQuerySet":
        return self.filter(equipe=equipe)

    def traitees(self) -> "FicheQuerySet":
        return self.filter(repondue_le__isnull=False).exclude(statut__in=OUVERTS_CAISSE)

    def par_reponse(self) -> "FicheQuerySet":
        return self.order_by("-repondue_le", "pk")

    def reponses_a_lire(self) -> "FicheQuerySet":
        return self.filter(
            statut__in=(Statut.REPONDUE, Statut.HORS_PERIMETRE), reponse_lue_le__isnull=True
        )

    def terminees(self) -> "FicheQuerySet":
        return self.filter(statut__in=(Statut.CLOSE, Statut.RETIREE))

    def recentes(self) -> "FicheQuerySet":
        return self.order_by("-creee_le", "pk")

    def pour_liste(self) -> "FicheQuerySet":
        """What a line of a list shows, and no other column: no account's password among them."""
        return self.select_related("territoire", "chargee_a").only(*D_UNE_LIGNE)

    def pour_page(self) -> "FicheQuerySet":
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
                condition=Q(reponse_due_le__isnull=True) | Q(reponse_due_le__gt=F("transmise_le")),
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
                fields=["caisse", "derniere_heure_utile", "reponse_due_le", "id"],
                condition=LIBRE,
                name="fiche_libres",
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
            models.Index(
                fields=["equipe", "-creee_le"],
                condition=~Q(statut__in=(Statut.CLOSE, Statut.RETIREE)),
                name="fiche_en_cours_equipe",
            ),
            models.Index(fields=["proprietaire", "-creee_le"], name="fiche_agent"),
            models.Index(fields=["equipe", "-creee_le"], name="fiche_equipe_creee"),
            models.Index(fields=["caisse", "-repondue_le"], name="fiche_repondues_caisse"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            (
                "id reference convention departement caisse territoire equipe auteur proprietaire "
                "statut creee_le reponse_au_professionnel motifs notice_version notice_empreinte "
                "canal transmise_le reponse_due_le derniere_heure_utile prochain_point_le "
                "premier_geste_le repondue_le chargee_a ouverte_caisse_le reponse_lue_le "
                "classee_le versee_au_dossier_le accompagnement_fini_le rsa_clos_le close_le "
                "issue"
            ),
            ("suivre la demande (convention, art. 1 et 6)", AVEC_LA_FICHE),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def en_attente_de_reponse(self) -> bool:
        """Sent and not yet answered: its deadline runs."""
        return self.statut in OUVERTS_CAISSE


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
        champs: ClassVar = communs(
            (
                "id fiche departement caisse rang transmise_le reponse_due_le "
                "derniere_heure_utile prochain_point_le premier_geste_le repondue_le etapes "
                "rappelee_le"
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
