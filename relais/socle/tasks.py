"""Jobs about jobs: taken again after a kill, told when they fail, forgotten in time."""

import logging
from datetime import timedelta

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from relais.socle import alertes, horloge
from relais.socle.models import Alerte

journal = logging.getLogger(__name__)
SANS_NOUVELLES = 60  # seconds without a heartbeat: its worker was killed (a beat is due every 10 s)
GARDES = 24 * 30  # hours during which a failed job can be looked at


@app.periodic(cron="* * * * *")
@app.task(name="socle.reprendre", queueing_lock="socle.reprendre", pass_context=True)
async def reprendre_les_abandonnes(contexte: JobContext, timestamp: int) -> None:
    """Give back to the queue the jobs of dead workers: each job is safe to run twice.

    One that already waits to be done again needs no second: the dead one is dropped.
    """
    abandonnes = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SANS_NOUVELLES)
    for un in abandonnes:
        if contexte.job and un.id == contexte.job.id:
            continue
        journal.warning("tâche reprise : %s", un.task_name)
        try:
            await app.job_manager.retry_job(un, retry_at=horloge.maintenant())
        except UniqueViolation:
            await app.job_manager.finish_job(un, status=Status.ABORTED, delete_job=True)


@app.periodic(cron="* * * * *")
@app.task(name="socle.signaler", queueing_lock="socle.signaler")
def signaler_les_echecs(timestamp: int) -> None:
    """Open an alert for each task that failed for good since the last two passages."""
    depuis = horloge.maintenant() - timedelta(minutes=2)
    echecs = ProcrastinateEvent.objects.filter(type="failed", at__gte=depuis)
    for tache in sorted(set(echecs.values_list("job__task_name", flat=True))):
        alertes.alerter(Alerte.Nature.TRAVAIL, tache[:80])


@app.periodic(cron="17 3 * * *")
@app.task(name="socle.oublier", queueing_lock="socle.oublier")
async def oublier_les_anciens(timestamp: int) -> None:
    """Delete the jobs that ended long ago, failed ones included."""
    await app.job_manager.delete_old_jobs(
        nb_hours=GARDES, include_failed=True, include_cancelled=True, include_aborted=True
    )
