"""`relais sauvegarder DOSSIER`."""

from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser

from relais.rgpd.actions.sauvegarde import sauvegarder
from relais.rgpd.sauvegardes import SauvegardeRefusee
from relais.socle.exploitation import ReglageManquant
from relais.socle.horloge import PARIS
from relais.socle.vidage import VidageImpossible

ECHEC, REFUS = 1, 3


class Command(BaseCommand):
    help = "Sauvegarde la base, sans aucune clé, dans un nouveau dossier de DOSSIER."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dossier", type=Path, help="où vont les sauvegardes, une par dossier")

    def handle(self, *args: Any, dossier: Path, **options: Any) -> None:
        try:
            faite = sauvegarder(dossier)
        except (SauvegardeRefusee, ReglageManquant) as refus:
            raise CommandError(str(refus), returncode=REFUS) from refus
        except (VidageImpossible, psycopg.Error, OSError) as erreur:
            raise CommandError(
                f"La sauvegarde n'est pas faite, et rien n'en reste. {erreur}", returncode=ECHEC
            ) from erreur
        lui = faite.manifeste
        self.stdout.write(f"Sauvegarde faite : {faite.sauvegarde.dossier}")
        self.stdout.write(f"État de la base  {lui.faite_le.astimezone(PARIS):%d/%m/%Y à %H:%M:%S}")
        self.stdout.write(
            f"Contenu          {sum(lui.releve.lignes.values())} lignes, {lui.octets} octets"
        )
        self.stdout.write("Les clés n'y sont pas : le coffre a ses propres copies.")
        if lui.coffre is None:
            self.stdout.write("Le coffre ne répondait pas : son état n'est pas noté.")
        if faite.oubliees:
            self.stdout.write(f"Sauvegardes arrivées à leur terme, effacées : {faite.oubliees}.")
