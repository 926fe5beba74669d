"""`relais alertes [--clore NUMERO]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.socle import alertes, horloge


class Command(BaseCommand):
    help = "Montre les alertes ouvertes, et finit en erreur s'il y en a ; ou en clôt une."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--clore", type=int, metavar="NUMERO", help="clôt cette alerte : elle est traitée"
        )

    def handle(self, *args: Any, clore: int | None, **options: Any) -> None:
        if clore is not None:
            self.clore(clore)
            return
        ouvertes = alertes.ouvertes()
        for une in ouvertes:
            depuis = f"{une.ouverte_le.astimezone(horloge.PARIS):%d/%m/%Y %H:%M}"
            quoi = " : ".join(filter(None, (une.get_nature_display(), une.objet)))
            self.stdout.write(f"{une.pk}\t{depuis}\t{quoi}")
        if ouvertes:
            raise CommandError(f"Alertes ouvertes : {len(ouvertes)}.")
        self.stdout.write("Aucune alerte ouverte.")

    def clore(self, numero: int) -> None:
        if not alertes.clore_par_numero(numero, maintenant=horloge.maintenant()):
            raise CommandError(f"Aucune alerte ouverte n'a le numéro {numero}.")
        self.stdout.write(f"Alerte {numero} close.")
