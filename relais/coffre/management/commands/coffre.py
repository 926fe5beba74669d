"""`relais coffre initialiser | etat | copier`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.coffre import controle, copies, magasin
from relais.coffre.erreurs import CoffreErreur
from relais.coffre.initialisation import initialiser
from relais.coffre.models import Cle, Kek, Magasin
from relais.socle.horloge import PARIS


class Command(BaseCommand):
    help = "Le coffre des clés : l'installer, voir son état, le copier."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True)
        gestes.add_parser("initialiser", help="crée ce qui manque, met les tables à jour, vérifie")
        gestes.add_parser("etat", help="dit où en sont le coffre et ses copies")
        gestes.add_parser("copier", help="fait une copie maintenant, détruit les anciennes")

    def handle(self, *args: Any, geste: str, **options: Any) -> None:
        try:
            {"initialiser": self.initialiser, "etat": self.etat, "copier": self.copier}[geste]()
        except CoffreErreur as erreur:
            raise CommandError(str(erreur)) from erreur

    def initialiser(self) -> None:
        initialiser()
        self.stdout.write("Le coffre est prêt.")

    def etat(self) -> None:
        controle.verifier_magasin()
        with magasin.lecture():
            lui = Magasin.objects.get()
            self.stdout.write(f"Coffre       {magasin.chemin()}")
            self.stdout.write(f"Identité     {lui.identite}, génération {lui.generation}")
            self.stdout.write(f"Clés         {Cle.objects.count()} (KEK : {Kek.objects.count()})")
        faites = copies.toutes()
        derniere = f", la dernière le {_date(faites[-1])}" if faites else ""
        self.stdout.write(f"Copies       {len(faites)}{derniere}")

    def copier(self) -> None:
        copie = copies.copier()
        self.stdout.write(f"Copie faite : {copie.chemin}")


def _date(copie: copies.Copie) -> str:
    return f"{copie.faite_le.astimezone(PARIS):%d/%m/%Y à %H:%M:%S}"
