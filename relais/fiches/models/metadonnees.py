"""The fiches as those read them who count them and open none (article 6)."""

from datetime import datetime
from typing import Any, Self

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from relais.annuaire.models import Affectation, Organisation
from relais.fiches.models.recherche import RechercheQuerySet
from relais.regles.circuit import Statut
from relais.regles.convention import Canal, Role

D_UNE_EXPORTATION = (
    *("reference", "statut", "reponse_au_professionnel"),
    *("transmise_le", "reponse_due_le", "premier_geste_le", "repondue_le"),
    *("territoire__code", "territoire__nom", "equipe__nom"),
)


class MetadonneesQuerySet(RechercheQuerySet):
    """What `FicheQuerySet` says of the metadata: no content, no name."""

    def referencees_par(self, qui: Affectation) -> Self:
        """The fiches that `qui` may count, and no more (art. 6); an encadrant those of the TIS."""
        envoyees = self.filter(transmise_le__isnull=False)
        if qui.role == Role.ENCADRANT:
            return envoyees.filter(departement=qui.organisation_id, territoire=qui.territoire_id)
        if qui.role in (Role.REFERENT, Role.RESPONSABLE_CAISSE):
            caisse = qui.organisation.nature == Organisation.Nature.CAISSE
            return envoyees.filter(**{"caisse" if caisse else "departement": qui.organisation_id})
        return self.none()

    def envoyees_entre(self, debut: datetime, fin: datetime) -> Self:
        """Whose current tour was sent in that period: `debut` included, `fin` excluded."""
        return self.filter(transmise_le__gte=debut, transmise_le__lt=fin)

    def attentes(self, maintenant: datetime) -> list[dict[str, Any]]:
        """By `territoire` and `equipe`: `en_attente`, and of those `attente_en_retard`,
        `retards_avec_etape` (an étape was given before the deadline), `precision_attendue`.

        On BlueFiles the answer is not seen here: neither waiting nor late.
        """
        etapes = self._etapes_du_tour().filter(envoye_le__lte=OuterRef("reponse_due_le"))
        en_retard = Q(reponse_due_le__lt=maintenant)
        lieux: Any = (
            self.a_traiter()
            .filter(canal=Canal.INTEGRE)
            .annotate(avec_etape=Exists(etapes))
            .values("territoire", "equipe")
            .annotate(
                en_attente=Count("pk"),
                attente_en_retard=Count("pk", filter=en_retard),
                retards_avec_etape=Count("pk", filter=en_retard & Q(avec_etape=True)),
                precision_attendue=Count("pk", filter=Q(statut=Statut.COMPLEMENT_DEMANDE)),
            )
        )
        return list(lieux)

    def pour_export(self) -> Self:
        """What a référent takes away of each fiche, the oldest sending first.

        `etapes`: those of the current tour that the wall lets through.
        """
        etapes = (
            self._etapes_du_tour()
            .order_by()
            .values("fiche")
            .annotate(nombre=Count("pk"))
            .values("nombre")
        )
        return (
            self.select_related("territoire", "equipe")
            .only(*D_UNE_EXPORTATION)
            .annotate(etapes=Coalesce(Subquery(etapes), 0))
            .order_by("transmise_le", "pk")
        )

    def _etapes_du_tour(self) -> QuerySet[Any]:
        """The étapes of the current tour of each fiche, for a subquery."""
        envois = self.model._meta.apps.get_model("fiches", "Envoi").objects
        return envois.filter(
            fiche=OuterRef("pk"), nature="etape", tour__transmise_le=OuterRef("transmise_le")
        )
