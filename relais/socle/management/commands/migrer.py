"""`relais migrer`: bring the base up to date as `proprietaire`, then what settings add to it."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.module_loading import import_string

from config import environnement as env
from relais.socle.base import accorder


class Command(BaseCommand):
    help = "Met à jour la base, les droits de chaque rôle, le coffre et la convention en vigueur."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        devenir_proprietaire()
        call_command("migrate", interactive=False, verbosity=0)
        with transaction.atomic():
            connection.ensure_connection()
            accorder(connection.connection)
        for suite in settings.APRES_MIGRATION:
            import_string(suite)()
        self.stdout.write("La base et le coffre sont à jour.")


def devenir_proprietaire() -> None:
    """Alias `default` reconnects as the owner (RELAIS_BASE_URL_PROPRIETAIRE)."""
    adresse = env.texte("BASE_URL_PROPRIETAIRE")
    if not adresse:
        raise CommandError(
            "RELAIS_BASE_URL_PROPRIETAIRE manque : seul le rôle proprietaire migre la base."
        )
    connection.close_pool()
    reglages = env.postgresql(adresse)
    reglages["OPTIONS"] = connection.settings_dict["OPTIONS"] | reglages["OPTIONS"]
    connection.settings_dict.update(reglages)
