"""Accounts: open one from the server, correct it, close it, open it again."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from relais.adaptateurs.coordonnees import CoordonneeRefusee, lire_mail, lire_telephone
from relais.annuaire import courriers, droits, retenues, seances
from relais.annuaire.actions import roles
from relais.annuaire.actions.noms import lire_nom
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.models import Affectation, Agent, Equipe, Organisation
from relais.annuaire.mots_de_passe import longueur_pour
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.convention import Role

DEJA_CONNUE = "Un compte existe déjà pour cette adresse."


def creer_agent(
    *,
    email: str,
    prenom: str,
    nom: str,
    organisation: Organisation,
    role: Role,
    maintenant: datetime,
    mot_de_passe: str = "",
    telephone: str = "",
    equipe: Equipe | None = None,
) -> Agent:
    """An individual account with its role, from the server; journaled in its organisation's chain.

    Nobody approves: whoever runs commands on the server is outside of what roles protect from
    (docs/adr/0015). Without `mot_de_passe` it opens by a link (`invitations.creer_par_lien`).

    Raises CompteRefuse: name missing or too long, address or phone unreadable, address taken, role
    of the other party, équipe missing, password too weak.
    """
    lu = lire_coordonnees(prenom=prenom, nom=nom, email=email, telephone=telephone)
    verifier_adresse_libre(lu["email"])
    roles.verifier_role(organisation, role, equipe)
    agent = Agent(**lu, cree_le=maintenant)
    if mot_de_passe:
        verifier_mot_de_passe(mot_de_passe, agent, role)
        agent.set_password(mot_de_passe)
    else:
        agent.is_active = False
        agent.set_unusable_password()
    with contexte_systeme(organisation.code):
        agent.save()
        roles.affecter(agent, organisation, role, equipe=equipe, maintenant=maintenant)
        consigner(
            Action.COMPTE_CREE,
            organisation=organisation.code,
            agent=None,
            objet=str(agent.pseudonyme),
        )
    return agent


@transaction.atomic
def corriger(
    agent: Agent, *, prenom: str, nom: str, telephone: str, par: Affectation | None
) -> Agent:
    """The name and the telephone that the next fiches will bear. Raises CompteRefuse.

    The address does not change: a link sent to another one would open somebody's account.
    """
    droits.exiger(par is None or droits.peut_gerer(par, agent))
    lu = lire_coordonnees(prenom=prenom, nom=nom, email=agent.email, telephone=telephone)
    agent.prenom, agent.nom, agent.telephone = lu["prenom"], lu["nom"], lu["telephone"]
    agent.save(update_fields=["prenom", "nom", "telephone"])
    _noter(Action.COMPTE_MODIFIE, agent, par)
    return agent


@transaction.atomic
def desactiver_compte(agent: Agent, *, par: Affectation | None, maintenant: datetime) -> None:
    """Close an account: its roles are withdrawn, its sessions and its links end with it.

    `par` None: from the server. Raises CompteRefuse while somebody's fiches are in its hands
    (settings.AVANT_DE_RETIRER), PermissionDenied to who does not manage that account.
    """
    droits.exiger(par is None or droits.peut_gerer(par, agent))
    agent = Agent.objects.select_for_update().get(pk=agent.pk)
    if not agent.is_active:
        raise CompteRefuse("Ce compte n’est pas ouvert.")
    siennes = list(Affectation.objects.ouvertes().avec_tout().filter(agent=agent))
    for une in siennes:
        retenues.verifier(une)
    _noter(Action.COMPTE_DESACTIVE, agent, par)
    for une in siennes:
        roles.clore(une, par=par, maintenant=maintenant)
    agent.is_active, agent.desactive_le = False, maintenant
    agent.save(update_fields=["is_active", "desactive_le"])
    courriers.retirer_les_liens(agent, maintenant=maintenant)
    seances.terminer_toutes(agent)


@transaction.atomic
def reactiver_compte(agent: Agent, *, par: Affectation | None, maintenant: datetime) -> None:
    """Open it again, without any role: each one is proposed anew, and approved."""
    droits.exiger(par is None or droits.peut_gerer(par, agent))
    agent = Agent.objects.select_for_update().get(pk=agent.pk)
    if agent.desactive_le is None or agent.efface_le is not None:
        raise CompteRefuse("Ce compte n’est pas désactivé.")
    agent.is_active, agent.desactive_le, agent.rouvert_le = True, None, maintenant
    agent.save(update_fields=["is_active", "desactive_le", "rouvert_le"])
    _noter(Action.COMPTE_REOUVERT, agent, par)


def lire_coordonnees(*, prenom: str, nom: str, email: str, telephone: str) -> dict[str, str]:
    """The four of them as they are kept. Raises CompteRefuse, its `champ` being the faulty one."""
    lu = {
        "prenom": lire_nom(prenom, Agent, "prenom", "le prénom"),
        "nom": lire_nom(nom, Agent, "nom", "le nom"),
        "telephone": "",
    }
    champ = "email"
    try:
        lu["email"] = lire_mail(email).lower()
        champ = "telephone"
        if telephone:
            lu["telephone"] = lire_telephone(telephone)
    except CoordonneeRefusee as refus:
        raise CompteRefuse(refus.phrase, champ=champ) from None
    return lu


def verifier_adresse_libre(email: str) -> None:
    """Raise CompteRefuse when somebody, of any organisation, has that address."""
    if Agent.objects.filter(email__iexact=email).exists():
        raise CompteRefuse(DEJA_CONNUE, champ="email")


def verifier_mot_de_passe(mot_de_passe: str, agent: Agent, role: Role | None = None) -> None:
    """Raise CompteRefuse on a short or common password (security.md, accounts).

    `role`: the one that a new account is about to have; the validators know those it has.
    """
    if role is not None and len(mot_de_passe) < longueur_pour(role):
        raise CompteRefuse(
            f"Ce mot de passe est trop court : pour ce rôle, il faut {longueur_pour(role)}"
            " caractères au moins."
        )
    try:
        validate_password(mot_de_passe, agent)
    except ValidationError as refus:
        raise CompteRefuse(" ".join(refus.messages)) from None


def organisation_de(agent: Agent) -> Organisation:
    """The one that an act of the server on that account is told to. Raises CompteRefuse."""
    siennes = Affectation.objects.filter(agent=agent).select_related("organisation")
    derniere = siennes.order_by("-active", "-pk").first()
    if derniere is None:
        raise CompteRefuse("Ce compte n’a jamais eu de rôle.")
    return derniere.organisation


def _noter(action: Action, agent: Agent, par: Affectation | None) -> str:
    """Journal it in the chain of who acts, or of the account; the code of that organisation."""
    organisation = par.organisation_id if par else organisation_de(agent).code
    with contexte_systeme(organisation):
        consigner(
            action,
            organisation=organisation,
            agent=par.agent.pseudonyme if par else None,
            objet=str(agent.pseudonyme),
        )
    return organisation
