"""`relais demonstration`: what `make run` calls."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import import_string

from config import environnement as env
from relais.fiches.demonstration.chargement import NOMBRE, charger
from relais.fiches.demonstration.lancement import lancer
from relais.fiches.demonstration.lieu import PORT, DemonstrationImpossible, Lieu
from relais.socle import horloge
from relais.socle.arret import Arret, arretable
from relais.socle.postgres import ServeurIndisponible
from relais.socle.superviseur import ProgrammeTombe

EN_MEME_TEMPS = 2  # processes that load the data


class Command(BaseCommand):
    help = "Lance tout le produit avec des données fictives, sur cette machine seulement."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or PORT)
        parser.add_argument("--neuve", action="store_true", help="refait les données à neuf")
        parser.add_argument("--fiches", type=int, default=NOMBRE, help="combien, si c’est à neuf")
        parser.add_argument("--charger", action="store_true", help="charge seulement les données")

    def handle(self, *args: Any, port: int, neuve: bool, fiches: int, **options: Any) -> None:
        if options["charger"]:
            self._charger(fiches)
            return
        if not 1 <= port <= 65534:
            raise SystemExit("PORT doit être un nombre entre 1 et 65534.")
        try:
            with arretable():
                lancer(
                    Lieu(settings.DOSSIER, port),
                    neuve=neuve or env.vrai("DEMONSTRATION_NEUVE"),
                    fiches=fiches,
                    dire=self._dire,
                )
        except Arret:
            self._dire("\nTout est arrêté.")
        except (DemonstrationImpossible, ProgrammeTombe, ServeurIndisponible) as erreur:
            raise SystemExit(str(erreur)) from None

    def _dire(self, phrase: str) -> None:
        self.stdout.write(phrase)
        self.stdout.flush()

    def _charger(self, fiches: int) -> None:
        """Only into a marked base: `lancer` has checked it, and so does this door."""
        from django.db import connection

        from relais.socle import marque

        connection.ensure_connection()
        if not settings.DEMONSTRATION or not marque.est_marquee(connection.connection):
            raise SystemExit("Cette base ne porte pas la marque d’une démonstration.")
        maintenant = horloge.maintenant()
        nombre = charger(maintenant=maintenant, nombre=fiches, processus=EN_MEME_TEMPS)
        self._dire(f"{nombre} fiches fictives chargées.")
        for chargement in settings.DEMONSTRATIONS:
            import_string(chargement)(maintenant=maintenant)
