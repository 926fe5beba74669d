"""`relais migrer`: bring the base up to date as `proprietaire`, then what settings add to it."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils.module_loading import import_string

from relais.socle.base import accorder


class Command(BaseCommand):
    help = "Met à jour la base, les droits de chaque rôle, le coffre et la convention en vigueur."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        verifier_le_role()
        call_command("migrate", interactive=False, verbosity=0)
        with transaction.atomic():
            connection.ensure_connection()
            accorder(connection.connection)
        for suite in settings.APRES_MIGRATION:
            import_string(suite)()
        self.stdout.write("La base et le coffre sont à jour.")


def verifier_le_role() -> None:
    """Refuse another role than the owner: what it made would belong to the role that serves."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_user")
        (role,) = curseur.fetchone()
    if role != "proprietaire":
        raise CommandError(
            f"Les migrations se font sous le rôle proprietaire, et non {role} : donnez son adresse "
            "dans RELAIS_BASE_URL_PROPRIETAIRE et lancez « relais migrer »."
        )
