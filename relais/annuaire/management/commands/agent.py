"""`relais agent creer | lister`: the first accounts are made here, the next ones as well."""

import getpass
import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser

from relais.annuaire.actions import creer_agent
from relais.annuaire.management.terminal import (
    Analyseur,
    Commande,
    exiger,
    organisation,
    organisations,
    parmi,
    tableau,
)
from relais.annuaire.models import Affectation
from relais.annuaire.mots_de_passe import engendrer
from relais.regles.convention import Role
from relais.socle import horloge

ROLES = {role.value: role for role in Role}


class Command(Commande):
    help = "Les comptes : en ouvrir un, voir ceux qui existent."

    def add_arguments(self, parser: CommandParser) -> None:
        verbes = parser.add_subparsers(dest="verbe", parser_class=Analyseur)
        creer = verbes.add_parser(
            "creer",
            help="ouvre le compte d’une personne, avec un rôle",
            description="Le mot de passe se saisit deux fois ; sans terminal, il est fait et montré"
            " une seule fois. À sa première connexion, la personne choisit son second facteur.",
        )
        creer.add_argument("--email", help="adresse mail professionnelle")
        creer.add_argument("--prenom", help="prénom, tel qu’il figure sur les fiches")
        creer.add_argument("--nom", help="nom, de même")
        creer.add_argument("--telephone", default="", help="numéro porté sur les fiches")
        creer.add_argument("--organisation", help="code de l’organisation (cd35)")
        creer.add_argument("--role", help=", ".join(ROLES))
        creer.add_argument("--equipe", help="nom de l’équipe (« relais equipe lister »)")
        creer.add_argument(
            "--mot-de-passe-genere",
            action="store_true",
            help="fait un mot de passe et le montre une seule fois",
        )
        lister = verbes.add_parser("lister", help="donne les comptes, par organisation")
        lister.add_argument("--organisation", help="ceux de cette organisation seulement")

    def creer(self, **options: Any) -> None:
        exiger(options, "email", "prenom", "nom", "organisation", "role")
        sienne = organisation(options["organisation"])
        siennes = {une.nom: une for une in sienne.equipes.order_by("nom")}
        equipe = parmi(siennes, options["equipe"], "L’équipe") if options["equipe"] else None
        role = parmi(ROLES, options["role"].replace("-", "_"), "Le rôle")
        genere = options["mot_de_passe_genere"] or not sys.stdin.isatty()
        mot_de_passe = engendrer() if genere else saisir_mot_de_passe()
        agent = creer_agent(
            **{nom: options[nom] for nom in ("email", "prenom", "nom", "telephone")},
            mot_de_passe=mot_de_passe,
            organisation=sienne,
            role=role,
            equipe=equipe,
            maintenant=horloge.maintenant(),
        )
        self.stdout.write(f"Le compte de {agent.email} est ouvert.")
        if genere:
            self.stdout.write(f"Son mot de passe, montré une seule fois : {mot_de_passe}")

    def lister(self, **options: Any) -> None:
        voulues = {une.code for une in organisations(options["organisation"])}
        lignes = [
            (une.organisation_id, une.agent.email, une.agent.nom_complet, une.libelle)
            for une in Affectation.objects.actives().avec_tout().order_by("organisation", "pk")
            if une.organisation_id in voulues
        ]
        self.stdout.write(tableau(lignes) if lignes else "Il n’y a pas encore de compte.")


def saisir_mot_de_passe() -> str:
    """Typed twice on the terminal, never shown; CommandError when both differ."""
    premier = getpass.getpass("Mot de passe : ")
    if getpass.getpass("Encore une fois : ") != premier:
        raise CommandError("Les deux mots de passe ne sont pas les mêmes. Rien n’a été créé.")
    return premier
