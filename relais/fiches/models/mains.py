"""In whose hands the fiches are, as PostgreSQL finds them (docs/adr/0014)."""

from datetime import datetime
from typing import Self

from django.db.models import Count, Exists, OuterRef, Q

from relais.annuaire.models import Affectation, Agent
from relais.fiches.models.metadonnees import MetadonneesQuerySet
from relais.regles.circuit import OUVERTES, TERMINEES, TRAITEES, Statut
from relais.regles.convention import ROLES_DE_TERRAIN

# What somebody must see to. A closed fiche stays on its owner's list until the answer was read, and
# once reopened.
EN_COURS = (
    ~Q(statut__in=TERMINEES)
    | Q(statut=Statut.CLOSE, reponse_lue_le__isnull=True)
    | Q(statut=Statut.CLOSE, rouverte_le__isnull=False)
)


def en_main(qui: Affectation) -> Q:
    """Owned by that agent, or by somebody of the équipe they stand in for: one index scan each."""
    if not qui.remplaces:
        return Q(proprietaire=qui.agent_id)
    return Q(proprietaire__in=(qui.agent_id, *qui.remplaces)) & (
        Q(proprietaire=qui.agent_id) | Q(equipe=qui.equipe_id)
    )


class MainsQuerySet(MetadonneesQuerySet):
    def suivies_par(self, qui: Affectation) -> Self:
        """In the hands of that agent: their own, and those of the absent they stand in for."""
        return self.filter(en_main(qui))

    def en_remplacement(self, qui: Affectation) -> Self:
        return self.filter(EN_COURS, proprietaire__in=qui.remplaces, equipe=qui.equipe_id)

    def charges(self, maintenant: datetime, bientot: datetime) -> dict[int, dict[str, int]]:
        """For each owner, open fiches counted, no content: `envoyees`, `brouillons`, and of the
        sent ones `en_retard`, `a_lire` (answered, unread), `a_clore` (closing by itself before
        `bientot`). One query.
        """
        brouillon = Q(statut=Statut.BROUILLON)
        traitees = Q(statut__in=TRAITEES)
        retard = Q(statut__in=OUVERTES, reponse_due_le__lt=maintenant)
        return self.filter(EN_COURS, accompagnement_fini_le=None).compter_par(
            "proprietaire",
            envoyees=Count("pk", filter=~brouillon),
            brouillons=Count("pk", filter=brouillon),
            en_retard=Count("pk", filter=retard),
            a_lire=Count("pk", filter=traitees & Q(reponse_lue_le__isnull=True)),
            a_clore=Count("pk", filter=traitees & Q(cloture_office_le__lt=bientot)),
        )

    def charges_par_equipe(self) -> dict[int | None, dict[str, int]]:
        """For each équipe, how many open fiches: `envoyees`, `brouillons`."""
        brouillon = Q(statut=Statut.BROUILLON)
        return self.compter_par(
            "equipe",
            envoyees=Count("pk", filter=~brouillon),
            brouillons=Count("pk", filter=brouillon),
        )

    def detenues_par(self, agent: Agent, departement: str) -> Self:
        """The open fiches in the hands of that agent at that Département, drafts included."""
        return self.filter(EN_COURS, proprietaire=agent, departement=departement)

    def envoyees(self) -> Self:
        return self.exclude(statut=Statut.BROUILLON)

    def dans_l_ordre(self) -> Self:
        """One order for all who lock several."""
        return self.order_by("pk")

    def sans_proprietaire_actif(self) -> Self:
        """Open, and in the hands of nobody who can act: never, the database sees to it."""
        mains = Affectation.objects.actives().filter(
            agent=OuterRef("proprietaire"),
            organisation=OuterRef("departement"),
            equipe=OuterRef("equipe"),
            role__in=ROLES_DE_TERRAIN,
        )
        return self.filter(EN_COURS).exclude(Exists(mains))

    def confiees(self) -> Self:
        """Received from a colleague, and not finished."""
        return self.filter(EN_COURS, confiee_par__isnull=False)
