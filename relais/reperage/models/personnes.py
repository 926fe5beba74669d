"""A person of the caseload. In clear only what lists sort by: nothing names or describes her."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import BooleanField, Count, F, Func, Max, Q, Value

from relais.annuaire.models import Affectation, Agent, Equipe, Organisation, Territoire
from relais.regles.convention import Role
from relais.regles.reperage import LIBELLES_CONTACT, EtatContact
from relais.regles.urgence import LIBELLES_URGENCE, Urgence
from relais.socle import colonnes as en_colonnes
from relais.socle.donnees_personnelles import communs

A_TRIER = (
    "savoir qui voir d’abord (convention, art. 3 ; CASF L.262-10)",
    "supprimé avec la personne, 12 mois au plus après le dernier fichier (CRPA R.114-9-7)",
)


class _Parmi(Func):
    """`pk = ANY('{…}'::uuid[])`: one parameter, whatever its length, hashed by PostgreSQL."""

    arg_joiner = " = ANY("
    template = "%(expressions)s::uuid[])"
    output_field = BooleanField()


class PersonneQuerySet(models.QuerySet["Personne"]):
    def visibles_par(self, qui: Affectation) -> "PersonneQuerySet":
        """Whom `qui` may open: all for the chargé du repérage, the team's for its encadrant (what
        no other équipe of the TIS has), those who are entrusted to a travailleur social, and to
        the colleagues for whom this one stands in today.
        """
        siennes = self.filter(organisation=qui.organisation_id)
        if qui.role == Role.CHARGE_REPERAGE:
            return siennes
        if qui.role == Role.ENCADRANT:
            return siennes.filter(
                Q(equipe=qui.equipe_id) | Q(territoire=qui.territoire_id, equipe=None)
            )
        if qui.role == Role.TRAVAILLEUR_SOCIAL:
            lui_et_absents = (qui.agent_id, *qui.remplaces)
            return siennes.filter(suivie_par__in=lui_et_absents, equipe=qui.equipe_id)
        return self.none()

    def dans_l_ordre(self) -> "PersonneQuerySet":
        """Who is to be reached first, first."""
        return self.order_by("urgence", F("mois_echeance").asc(nulls_last=True), "pk")

    def pour_liste(self) -> "PersonneQuerySet":
        return self.select_related("territoire", "suivie_par", "equipe")

    def au_niveau(self, niveau: int) -> "PersonneQuerySet":
        return self.filter(urgence=niveau)

    def du_territoire(self, code: str) -> "PersonneQuerySet":
        """Of that TIS; empty code: those whose TIS nobody knows yet."""
        if not code:
            return self.filter(territoire=None)
        return self.filter(territoire__code=code)

    def au_contact(self, etat: str) -> "PersonneQuerySet":
        return self.filter(contact=etat)

    def a_suivre(self) -> "PersonneQuerySet":
        """For whom something is left to do."""
        return self.exclude(contact=EtatContact.TERMINE)

    def de_l_equipe(self, equipe: int | None) -> "PersonneQuerySet":
        """Entrusted to that équipe; None: to none yet."""
        return self.filter(equipe=equipe)

    def suivies(self, *, une: bool) -> "PersonneQuerySet":
        """Whom somebody follows, or nobody yet."""
        return self.filter(suivie_par__isnull=not une)

    def suivies_par(self, agent: int) -> "PersonneQuerySet":
        return self.filter(suivie_par=agent)

    def sans_equipe(self) -> "PersonneQuerySet":
        return self.filter(equipe=None)

    def hors_flux(self, *, une: bool) -> "PersonneQuerySet":
        """Of whom the last file no longer told, or the others."""
        return self.filter(hors_flux_le__isnull=not une)

    def conflictuelles(self) -> "PersonneQuerySet":
        """About whom two sources disagree."""
        return self.filter(a_decider=True)

    def decompte(self) -> list[tuple[int | None, int, str, bool, int]]:
        """(TIS, level, contact state, has somebody, how many): all the figures in one query."""
        groupes = (
            self.annotate(suivie=Q(suivie_par__isnull=False))
            .values_list("territoire", "urgence", "contact", "suivie")
            .annotate(nombre=Count("pk"))
            .order_by()
        )
        return list(groupes)

    def par_territoire(self) -> dict[int | None, int]:
        nombres = self.values_list("territoire").annotate(nombre=Count("pk")).order_by()
        return dict(nombres)

    def charges(self) -> dict[int | None, int]:
        """How many each agent has."""
        return dict(self.values_list("suivie_par").annotate(nombre=Count("pk")).order_by())

    def charges_des_equipes(self) -> dict[int | None, int]:
        """How many each équipe has."""
        return dict(self.values_list("equipe").annotate(nombre=Count("pk")).order_by())

    def suivies_dans_l_equipe(self, affectation: Affectation) -> "PersonneQuerySet":
        """Whom that agent follows in the équipe of that role, whoever asks."""
        return self.filter(suivie_par=affectation.agent_id, equipe=affectation.equipe_id)

    def pour_confier(self) -> "PersonneQuerySet":
        return self.select_related("suivie_par", "equipe")

    def d_ids(self, ids: Iterable[uuid.UUID]) -> "PersonneQuerySet":
        """As one parameter: an audience is thousands of people."""
        liste = "{" + ",".join(map(str, ids)) + "}"
        return self.filter(_Parmi(F("pk"), Value(liste)))

    def verrouillees(self) -> "PersonneQuerySet":
        """Locked in one order for an act."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

    def a_rattacher(self, organisation: str, *, apres: uuid.UUID | None) -> "PersonneQuerySet":
        """Those whom nobody moved by hand, locked, in the order of their numbers."""
        siennes = self.filter(organisation=organisation, territoire_choisi=False)
        suivantes = siennes if apres is None else siennes.filter(pk__gt=apres)
        return suivantes.select_related("territoire", "equipe").verrouillees()

    def avec_territoire(self) -> "PersonneQuerySet":
        return self.select_related("territoire")

    def sorties(self, organisation: str, au: date) -> "PersonneQuerySet":
        """Of whom a file of that day does not tell, and who were in the flow until then."""
        siennes = self.filter(organisation=organisation, vue_le__lt=au, hors_flux_le=None)
        return siennes.order_by("pk")

    def ids(self) -> list[uuid.UUID]:
        return list(self.values_list("pk", flat=True))

    def apres(self, pk: uuid.UUID | None) -> "PersonneQuerySet":
        """Those that follow, in the order of their numbers."""
        return self if pk is None else self.filter(pk__gt=pk)

    def derniere_vue_avant(self, organisation: str, au: date) -> date | None:
        """The day of the newest file before that one, as far as people are kept of it."""
        siennes = self.filter(organisation=organisation, vue_le__lt=au)
        vue: date | None = siennes.aggregate(vue=Max("vue_le"))["vue"]
        return vue

    def renouveler(self, lignes: "Sequence[Personne]", colonnes: Sequence[str]) -> None:
        """Write these rows, new or locked, in one statement: of those that exist, `colonnes`."""
        en_colonnes.renouveler(lignes, colonnes)

    def echeances(self) -> dict[uuid.UUID, datetime]:
        """Each with the instant at which it falls due."""
        return dict(self.values_list("pk", "a_purger_le"))

    def a_reexaminer(self, organisation: str, jour: date) -> "PersonneQuerySet":
        """Whose level is of before that day."""
        return self.filter(organisation=organisation, examinee_le__lt=jour).order_by("pk")

    def a_purger(self, organisation: str, maintenant: datetime) -> "PersonneQuerySet":
        """Of whom no file has told for 12 months, the oldest first."""
        return self.filter(organisation=organisation, a_purger_le__lte=maintenant).order_by(
            "a_purger_le", "pk"
        )


class Personne(models.Model):
    """Somebody to reach before the income stops; who it is and why are in `document` alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    territoire = models.ForeignKey(Territoire, models.PROTECT, null=True, related_name="+")
    territoire_choisi = models.BooleanField(default=False)  # by hand: files move it no more
    urgence = models.PositiveSmallIntegerField(choices=sorted(LIBELLES_URGENCE.items()))
    mois_echeance = models.DateField(null=True)  # the 1st of the month of the earliest date
    contact = models.CharField(
        max_length=12, choices=sorted(LIBELLES_CONTACT.items()), default=EtatContact.A_CONTACTER
    )
    a_decider = models.BooleanField(default=False)  # two sources disagree
    equipe = models.ForeignKey(Equipe, models.PROTECT, null=True, related_name="+")
    suivie_par = models.ForeignKey(Agent, models.PROTECT, null=True, related_name="+")
    confiee_le = models.DateTimeField(null=True)  # to who follows her now
    document = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    vue_le = models.DateField()  # the date of the last file that told of the person
    hors_flux_le = models.DateField(null=True)  # the date of the first file that no longer does
    examinee_le = models.DateField()  # the day of which `urgence` is true
    creee_le = models.DateTimeField()
    compte_du = models.DateField()  # the day from which the 12 months without a file run
    a_purger_le = models.DateTimeField()

    objects = PersonneQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(urgence__gte=Urgence.EN_PREMIER, urgence__lt=Urgence.PLUS_TARD),
                name="personne_urgence_conservee",
            ),
            models.CheckConstraint(
                condition=Q(contact__in=sorted(EtatContact)), name="personne_contact"
            ),
            models.CheckConstraint(
                condition=Q(suivie_par=None) | Q(equipe__isnull=False),
                name="personne_suivie_dans_une_equipe",
            ),
            models.CheckConstraint(
                condition=Q(mois_echeance=None) | Q(mois_echeance__day=1),
                name="personne_mois_d_echeance",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                "organisation",
                "urgence",
                F("mois_echeance").asc(nulls_last=True),
                "id",
                name="personne_dans_l_ordre",
            ),
            models.Index(
                "organisation",
                "territoire",
                "urgence",
                F("mois_echeance").asc(nulls_last=True),
                "id",
                name="personne_du_territoire",
            ),
            models.Index(
                "suivie_par",
                "urgence",
                F("mois_echeance").asc(nulls_last=True),
                "id",
                name="personne_suivie",
            ),
            models.Index(fields=["organisation", "a_purger_le"], name="personne_a_purger"),
        ]

    class DonneesPersonnelles:
        champs: ClassVar = communs(
            "id organisation territoire territoire_choisi urgence mois_echeance contact a_decider"
            " equipe suivie_par confiee_le version vue_le hors_flux_le examinee_le creee_le"
            " compte_du a_purger_le",
            A_TRIER,
        ) | {
            "document": (
                "informer la personne de ses droits (CRPA L.114-8 II)",
                "clé détruite 12 mois au plus après le dernier fichier, ou sur opposition aussitôt",
            )
        }

    @property
    def niveau(self) -> str:
        """The level in words (wording.md §6)."""
        return LIBELLES_URGENCE[self.urgence]

    @property
    def etat_du_contact(self) -> str:
        return LIBELLES_CONTACT[self.contact]
