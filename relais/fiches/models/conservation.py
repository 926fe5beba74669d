"""What the retention finds at the Département: fiches due, fiches to be looked at, late drafts."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from relais.annuaire.models import Affectation
from relais.fiches.models.mains import MainsQuerySet
from relais.regles.circuit import Statut
from relais.regles.convention import Role

# The support is over: the Département's access is restricted until the erasure (rules.md §3).
ARCHIVEE = Q(accompagnement_fini_le__isnull=False)


class ConservationQuerySet(MainsQuerySet):
    """A hold keeps the Département's rows alone: never what the caisse has (art. 5.2 a)."""

    def sans_retenue(self, maintenant: datetime) -> Self:
        return self.filter(
            Q(retenue_jusqu_au__isnull=True) | Q(retenue_jusqu_au__lte=maintenant),
            destruction_engagee_le=None,
        )

    def retenables_par(self, qui: Affectation) -> Self:
        """The metadata of what the DPO of a Département may hold; nobody else's."""
        if qui.role != Role.DPO:
            return self.none()
        return self.filter(departement=qui.organisation_id, destruction_engagee_le=None)

    def a_purger(self, departement: str, maintenant: datetime) -> Self:
        """Those whose day has come and whose end is not decided yet, the oldest first."""
        return (
            self.sans_retenue(maintenant)
            .filter(departement=departement, departement_a_purger_le__lte=maintenant)
            .order_by("departement_a_purger_le", "pk")
        )

    def au_brouillon_echu(self, departement: str, maintenant: datetime) -> Self:
        """Those whose draft nobody has touched for 30 days, the oldest first."""
        return (
            self.sans_retenue(maintenant)
            .filter(
                departement=departement,
                brouillon__organisation=departement,
                brouillon__a_purger_le__lte=maintenant,
            )
            .order_by("brouillon__a_purger_le", "pk")
        )

    def sans_exemplaire(self, departement: str) -> Self:
        """Those once sent of which the Département holds no copy, and whose end nobody decided."""
        tenus = self.model._meta.apps.get_model("fiches", "Exemplaire").objects.filter(
            envoi__fiche=OuterRef("pk"), organisation=departement
        )
        return self.filter(departement=departement, destruction_engagee_le=None).exclude(
            Q(statut=Statut.BROUILLON) | Exists(tenus)
        )

    def hors_archives(self) -> Self:
        return self.filter(accompagnement_fini_le=None)

    def archivees(self) -> Self:
        """Those whose support is over, the last one first."""
        return self.filter(ARCHIVEE).order_by("-accompagnement_fini_le", "pk")

    def est_archivee(self, reference: str) -> bool:
        return "\x00" not in reference and self.archivees().filter(reference=reference).exists()

    def a_revoir(self, jour: date) -> Self:
        """Those on which nothing has happened for a year, the oldest first."""
        return self.filter(revue_le__lte=jour, destruction_engagee_le=None).order_by(
            "revue_le", "pk"
        )

    def pour_la_purge(self) -> Self:
        """Locked, less those that somebody else holds at this instant."""
        return self.select_for_update(skip_locked=True, of=("self",))

    def engager(self, pks: Iterable[UUID], le: datetime) -> None:
        """From now on nobody reads, reopens nor holds them."""
        self.filter(pk__in=list(pks)).update(destruction_engagee_le=le)
