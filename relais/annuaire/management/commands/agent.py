"""`relais agent …`: the accounts from the server, where the first ones are made."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from relais.annuaire import courriers, fichier_d_agents, portraits
from relais.annuaire.actions import comptes, imports, invitations, roles
from relais.annuaire.actions.imports import Constat
from relais.annuaire.management.terminal import (
    Analyseur,
    Commande,
    compte,
    exiger,
    organisation,
    organisations,
    parmi,
    tableau,
)
from relais.annuaire.models import Affectation, Agent, Equipe, Lien, Organisation
from relais.regles.convention import Role
from relais.socle import horloge
from relais.socle.templatetags.relais_affichage import heure_paris

ROLES = {role.value: role for role in Role}
OPTIONS = {
    "email": "adresse mail professionnelle",
    "prenom": "prénom, tel qu’il figure sur les fiches",
    "nom": "nom, de même",
    "telephone": "numéro porté sur les fiches",
    "organisation": "code de l’organisation (cd35)",
    "role": ", ".join(ROLES),
    "equipe": "nom de l’équipe (« relais equipe lister »)",
    "fichier": "le CSV à lire",
}
QUI = ("email", "prenom", "nom", "telephone", "organisation", "role", "equipe")
QUEL_ROLE = ("email", "organisation", "role", "equipe")
VERBES: dict[str, tuple[str, tuple[str, ...]]] = {
    "creer": ("crée le compte d’une personne, avec un rôle, et montre le lien qui l’ouvre", QUI),
    "inviter": ("envoie à une personne un lien pour ouvrir son compte", QUI),
    "importer": ("invite les personnes d’un fichier CSV", ("organisation", "fichier")),
    "lien": ("montre un nouveau lien de compte ou de mot de passe", ("email",)),
    "desactiver": ("ferme un compte, ses sessions et ses rôles", ("email",)),
    "reactiver": ("rouvre un compte, sans rôle", ("email",)),
    "facteur": ("réinitialise la connexion d’un compte, et lui envoie un lien", ("email",)),
    "role_proposer": ("propose un rôle, qu’une seconde personne approuvera", QUEL_ROLE),
    "role_approuver": ("approuve un rôle proposé", QUEL_ROLE),
    "role_retirer": ("retire un rôle, ou sa proposition", QUEL_ROLE),
    "lister": ("donne les comptes, par organisation", ("organisation",)),
}


class Command(Commande):
    help = "Les comptes : en ouvrir, inviter, donner un rôle, fermer, voir ceux qui existent."
    verbes = tuple(VERBES)

    def add_arguments(self, parser: CommandParser) -> None:
        verbes = parser.add_subparsers(dest="verbe", parser_class=Analyseur)
        du_role: Any = None
        for nom, (aide, options) in VERBES.items():
            groupe = verbes
            if nom.startswith("role_"):
                if du_role is None:
                    role = verbes.add_parser("role", help="propose, approuve ou retire un rôle")
                    du_role = role.add_subparsers(
                        dest="verbe", parser_class=Analyseur, required=True
                    )
                groupe = du_role
            un = groupe.add_parser(nom.removeprefix("role_"), help=aide)
            un.set_defaults(verbe_complet=nom)
            _ajouter(un, nom, options)

    def handle(self, *args: Any, verbe: str | None, **options: Any) -> None:
        super().handle(*args, verbe=options.pop("verbe_complet", verbe), **options)

    def creer(self, **options: Any) -> None:
        exiger(options, "email", "prenom", "nom", "organisation", "role")
        lien = invitations.creer_par_lien(**_qui(options), maintenant=horloge.maintenant())
        self.stdout.write(f"Le compte de {lien.agent.email} est créé.")
        self._montrer(lien)

    def lien(self, **options: Any) -> None:
        exiger(options, "email")
        agent = compte(options["email"])
        self._montrer(invitations.remettre_un_lien(agent, maintenant=horloge.maintenant()))

    def inviter(self, **options: Any) -> None:
        exiger(options, "email", "prenom", "nom", "organisation", "role")
        qui = _qui(options)
        sienne = qui.pop("organisation")
        agent = invitations.inviter(sienne, **qui, par=None, maintenant=horloge.maintenant())
        self.stdout.write(f"L’invitation de {agent.email} est partie.")

    def importer(self, **options: Any) -> None:
        exiger(options, "organisation", "fichier")
        sienne = organisation(options["organisation"])
        lignes = fichier_d_agents.lire(_lire(options["fichier"]))
        for un in imports.examiner(sienne, lignes, par=None):
            if un.constat != Constat.NOUVEAU:
                dit = un.phrase or "déjà là"
                self.stdout.write(f"ligne {un.ligne.numero} : {dit}")
        if options["confirmer"]:
            nombre = imports.importer(sienne, lignes, par=None, maintenant=horloge.maintenant())
            self.stdout.write(f"Invitations parties : {nombre}.")
        else:
            self.stdout.write("Rien n’est écrit. Pour inviter : la même commande, --confirmer.")

    def desactiver(self, **options: Any) -> None:
        exiger(options, "email")
        agent = compte(options["email"])
        comptes.desactiver_compte(agent, par=None, maintenant=horloge.maintenant())
        self.stdout.write(f"Le compte de {agent.email} est désactivé.")

    def reactiver(self, **options: Any) -> None:
        exiger(options, "email")
        agent = compte(options["email"])
        comptes.reactiver_compte(agent, par=None, maintenant=horloge.maintenant())
        self.stdout.write(f"Le compte de {agent.email} est rouvert, sans rôle.")

    def facteur(self, **options: Any) -> None:
        exiger(options, "email")
        agent = compte(options["email"])
        invitations.reinitialiser_les_facteurs(agent, par=None, maintenant=horloge.maintenant())
        self.stdout.write(
            f"Un lien est parti vers {agent.email}, pour un mot de passe et un second facteur."
            " Sans courriel : « relais agent lien »."
        )

    def role_proposer(self, **options: Any) -> None:
        exiger(options, "email", "organisation", "role")
        sienne, role, equipe = _ou(options)
        une = roles.proposer(
            compte(options["email"]),
            role,
            organisation=sienne,
            equipe=equipe,
            par=None,
            maintenant=horloge.maintenant(),
        )
        self.stdout.write("Le rôle est ouvert." if une.active else "Le rôle attend un accord.")

    def role_approuver(self, **options: Any) -> None:
        une = _le_role(options, Affectation.objects.en_attente())
        roles.approuver([une], par=None, maintenant=horloge.maintenant())
        self.stdout.write(f"Le rôle est ouvert : {une.libelle}.")

    def role_retirer(self, **options: Any) -> None:
        une = _le_role(options, Affectation.objects.ouvertes().avec_tout())
        roles.retirer(une, par=None, maintenant=horloge.maintenant())
        self.stdout.write(f"Le rôle est retiré : {une.libelle}.")

    def lister(self, **options: Any) -> None:
        lignes = [
            (une.code, agent.email, agent.nom_complet, role.libelle)
            for une in organisations(options["organisation"])
            for agent in _comptes(une, inutilises=options["inutilises"])
            for role in agent.roles_ici
            if role.active
        ]
        vide = (
            "Aucun compte inutilisé." if options["inutilises"] else "Il n’y a pas encore de compte."
        )
        self.stdout.write(tableau(lignes) if lignes else vide)

    def _montrer(self, lien: Lien) -> None:
        self.stdout.write(
            f"À ouvrir par {lien.agent.email} et personne d’autre, une seule fois, jusqu’au"
            f" {heure_paris(lien.expire_le)} :\n{courriers.adresse_du_lien(lien)}"
        )


def _ajouter(un: ArgumentParser, verbe: str, options: tuple[str, ...]) -> None:
    for nom in options:
        un.add_argument(f"--{nom}", default="", help=OPTIONS[nom])
    if verbe == "creer":
        un.description = (
            "Le lien sert une fois. Donnez-le à la personne : elle choisit son mot de passe, puis"
            " son second facteur. S’il est perdu ou trop vieux : « relais agent lien »."
        )
    if verbe == "importer":
        un.add_argument("--confirmer", action="store_true", help="invite ; sans quoi, relit")
    if verbe == "lister":
        un.add_argument(
            "--inutilises", action="store_true", help="ceux que personne n’ouvre plus (réglage)"
        )


def _comptes(sienne: Organisation, *, inutilises: bool) -> Any:
    agents = Agent.objects.de_l_organisation(sienne.code).actifs()
    if inutilises:
        agents = agents.inutilises(portraits.seuil(sienne.code, horloge.maintenant()))
    return agents.avec_leurs_roles(sienne.code)


def _ou(options: dict[str, Any]) -> tuple[Organisation, Role, Equipe | None]:
    sienne = organisation(options["organisation"])
    siennes = {une.nom: une for une in Equipe.objects.ouvertes(sienne.code)}
    equipe = parmi(siennes, options["equipe"], "L’équipe") if options["equipe"] else None
    return sienne, parmi(ROLES, options["role"].replace("-", "_"), "Le rôle"), equipe


def _qui(options: dict[str, Any]) -> dict[str, Any]:
    sienne, role, equipe = _ou(options)
    coordonnees = {nom: options[nom] for nom in ("email", "prenom", "nom", "telephone")}
    return coordonnees | {"organisation": sienne, "role": role, "equipe": equipe}


def _le_role(options: dict[str, Any], parmi_ceux: Any) -> Affectation:
    exiger(options, "email", "organisation", "role")
    sienne, role, equipe = _ou(options)
    une: Affectation | None = parmi_ceux.precisement(
        compte(options["email"]), sienne.code, role, equipe
    ).first()
    if une is None:
        raise CommandError("Cette personne n’a pas ce rôle, ou il n’attend pas d’accord.")
    return une


def _lire(chemin: str) -> bytes:
    try:
        return Path(chemin).read_bytes()
    except OSError:
        raise CommandError(f"Le fichier « {chemin} » ne se lit pas.") from None
