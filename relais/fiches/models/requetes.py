"""Which fiches: the queries that screens, jobs and actions ask by name."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, Subquery

from relais.annuaire.models import Affectation, Equipe
from relais.fiches.models.conservation import ConservationQuerySet
from relais.fiches.models.corbeille import INVISIBLES_CAISSE
from relais.fiches.models.mains import EN_COURS, en_main
from relais.regles.circuit import REPONDUES, TERMINEES, TRAITEES, Statut
from relais.regles.convention import ROLES_DE_LA_CAISSE, Role

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
        self, copies: Sequence[UUID], statuts: Sequence[Statut]
    ) -> "FicheQuerySet":
        """The fiches in these states of which these exemplaires are copies, newest first."""
        return self.filter(
            pk__in=Subquery(
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
