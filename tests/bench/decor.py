"""Who is there: fourteen équipes in six TIS, fifty agents, on the base that both sizes share."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from relais.annuaire.actions.comptes import creer_agent
from relais.annuaire.actions.equipes import creer_equipe
from relais.annuaire.models import Affectation, Convention, Equipe, Organisation, Territoire
from relais.fiches.demonstration import population
from relais.regles.convention import Role
from tests.personas import poser_second_facteur

TRAVAILLEURS, AGENTS_CAISSE = 32, 14
DU_BENCH = "bench"


@dataclass(frozen=True)
class Place:
    """Where a social worker writes from, as the columns of a fiche want it."""

    agent: int
    equipe: int
    territoire: int


@dataclass
class Decor:
    """The two parties. `terrain[0]` reads and `terrain[1]` sends; `caisse[0]` takes and answers."""

    convention: Convention
    terrain: list[Affectation] = field(default_factory=list)
    caisse: list[Affectation] = field(default_factory=list)
    encadrants: list[Affectation] = field(default_factory=list)

    @property
    def places(self) -> list[Place]:
        return [Place(a.agent_id, a.equipe_id, a.territoire_id) for a in self.terrain]


def planter(maintenant: datetime) -> Decor:
    """Create équipes and agents by the product's own verbs."""
    convention = Convention.objects.select_related("departement", "caisse").get()
    for code, noms in population.EQUIPES.items():
        territoire = Territoire.objects.get(organisation=convention.departement, code=code)
        for nom in noms:
            creer_equipe(convention.departement, nom, territoire=territoire)
    equipes = list(Equipe.objects.filter(organisation=convention.departement).order_by("pk"))
    decor = Decor(convention)
    for rang in range(TRAVAILLEURS):
        equipe = equipes[rang % len(equipes)]
        decor.terrain.append(
            _agent(rang, convention.departement, Role.TRAVAILLEUR_SOCIAL, maintenant, equipe)
        )
    for rang in range(2):
        decor.encadrants.append(
            _agent(100 + rang, convention.departement, Role.ENCADRANT, maintenant, equipes[rang])
        )
    for rang in range(AGENTS_CAISSE):
        decor.caisse.append(
            _agent(200 + rang, convention.caisse, Role.AGENT_CAISSE, maintenant, None)
        )
    for rang, partie in enumerate((convention.departement, convention.caisse)):
        _agent(300 + rang, partie, Role.REFERENT, maintenant, None)
    return decor


def _agent(
    rang: int, partie: Organisation, role: Role, maintenant: datetime, equipe: Equipe | None
) -> Affectation:
    agent = creer_agent(
        email=f"{DU_BENCH}{rang}@exemple.test",
        prenom="Zoé",
        nom=f"Exemple {rang}",
        telephone="0261913500",
        mot_de_passe=secrets.token_urlsafe(24),
        organisation=partie,
        role=role,
        equipe=equipe,
        maintenant=maintenant,
    )
    poser_second_facteur(agent)
    return Affectation.objects.de(agent).get()
