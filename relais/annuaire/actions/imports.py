"""Import of agents: each line gets its verdict first; what is new is invited on confirmation."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from relais.annuaire import droits
from relais.annuaire.actions import invitations, roles
from relais.annuaire.actions.comptes import DEJA_CONNUE, lire_coordonnees
from relais.annuaire.actions.invitations import Invite
from relais.annuaire.contexte import contexte_systeme
from relais.annuaire.erreurs import CompteRefuse
from relais.annuaire.fichier_d_agents import COLONNES, Ligne, formule, sans_accent
from relais.annuaire.models import LIBELLES_ROLES, Affectation, Agent, Equipe, Organisation
from relais.journal.actions import consigner
from relais.journal.models import Action
from relais.regles.convention import Role


class Constat(StrEnum):
    """What a line of the file is."""

    NOUVEAU = "nouveau"
    DEJA_LA = "deja_la"
    ERREUR = "erreur"


@dataclass(frozen=True)
class Verdict:
    """`phrase`: what is wrong and how to mend it; `case`: title of the column at fault.

    `invite`: who is to be invited, when the line is new.
    """

    ligne: Ligne
    constat: Constat
    phrase: str = ""
    case: str = ""
    invite: Invite | None = None


def examiner(
    organisation: Organisation, lignes: list[Ligne], *, par: Affectation | None
) -> list[Verdict]:
    """The verdict of each line; nothing is written."""
    droits.exiger(par is None or droits.peut_administrer(par, organisation.code))
    examen = _Examen(organisation)
    return [examen.verdict(ligne) for ligne in lignes]


def importer(
    organisation: Organisation,
    lignes: list[Ligne],
    *,
    par: Affectation | None,
    maintenant: datetime,
) -> int:
    """Invite those who are new; how many. The same file twice invites nobody.

    Whoever approves gets one mail for all of them. All or nothing: raises CompteRefuse.
    """
    verdicts = examiner(organisation, lignes, par=par)
    nouveaux = [un.invite for un in verdicts if un.invite is not None]
    if not nouveaux:
        return 0
    with contexte_systeme(organisation.code):
        invitations.inviter_chacun(organisation, nouveaux, par=par, maintenant=maintenant)
        consigner(
            Action.IMPORT_D_AGENTS,
            organisation=organisation.code,
            agent=par.agent.pseudonyme if par else None,
            nombre=len(nouveaux),
        )
    return len(nouveaux)


class _Examen:
    """What every line is compared with, read once: five hundred lines make four queries."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self.equipes = {sans_accent(e.nom): e for e in Equipe.objects.ouvertes(organisation.code)}
        self.roles = {
            sans_accent(nom): role
            for role in roles.roles_de(organisation)
            for nom in (role.value, LIBELLES_ROLES[role])
        }
        self.connus = {email.lower() for email in Agent.objects.values_list("email", flat=True)}
        self.siens: dict[str, set[tuple[str, int | None]]] = {}
        for email in Agent.objects.de_l_organisation(organisation.code).values_list(
            "email", flat=True
        ):
            self.siens[email.lower()] = set()
        ouvertes = Affectation.objects.ouvertes().chez(organisation.code)
        for email, role, equipe in ouvertes.values_list("agent__email", "role", "equipe"):
            self.siens[email.lower()].add((role, equipe))
        self.vus: dict[str, int] = {}

    def verdict(self, ligne: Ligne) -> Verdict:
        try:
            return self._lire(ligne)
        except CompteRefuse as refus:
            case = COLONNES.get(refus.champ, "")
            return Verdict(ligne, Constat.ERREUR, refus.phrase, case)

    def _lire(self, ligne: Ligne) -> Verdict:
        dangereuse = formule(ligne)
        if dangereuse:
            raise CompteRefuse(
                f"La case commence par « {ligne.cases[dangereuse][0]} », comme une formule :"
                " retirez ce signe.",
                champ=dangereuse,
            )
        _verifier_le_zero(ligne.cases["telephone"])
        coordonnees = {nom: ligne.cases[nom] for nom in ("prenom", "nom", "email", "telephone")}
        lu = lire_coordonnees(**coordonnees)
        role, equipe = self._role(ligne), self._equipe(ligne)
        roles.verifier_role(self.organisation, role, equipe)
        email = lu["email"]
        if email in self.vus:
            raise CompteRefuse(
                f"Cette adresse est déjà à la ligne {self.vus[email]}.", champ="email"
            )
        self.vus[email] = ligne.numero
        if email in self.siens:
            meme = (role, equipe.pk if equipe else None) in self.siens[email]
            phrase = "" if meme else "Le rôle diffère : proposez-le depuis son compte."
            return Verdict(ligne, Constat.DEJA_LA, phrase)
        if email in self.connus:
            raise CompteRefuse(DEJA_CONNUE, champ="email")
        return Verdict(ligne, Constat.NOUVEAU, invite=Invite(lu, role, equipe))

    def _role(self, ligne: Ligne) -> Role:
        dit = ligne.cases["role"]
        role = self.roles.get(sans_accent(dit))
        if role is None:
            choix = ", ".join(
                LIBELLES_ROLES[un].lower() for un in roles.roles_de(self.organisation)
            )
            raise CompteRefuse(f"« {dit} » n’est pas un rôle ici. Il y a : {choix}.", champ="role")
        return role

    def _equipe(self, ligne: Ligne) -> Equipe | None:
        dit = ligne.cases["equipe"]
        if dit and sans_accent(dit) not in self.equipes:
            raise CompteRefuse(
                f"L’équipe « {dit} » n’existe pas ici : créez-la, ou corrigez son nom.",
                champ="equipe",
            )
        return self.equipes.get(sans_accent(dit))


def _verifier_le_zero(telephone: str) -> None:
    chiffres = "".join(c for c in telephone if c.isdecimal())
    if len(chiffres) == 9 and chiffres[0] != "0" and not telephone.startswith("+"):
        raise CompteRefuse(
            "Le tableur a retiré le 0 du début : mettez la colonne au format texte.",
            champ="telephone",
        )
