"""How the Département finds a fiche again: at the desk, by a search, in what it still must file."""

import uuid
from collections.abc import Sequence
from typing import Self

from django.db.models import Q, Subquery
from django.db.models.functions import Greatest

from relais.annuaire.models import Affectation
from relais.fiches.models.corbeille import CorbeilleQuerySet
from relais.regles.circuit import TERMINEES
from relais.regles.convention import ROLES_DE_TERRAIN

RECENTES_PARMI = 200  # older ones are found by the search
# Finished, not reopened, and not yet in the paper folder.
A_VERSER = Q(statut__in=TERMINEES, versee_au_dossier_le=None, rouverte_le=None)


class RechercheQuerySet(CorbeilleQuerySet):
    def dont_l_etat_se_dit_a(self, qui: Affectation) -> Self:
        """Sent once, of the équipe of `qui` or their own: the state is told, never the content."""
        if qui.role not in ROLES_DE_TERRAIN:
            return self.none()
        des_siens = Q(equipe=qui.equipe_id) | Q(proprietaire=qui.agent_id)
        return self.filter(des_siens, departement=qui.organisation_id, transmise_le__isnull=False)

    def retrouvees(
        self, reference: str, copies: Sequence[uuid.UUID], brouillons: Sequence[uuid.UUID]
    ) -> Self:
        """The fiche of that reference, and those of these exemplaires and drafts, newest first."""
        modeles = self.model._meta.apps
        des_copies = modeles.get_model("fiches", "Exemplaire").objects.filter(pk__in=copies)
        des_brouillons = modeles.get_model("fiches", "Brouillon").objects.filter(pk__in=brouillons)
        de_la_reference = self.model.objects.filter(reference=reference)
        # A union is found by the indexes; three conditions with « or » would read every fiche.
        trouvees = de_la_reference.values("pk").union(
            des_copies.values("envoi__fiche"), des_brouillons.values("fiche")
        )
        return self.filter(pk__in=trouvees).order_by("-creee_le", "pk")

    def a_verser_au_dossier(self) -> Self:
        """Finished, and not yet said to be in the paper folder (annex 1)."""
        return self.filter(A_VERSER)

    def touchees_recemment(self) -> Self:
        """The last act first (written, sent, answered, read, closed, reopened): no trace is kept.

        Among the newest fiches alone. An étape counts for nothing: without box 1 nobody knows it.
        """
        parmi = self.order_by("-creee_le", "pk").values("pk")[:RECENTES_PARMI]
        derniere = Greatest(
            *("creee_le", "brouillon__modifie_le", "transmise_le", "repondue_le"),
            *("reponse_lue_le", "close_le", "rouverte_le"),
        )
        return self.filter(pk__in=Subquery(parmi)).order_by(derniere.desc(), "pk")
