"""Fill an empty demonstration: équipes, agents, then the fiches, by the product's own acts."""

import multiprocessing
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import F

from relais.annuaire.actions import visites
from relais.annuaire.actions.comptes import creer_agent
from relais.annuaire.actions.equipes import creer_equipe
from relais.annuaire.contexte import contexte, contexte_systeme
from relais.annuaire.facteurs import poser_application
from relais.annuaire.models import Affectation, Convention, Equipe, Organisation, Territoire
from relais.coffre.models import Genre
from relais.fiches import effacement
from relais.fiches.actions import phrases_types
from relais.fiches.demonstration import comptes, population
from relais.fiches.demonstration.population import Compte
from relais.fiches.demonstration.recit import Recit
from relais.fiches.demonstration.scenarios import Scenario, histoires
from relais.fiches.models import Avis, Exemplaire, Rappel
from relais.regles.convention import Role
from relais.regles.effacement import Cause

GRAINE = 35
NOMBRE = 200
# Mails of the past have long been sent: the catcher receives those of the last hours only.
MAILS_RECENTS = timedelta(hours=24)


@dataclass
class Monde:
    """Who writes and who answers, each as often as their weight says."""

    convention: Convention
    terrain: list[Affectation]
    caisse: list[Affectation]


def charger(*, maintenant: datetime, nombre: int = NOMBRE, processus: int = 1) -> int:
    """Load everything and give the number of fiches; on an empty demonstration only.

    A load that is cut is not mended: it starts again on a base made anew. `processus`: how many
    tell the stories at once; more than one must be alone in its program (they are forked).
    """
    monde = peupler(maintenant - timedelta(days=200))
    for organisation in (monde.convention.departement, monde.convention.caisse):
        comptes.animer(organisation, maintenant=maintenant)
    rangs = [range(part, nombre, processus) for part in range(processus)]
    if processus == 1:
        raconter_plusieurs(monde, rangs[0], nombre, maintenant)
    else:
        _en_parallele([(monde, part, nombre, maintenant) for part in rangs])
    oublier_les_copies_echues(monde.convention.caisse_id, maintenant)
    oublier_les_anciens_courriels(maintenant)
    oublier_les_anciens_rappels(monde.convention, maintenant)
    return nombre


def raconter_plusieurs(monde: Monde, rangs: range, nombre: int, maintenant: datetime) -> None:
    """The stories of those ranks. Nothing is lost by a crash that a new load does not give back."""
    for alias, reglage in (
        ("coffre", "PRAGMA synchronous = OFF"),
        ("default", "SET synchronous_commit = off"),
    ):
        with connections[alias].cursor() as curseur:
            curseur.execute(reglage)
    scenarios = list(histoires(nombre))
    for rang in rangs:
        # One draw a story: the same stories whatever the number of processes.
        tirage = Random(f"{GRAINE}/{rang}")  # noqa: S311 (stories, not secrets)
        raconter(scenarios[rang], monde, rang, tirage, maintenant)


def _en_parallele(parts: list[tuple[Monde, range, int, datetime]]) -> None:
    connections.close_all()
    base: Any = connections["default"]
    base.close_pool()
    with multiprocessing.get_context("fork").Pool(len(parts)) as equipe:
        equipe.starmap(raconter_plusieurs, parts, chunksize=1)


def raconter(
    scenario: Scenario, monde: Monde, rang: int, tirage: Random, maintenant: datetime
) -> None:
    recit = Recit(
        convention=monde.convention,
        auteur=tirage.choice(monde.terrain),
        traitant=tirage.choice(monde.caisse),
        rang=rang,
        tirage=tirage,
        maintenant=maintenant,
        a=maintenant,
        informe=scenario.informe,
    )
    scenario.histoire(recit)


@transaction.atomic
def peupler(depuis: datetime) -> Monde:
    """The équipes and the agents of both parties."""
    convention = Convention.objects.select_related("departement", "caisse").get()
    for code, noms in population.EQUIPES.items():
        territoire = Territoire.objects.get(organisation=convention.departement, code=code)
        for nom in noms:
            creer_equipe(convention.departement, nom, territoire=territoire)
    for nom in population.AGENCES:
        creer_equipe(convention.caisse, nom)
    monde = Monde(
        convention=convention,
        terrain=_creer(population.DEPARTEMENT, convention.departement, depuis),
        caisse=_creer(population.CAISSE, convention.caisse, depuis),
    )
    _ecrire_les_phrases(monde, depuis)
    return monde


def _ecrire_les_phrases(monde: Monde, depuis: datetime) -> None:
    responsable = next(un for un in monde.caisse if un.role == Role.RESPONSABLE_CAISSE)
    with contexte(responsable):
        for champ, titre, texte in population.PHRASES_TYPES:
            phrases_types.enregistrer(
                champ, titre, texte, pk=None, par=responsable, maintenant=depuis
            )


def _creer(
    comptes: tuple[Compte, ...], organisation: Organisation, depuis: datetime
) -> list[Affectation]:
    """The affectations of those who write or answer, as many times each as their weight."""
    ponderees = []
    for rang, compte in enumerate(comptes):
        affectation = _creer_agent(compte, organisation, rang, depuis)
        ponderees += [affectation] * compte.poids
    return ponderees


def oublier_les_copies_echues(caisse: str, maintenant: datetime) -> None:
    """What twenty days would have erased at the caisse is erased (convention, art. 5.2 a)."""
    with contexte_systeme(caisse):
        echues = Exemplaire.objects.a_purger(caisse, maintenant)
        effacement.engager(
            Genre.EXEMPLAIRE,
            echues.echeances(),
            organisation=caisse,
            regle=Cause.EXEMPLAIRE_CAISSE,
            le=maintenant,
        )
    while effacement.achever(caisse, maintenant=maintenant):
        pass


@transaction.atomic
def oublier_les_anciens_courriels(maintenant: datetime) -> None:
    """Mails of the past count as sent, and their jobs go."""
    anciens = Avis.objects.filter(cree_le__lt=maintenant - MAILS_RECENTS)
    ids = [str(pk) for pk in anciens.values_list("pk", flat=True)]
    for un in anciens:
        un.etat, un.envoye_le = Avis.Etat.ENVOYE, un.cree_le
        un.save(update_fields=["etat", "envoye_le"])
    with connection.cursor() as curseur:
        curseur.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'fiches.expedier_avis'"
            " AND args ->> 'avis_id' = ANY(%s)",
            [ids],
        )


def oublier_les_anciens_rappels(convention: Convention, maintenant: datetime) -> None:
    """Nobody is reminded today of what was late months ago."""
    for organisation in (convention.departement_id, convention.caisse_id):
        with contexte_systeme(organisation):
            Rappel.objects.dus_avant(organisation, maintenant - MAILS_RECENTS).update(
                fait_le=F("du_le"), suite=Rappel.Suite.SANS_OBJET
            )


def _creer_agent(
    compte: Compte, organisation: Organisation, rang: int, depuis: datetime
) -> Affectation:
    """An account that opens at once: its password is fictitious, its second factor set up."""
    agent = creer_agent(
        email=compte.adresse,
        prenom=compte.prenom,
        nom=compte.nom,
        mot_de_passe=population.MOT_DE_PASSE,
        organisation=organisation,
        role=compte.role,
        equipe=Equipe.objects.filter(organisation=organisation, nom=compte.equipe).first(),
        # A range that the Arcep keeps for fiction.
        telephone=f"026191{rang + 10:02d}{rang + 35:02d}",
        maintenant=depuis,
    )
    poser_application(agent)
    affectation = Affectation.objects.de(agent).get()
    visites.terminer(affectation, maintenant=depuis)
    return affectation
