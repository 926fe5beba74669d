"""`relais equipe …`: the teams of a TIS (a CDAS), the agencies of a caisse."""

from typing import Any

from django.core.management.base import CommandParser

from relais.annuaire.actions.equipes import creer_equipe, fermer_equipe, renommer_equipe
from relais.annuaire.management.terminal import (
    Analyseur,
    Commande,
    exiger,
    organisation,
    organisations,
    parmi,
    tableau,
)
from relais.annuaire.models import Equipe
from relais.socle import horloge


class Command(Commande):
    help = "Les équipes : en créer une, la renommer, la fermer, voir celles qui existent."
    verbes = ("creer", "renommer", "fermer", "lister")

    def add_arguments(self, parser: CommandParser) -> None:
        verbes = parser.add_subparsers(dest="verbe", parser_class=Analyseur)
        creer = verbes.add_parser("creer", help="crée une équipe")
        creer.add_argument("--organisation", help="code de l’organisation (cd35)")
        creer.add_argument("--nom", help="nom de l’équipe, tel qu’on le lira")
        creer.add_argument("--territoire", help="code du territoire, pour un Département (T1)")
        for verbe, aide in (("renommer", "change son nom"), ("fermer", "la ferme, une fois vide")):
            autre = verbes.add_parser(verbe, help=aide)
            autre.add_argument("--organisation", help="code de l’organisation (cd35)")
            autre.add_argument("--nom", help="nom de l’équipe")
            if verbe == "renommer":
                autre.add_argument("--en", help="son nouveau nom")
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

    def renommer(self, **options: Any) -> None:
        exiger(options, "organisation", "nom", "en")
        equipe = renommer_equipe(_equipe(options), options["en"], par=None)
        self.stdout.write(f"L’équipe s’appelle maintenant « {equipe.nom} ».")

    def fermer(self, **options: Any) -> None:
        exiger(options, "organisation", "nom")
        equipe = _equipe(options)
        fermer_equipe(equipe, par=None, maintenant=horloge.maintenant())
        self.stdout.write(f"L’équipe « {equipe.nom} » est fermée.")

    def lister(self, **options: Any) -> None:
        lignes = [
            (une.code, equipe.territoire.code if equipe.territoire else "–", equipe.nom)
            for une in organisations(options["organisation"])
            for equipe in Equipe.objects.ouvertes(une.code)
        ]
        self.stdout.write(tableau(lignes) if lignes else "Il n’y a pas encore d’équipe.")


def _equipe(options: dict[str, Any]) -> Equipe:
    siennes = Equipe.objects.ouvertes(organisation(options["organisation"]).code)
    return parmi({une.nom: une for une in siennes}, options["nom"], "L’équipe")
