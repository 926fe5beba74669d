"""The fixed people of the tests: one at least for each line of the rights table.

Two conventions' worth of institutions, so that « another organisation » is always somebody real.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.test import Client

from relais.annuaire import conventions
from relais.annuaire.actions.comptes import creer_agent
from relais.annuaire.actions.equipes import creer_equipe
from relais.annuaire.facteurs import poser_application
from relais.annuaire.models import Affectation, Agent, Organisation, Territoire
from relais.regles.convention import Role

MOT_DE_PASSE = "phrase de passe des essais"
SECRET_TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CREES_LE = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)

# name: (first name, last name, organisation, role, équipe)
PERSONAS: dict[str, tuple[str, str, str, Role, str]] = {
    "ts_rennes": ("Ada", "Essai", "cd35", Role.TRAVAILLEUR_SOCIAL, "CDAS Exemple Nord"),
    "ts_rennes_collegue": ("Bo", "Essai", "cd35", Role.TRAVAILLEUR_SOCIAL, "CDAS Exemple Nord"),
    "ts_redon": ("Cléo", "Essai", "cd35", Role.TRAVAILLEUR_SOCIAL, "CDAS Exemple Sud"),
    "charge_accueil_rennes": ("Dan", "Essai", "cd35", Role.CHARGE_ACCUEIL, "CDAS Exemple Nord"),
    "encadrante_rennes": ("Eve", "Essai", "cd35", Role.ENCADRANT, "CDAS Exemple Nord"),
    "referent_departement": ("Flo", "Essai", "cd35", Role.REFERENT, ""),
    "charge_reperage": ("Gaël", "Essai", "cd35", Role.CHARGE_REPERAGE, ""),
    "dpo_departement": ("Hal", "Essai", "cd35", Role.DPO, ""),
    "admin_departement": ("Ina", "Essai", "cd35", Role.ADMINISTRATEUR, ""),
    "admin_technique": ("Jo", "Essai", "cd35", Role.ADMINISTRATEUR_TECHNIQUE, ""),
    "agent_caisse": ("Kim", "Fictif", "carsat-bretagne", Role.AGENT_CAISSE, ""),
    "agent_caisse_collegue": ("Lou", "Fictif", "carsat-bretagne", Role.AGENT_CAISSE, ""),
    "responsable_caisse": ("Mia", "Fictif", "carsat-bretagne", Role.RESPONSABLE_CAISSE, ""),
    "referent_caisse": ("Noé", "Fictif", "carsat-bretagne", Role.REFERENT, ""),
    "dpo_caisse": ("Oda", "Fictif", "carsat-bretagne", Role.DPO, ""),
    "admin_caisse": ("Pia", "Fictif", "carsat-bretagne", Role.ADMINISTRATEUR, ""),
    "agent_autre_caisse": ("Quy", "Ailleurs", "autre-caisse", Role.AGENT_CAISSE, ""),
}
EQUIPES = {"CDAS Exemple Nord": "T1", "CDAS Exemple Sud": "T6"}


@dataclass(frozen=True)
class Personas:
    """`personas.ts_rennes` is an Affectation, its agent with it."""

    par_nom: dict[str, Affectation]

    def __getattr__(self, nom: str) -> Affectation:
        try:
            return self.par_nom[nom]
        except KeyError:
            raise AttributeError(nom) from None


def creer_personas() -> Personas:
    """The institutions of the convention, a foreign caisse, and everybody in them."""
    conventions.enregistrer()
    Organisation.objects.get_or_create(
        code="autre-caisse",
        defaults={"nature": Organisation.Nature.CAISSE, "nom": "Caisse d’ailleurs"},
    )
    departement = Organisation.objects.get(code="cd35")
    equipes = {
        nom: creer_equipe(departement, nom, territoire=Territoire.objects.get(code=code))
        for nom, code in EQUIPES.items()
    }
    for nom, (prenom, nom_de_famille, organisation, role, equipe) in PERSONAS.items():
        creer_agent(
            email=f"{nom.replace('_', '.')}@exemple.test",
            prenom=prenom,
            nom=nom_de_famille,
            telephone="0261913500",
            mot_de_passe=MOT_DE_PASSE,
            organisation=Organisation.objects.get(code=organisation),
            role=role,
            equipe=equipes.get(equipe),
            maintenant=CREES_LE,
        )
    # They have been there for months: the first visit is behind them.
    Affectation.objects.update(visite_le=CREES_LE)
    return Personas({nom: affectation(nom) for nom in PERSONAS})


def affectation(nom: str) -> Affectation:
    return Affectation.objects.select_related("agent", "organisation", "territoire", "equipe").get(
        agent__email=f"{nom.replace('_', '.')}@exemple.test"
    )


def poser_second_facteur(agent: Agent) -> None:
    """A TOTP secret known to the tests, as if its owner had set it up."""
    poser_application(agent, SECRET_TOTP)


def connecter(qui: Affectation) -> Client:
    """A browser whose session is open, both factors given."""
    poser_second_facteur(qui.agent)
    navigateur = Client()
    navigateur.force_login(qui.agent, backend="allauth.account.auth_backends.AuthenticationBackend")
    return navigateur
