"""Verbs of the directory: create an équipe, create an agent with a role, switch affectation."""

from datetime import datetime
from typing import cast

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField

from relais.adaptateurs.coordonnees import CoordonneeRefusee, lire_mail, lire_telephone
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.models import (
    LIBELLES_ROLES,
    Affectation,
    Agent,
    Equipe,
    Organisation,
    Territoire,
)
from relais.annuaire.mots_de_passe import longueur_pour
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.journal.mur import pour
from relais.regles.convention import Role

ROLES_DU_DEPARTEMENT = {
    Role.TRAVAILLEUR_SOCIAL,
    Role.CHARGE_ACCUEIL,
    Role.ENCADRANT,
    Role.CHARGE_REPERAGE,
}
ROLES_DE_LA_CAISSE = {Role.AGENT_CAISSE, Role.RESPONSABLE_CAISSE}
ROLES_DE_TERRAIN = {Role.TRAVAILLEUR_SOCIAL, Role.CHARGE_ACCUEIL, Role.ENCADRANT}


class CompteRefuse(Exception):
    """`phrase`: why the account cannot be made, in French."""

    def __init__(self, phrase: str) -> None:
        super().__init__(phrase)
        self.phrase = phrase


@transaction.atomic
def creer_equipe(
    organisation: Organisation, nom: str, *, territoire: Territoire | None = None
) -> Equipe:
    """A team: of a TIS for a Département, an agency for a caisse. Its name is unique.

    Raises CompteRefuse: name missing, too long or taken, territory missing or of another party.
    """
    nom = lire_nom(nom, Equipe, "nom", "le nom de l’équipe")
    if organisation.nature == Organisation.Nature.DEPARTEMENT and territoire is None:
        raise CompteRefuse("Une équipe d’un Département appartient à un territoire.")
    if territoire is not None and territoire.organisation_id != organisation.code:
        raise CompteRefuse("Ce territoire est d’une autre organisation.")
    if Equipe.objects.filter(organisation=organisation, nom=nom).exists():
        raise CompteRefuse(f"L’équipe « {nom} » existe déjà.")
    return Equipe.objects.create(organisation=organisation, nom=nom, territoire=territoire)


def creer_agent(
    *,
    email: str,
    prenom: str,
    nom: str,
    mot_de_passe: str,
    organisation: Organisation,
    role: Role,
    maintenant: datetime,
    telephone: str = "",
    equipe: Equipe | None = None,
) -> Agent:
    """An individual account with its role; journaled in the chain of its organisation.

    Raises CompteRefuse: name missing or too long, address or phone unreadable, address taken, role
    of the other party, équipe missing, password too weak.
    """
    prenom = lire_nom(prenom, Agent, "prenom", "le prénom")
    nom = lire_nom(nom, Agent, "nom", "le nom")
    try:
        email = lire_mail(email).lower()
        telephone = lire_telephone(telephone) if telephone else ""
    except CoordonneeRefusee as refus:
        raise CompteRefuse(refus.phrase) from None
    if Agent.objects.filter(email__iexact=email).exists():
        raise CompteRefuse("Un compte existe déjà pour cette adresse.")
    verifier_role(organisation, role, equipe)
    agent = Agent(email=email, prenom=prenom, nom=nom, telephone=telephone, cree_le=maintenant)
    verifier_mot_de_passe(mot_de_passe, agent, role)
    agent.set_password(mot_de_passe)
    with contexte_systeme(organisation.code):
        agent.save()
        affecter(agent, organisation, role, equipe=equipe, maintenant=maintenant)
        consigner(
            Action.COMPTE_CREE,
            organisation=organisation.code,
            agent=None,
            objet=str(agent.pseudonyme),
        )
    return agent


def affecter(
    agent: Agent,
    organisation: Organisation,
    role: Role,
    *,
    maintenant: datetime,
    equipe: Equipe | None = None,
) -> Affectation:
    """Give a role to an agent. Raises CompteRefuse as `verifier_role`."""
    verifier_role(organisation, role, equipe)
    return Affectation.objects.create(
        agent=agent,
        organisation=organisation,
        role=role,
        equipe=equipe,
        territoire=equipe.territoire if equipe else None,
        depuis=maintenant,
    )


def changer_d_affectation(vers: Affectation, *, de: Affectation) -> Affectation:
    """Work under another of one's own affectations; journaled where the agent arrives.

    Raises CompteRefuse for the affectation of somebody else.
    """
    if vers.agent_id != de.agent_id or not vers.active:
        raise CompteRefuse("Cette affectation n’est pas la vôtre.")
    with pour(vers.organisation_id):
        consigner(
            Action.CHANGEMENT_D_AFFECTATION,
            organisation=vers.organisation_id,
            agent=vers.agent.pseudonyme,
            objet=vers.role.replace("_", "-"),
        )
    return vers


def lire_nom(texte: str, modele: type[Agent | Equipe], champ: str, quoi: str) -> str:
    """A name as it is kept. Raises CompteRefuse: empty, unprintable or too long for its field."""
    propre = " ".join(texte.split())
    maximum = cast("CharField[str, str]", modele._meta.get_field(champ)).max_length or 0
    if not propre or not propre.isprintable():
        raise CompteRefuse(f"Indiquez {quoi}.")
    if len(propre) > maximum:
        raise CompteRefuse(f"Raccourcissez {quoi} : {maximum} caractères au plus.")
    return propre


def verifier_role(organisation: Organisation, role: Role, equipe: Equipe | None) -> None:
    """Raise CompteRefuse unless that party has this role, with an équipe of its own if needed."""
    departement = organisation.nature == Organisation.Nature.DEPARTEMENT
    if role in (ROLES_DE_LA_CAISSE if departement else ROLES_DU_DEPARTEMENT):
        raise CompteRefuse(
            f"Le rôle « {LIBELLES_ROLES[role]} » n’existe pas dans l’organisation"
            f" « {organisation.nom} »."
        )
    if role in ROLES_DE_TERRAIN and equipe is None:
        raise CompteRefuse(f"Le rôle « {LIBELLES_ROLES[role]} » demande une équipe.")
    if equipe is not None and equipe.organisation_id != organisation.code:
        raise CompteRefuse("Cette équipe est d’une autre organisation.")


def verifier_mot_de_passe(mot_de_passe: str, agent: Agent, role: Role) -> None:
    """Raise CompteRefuse on a short or common password (security.md, accounts)."""
    if len(mot_de_passe) < longueur_pour(role):
        raise CompteRefuse(
            f"Ce mot de passe est trop court : pour ce rôle, il en faut {longueur_pour(role)}"
            " caractères au moins."
        )
    try:
        validate_password(mot_de_passe, agent)
    except ValidationError as refus:
        raise CompteRefuse(" ".join(refus.messages)) from None
