"""`relais ouvrier`: one worker of the background jobs; it waits for a base that went away."""

import asyncio
import logging
import signal
import time
from contextlib import suppress
from typing import Any

from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand
from django.db import close_old_connections
from procrastinate import exceptions
from procrastinate.contrib.django import app

from config import environnement as env
from relais.socle import presence
from relais.socle.demarrage import verifier_tout

journal = logging.getLogger(__name__)
FILS = 2
ARRET = 10  # seconds left to the jobs in hand when asked to stop; each is safe to run again
REPRISES = (1, 2, 5, 10, 30)  # seconds between two attempts at a base out of reach


class Command(BaseCommand):
    help = "Fait les tâches de fond : courriels, copies du coffre, effacements."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        presence.servir()
        verifier_tout()
        essai = 0
        debut = time.monotonic()
        while not asyncio.run(travailler()):
            # The machinery ended by itself: its base went away.
            essai = 0 if time.monotonic() - debut > REPRISES[-1] else essai + 1
            attente = REPRISES[min(essai, len(REPRISES) - 1)]
            journal.warning("base hors d’atteinte, reprise dans %s s", attente)
            time.sleep(attente)
            debut = time.monotonic()


async def travailler() -> bool:
    """Work until asked to stop (True), or until the base goes away (False)."""
    await sync_to_async(close_old_connections)()
    tache = asyncio.create_task(_machine())
    demande = asyncio.Event()

    def arreter() -> None:
        demande.set()
        signal.alarm(ARRET + 5)  # a base that does not answer shall not keep us
        tache.cancel()

    for un in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(un, arreter)
    with suppress(exceptions.ConnectorException, asyncio.CancelledError):
        await tache
    return demande.is_set()


async def _machine() -> None:
    # An app of its own for the machinery alone: what a job defers goes through Django's
    # connection, in the job's own transaction.
    connecteur: Any = app.connector
    machine = app.with_connector(connecteur.get_worker_connector())
    async with machine.open_async():
        await machine.run_worker_async(
            concurrency=env.entier("OUVRIER_FILS", FILS),
            shutdown_graceful_timeout=ARRET,
            delete_jobs="successful",
            install_signal_handlers=False,
        )
