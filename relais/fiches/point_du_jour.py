"""The day's summary: one mail of counts for who prefers it to a mail each; never an empty one."""

from datetime import date, datetime, timedelta

from django.db import transaction

from relais.annuaire import conventions
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.conventions import chargees
from relais.annuaire.models import Affectation, Agent
from relais.fiches import avis
from relais.fiches.models import Avis, Courriels, Fiche, PointDuJour
from relais.regles import delais, rappels
from relais.regles.circuit import Statut
from relais.regles.convention import ROLES_DE_LA_CAISSE, Convention, Role
from relais.socle.horloge import jour_de


def faire(*, maintenant: datetime) -> None:
    """Write the summaries of the day once its hour has come, while the caisse is open."""
    for convention in chargees().values():
        jour = delais.jour_local(maintenant, convention=convention)
        a = rappels.du_point(jour, convention=convention)
        if a is None or maintenant < a or not delais.ouverte(maintenant, convention=convention):
            continue
        for organisation in (convention.departement.code, convention.caisse.code):
            for agent in Courriels.objects.attendant_le_point(organisation, jour):
                _resumer(agent, organisation, convention, jour=jour, maintenant=maintenant)


def oublier(*, maintenant: datetime) -> int:
    """Delete the summaries older than the convention keeps them, their mails too; how many."""
    jour = jour_de(maintenant)
    garde = timedelta(days=conventions.duree_commune("point_jours", jour=jour))
    anciens = PointDuJour.objects.filter(jour__lt=jour - garde)
    return anciens.delete()[1].get(PointDuJour._meta.label, 0)


@transaction.atomic
def _resumer(
    agent: Agent, organisation: str, convention: Convention, *, jour: date, maintenant: datetime
) -> None:
    """One a day and agent, all of their affectations together (unique in the database)."""
    point, nouveau = PointDuJour.objects.get_or_create(agent=agent, jour=jour)
    if not nouveau:
        return
    for affectation in Affectation.objects.de(agent):
        with contexte_systeme(affectation.organisation_id):
            _compter(point, affectation, maintenant)
    point.save()
    if point.lignes:
        avis.prevoir(
            Avis.Objet.POINT,
            convention=convention.code,
            organisation=organisation,
            agent=agent,
            point=point,
            maintenant=maintenant,
        )


def _compter(point: PointDuJour, qui: Affectation, maintenant: datetime) -> None:
    """What waits for that agent, by the words of the lists that they can open."""
    visibles = Fiche.objects.visibles_par(qui)
    if qui.role in ROLES_DE_LA_CAISSE:
        siennes = visibles.chargees_a(qui.agent).a_traiter()
        point.fiches_en_charge += siennes.count()
        point.fiches_nouvelles += visibles.libres().count()
        toutes = visibles.a_traiter() if qui.role == Role.RESPONSABLE_CAISSE else siennes
        point.fiches_en_retard += toutes.en_retard(maintenant).count()
    elif qui.role == Role.REFERENT:
        retards = Fiche.objects.referencees_par(qui).en_retard(maintenant)
        point.fiches_en_retard += retards.count()
    else:
        if point.premier_du_mois:  # a yearly review: a week late is not late
            point.fiches_a_revoir += Fiche.objects.a_revoir_par(qui, point.jour).count()
        siennes = visibles.suivies_par(qui)
        point.reponses_a_lire += siennes.reponses_a_lire().count()
        point.precisions_demandees += siennes.au_statut(Statut.COMPLEMENT_DEMANDE).count()
