"""The accounts as they are after some months: used or not, invited, roles that wait, reviews."""

from datetime import datetime, timedelta

from relais.annuaire.actions import invitations, roles
from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation, Agent, CourrierDeCompte, Equipe, Organisation
from relais.regles.convention import Role

REVUE = timedelta(days=20)
OUBLIE = timedelta(days=120)
HIER = timedelta(hours=20)
LA_SEMAINE_DERNIERE = timedelta(days=6)


def animer(organisation: Organisation, *, maintenant: datetime) -> None:
    """By the acts of two administrateurs of that party: what one proposes waits for the other."""
    un, autre = Affectation.objects.administrateurs(organisation.code).order_by("pk")
    presents = Affectation.objects.a_revoir(organisation.code).order_by("pk")
    with contexte(un):
        _connecter_chacun(organisation.code, maintenant)
        revus = [une for une in presents if une.agent_id != un.agent_id][3:]
        roles.confirmer_plusieurs(revus, par=un, maintenant=maintenant - REVUE)
        _inviter("lena", "Léna", "Ébauche", par=un, maintenant=maintenant - HIER)
    with contexte(autre):
        _inviter("tom", "Tom", "Spécimen", par=autre, maintenant=maintenant - LA_SEMAINE_DERNIERE)
    CourrierDeCompte.objects.filter(cree_le__lt=maintenant - timedelta(hours=24)).update(
        etat=CourrierDeCompte.Etat.ENVOYE
    )


def _inviter(
    courriel: str, prenom: str, nom: str, *, par: Affectation, maintenant: datetime
) -> Agent:
    organisation = par.organisation
    departement = organisation.nature == Organisation.Nature.DEPARTEMENT
    equipes = Equipe.objects.ouvertes(organisation.code)
    return invitations.inviter(
        organisation,
        prenom=prenom,
        nom=nom,
        email=f"{courriel}.{organisation.code}@exemple.test",
        role=Role.TRAVAILLEUR_SOCIAL if departement else Role.AGENT_CAISSE,
        equipe=equipes.first(),
        par=par,
        maintenant=maintenant,
    )


def _connecter_chacun(organisation: str, maintenant: datetime) -> None:
    """A last login some hours or days ago; for one of them, four months."""
    agents = list(Agent.objects.de_l_organisation(organisation))
    for rang, agent in enumerate(agents):
        agent.last_login = maintenant - timedelta(hours=5 + 17 * (rang % 7))
    agents[len(agents) // 2].last_login = maintenant - OUBLIE
    Agent.objects.bulk_update(agents, ["last_login"])
