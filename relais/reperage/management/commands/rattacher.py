"""`relais rattacher [--a-blanc]`: the TIS of people again, once the file of communes was edited."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.annuaire import conventions
from relais.fiches.actions.acte import ActeRefuse
from relais.reperage.actions import territoires
from relais.socle import horloge


class Command(BaseCommand):
    help = "Retrouve le territoire des personnes repérées, d'après le fichier des communes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--a-blanc", action="store_true", help="compte ce qui changerait, ne change rien"
        )

    def handle(self, *args: Any, a_blanc: bool, **options: Any) -> None:
        codes = {regles.departement.code for regles in conventions.chargees().values()}
        for code in sorted(codes):
            try:
                fait = territoires.rattacher(code, maintenant=horloge.maintenant(), a_blanc=a_blanc)
            except ActeRefuse as refus:
                raise CommandError(refus.phrase) from None
            self.stdout.write(
                f"{code} : {fait.vues} personne(s) relue(s), {fait.deplacees} à changer de"
                f" territoire, {fait.sans_territoire} sans territoire."
                f"{' Rien n’a été changé.' if a_blanc else ''}"
            )
