"""`relais conservation recalculer [--confirmer]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from relais.rgpd.actions.recalcul import recalculer
from relais.socle import horloge


class Command(BaseCommand):
    help = "Après un avenant, montre ce que ses durées changent ; ne l'écrit qu'avec --confirmer."

    def add_arguments(self, parser: CommandParser) -> None:
        gestes = parser.add_subparsers(dest="geste", required=True)
        recalcul = gestes.add_parser("recalculer", help="applique les durées en vigueur")
        recalcul.add_argument("--confirmer", action="store_true", help="écrit ce qui est montré")

    def handle(self, *args: Any, confirmer: bool, **options: Any) -> None:
        constats = recalculer(maintenant=horloge.maintenant(), ecrire=confirmer)
        for un in constats:
            self.stdout.write(
                f"{un.quoi} : {un.vus} vus, {un.plus_tot} plus tôt, {un.plus_tard} plus tard"
            )
            for exemple in un.exemples:
                self.stdout.write(f"    {exemple}")
        bouges = sum(un.plus_tot + un.plus_tard for un in constats)
        if confirmer:
            self.stdout.write(f"{bouges} dates écrites.")
        else:
            self.stdout.write(f"{bouges} dates changeraient. Rien n'est écrit sans --confirmer.")
