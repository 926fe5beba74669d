"""`relais ouvrier`: one worker of the background jobs; it waits for a base that went away."""

import asyncio
import logging
import time
from typing import Any

from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from procrastinate import exceptions
from procrastinate.contrib.django import app

from config import environnement as env
from relais.socle.demarrage import verifier_tout

journal = logging.getLogger(__name__)
FILS = 2
ARRET = 20  # seconds left to the jobs in hand when asked to stop
REPRISES = (1, 2, 5, 10, 30)  # seconds between two attempts at a base out of reach


class Command(BaseCommand):
    help = "Fait les tâches de fond : courriels, copies du coffre, effacements."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        verifier_tout()
        essai = 0
        while True:
            debut = time.monotonic()
            try:
                asyncio.run(travailler())
            except exceptions.ConnectorException:
                essai = 0 if time.monotonic() - debut > REPRISES[-1] else essai + 1
                attente = REPRISES[min(essai, len(REPRISES) - 1)]
                journal.warning("base hors d’atteinte, reprise dans %s s", attente)
                time.sleep(attente)
            else:
                return


async def travailler() -> None:
    """Work until SIGTERM or Ctrl-C, which lets the jobs in hand finish; ConnectorException."""
    await sync_to_async(close_old_connections)()
    # An app of its own for the machinery alone: what a job defers goes through Django's
    # connection, in the job's own transaction.
    machine = app.with_connector(app.connector.get_worker_connector())
    async with machine.open_async():
        await machine.run_worker_async(
            concurrency=env.entier("OUVRIER_FILS", FILS),
            shutdown_graceful_timeout=ARRET,
            delete_jobs="successful",
        )
