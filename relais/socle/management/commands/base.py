"""`relais base tourner FICHIER…`: change the passwords of the roles of the base."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.socle.mots_de_passe_de_la_base import RotationImpossible, tourner


class Command(BaseCommand):
    help = "La base : changer les mots de passe de ses rôles, là où ils sont écrits."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True)
        un = gestes.add_parser(
            "tourner", help="change les mots de passe de fichiers d’environnement"
        )
        un.add_argument("fichiers", nargs="+", type=Path, help="/etc/relais.env…")

    def handle(self, *args: Any, fichiers: list[Path], **options: Any) -> None:
        try:
            for fichier in fichiers:
                roles = ", ".join(tourner(fichier)) or "aucun mot de passe"
                self.stdout.write(f"{fichier} : {roles}")
        except RotationImpossible as refus:
            raise CommandError(str(refus)) from None
        self.stdout.write("Redémarrez relais-web et relais-ouvrier : ils lisent ces fichiers.")
