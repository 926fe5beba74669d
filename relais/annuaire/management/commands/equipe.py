"""`relais equipe creer | lister`: the teams of a TIS (a CDAS), the agencies of a caisse."""

from typing import Any

from django.core.management.base import CommandParser

from relais.annuaire.actions import creer_equipe
from relais.annuaire.management.terminal import (
    Analyseur,
    Commande,
    exiger,
    organisation,
    organisations,
    parmi,
    tableau,
)


class Command(Commande):
    help = "Les équipes : en créer une, voir celles qui existent."

    def add_arguments(self, parser: CommandParser) -> None:
        verbes = parser.add_subparsers(dest="verbe", parser_class=Analyseur)
        creer = verbes.add_parser("creer", help="crée une équipe")
        creer.add_argument("--organisation", help="code de l’organisation (cd35)")
        creer.add_argument("--nom", help="nom de l’équipe, tel qu’on le lira")
        creer.add_argument("--territoire", help="code du territoire, pour un Département (T1)")
        lister = verbes.add_parser("lister", help="donne les équipes, par organisation")
        lister.add_argument("--organisation", help="celles de cette organisation seulement")

    def creer(self, **options: Any) -> None:
        exiger(options, "organisation", "nom")
        sienne = organisation(options["organisation"])
        siens = {un.code: un for un in sienne.territoires.order_by("code")}
        code = options["territoire"]
        territoire = parmi(siens, code, "Le territoire") if code else None
        equipe = creer_equipe(sienne, options["nom"], territoire=territoire)
        self.stdout.write(f"L’équipe « {equipe.nom} » est créée.")

    def lister(self, **options: Any) -> None:
        lignes = [
            (une.code, equipe.territoire.code if equipe.territoire else "–", equipe.nom)
            for une in organisations(options["organisation"])
            for equipe in une.equipes.select_related("territoire").order_by("nom")
        ]
        self.stdout.write(tableau(lignes) if lignes else "Il n’y a pas encore d’équipe.")
