"""What the jobs need for themselves: a killed worker's are taken again, old ones are forgotten."""

import logging
from datetime import UTC, datetime

from procrastinate import JobContext
from procrastinate.contrib.django import app

from relais.socle import alertes
from relais.socle.models import Alerte

journal = logging.getLogger(__name__)
SANS_NOUVELLES = 60  # seconds without a heartbeat: its worker was killed (a beat is due every 10 s)
GARDES = 24 * 30  # hours during which a failed job can be looked at


@app.periodic(cron="* * * * *")
@app.task(name="socle.reprendre", queueing_lock="socle.reprendre", pass_context=True)
async def reprendre_les_abandonnes(contexte: JobContext, timestamp: int) -> None:
    """Give back to the queue the jobs of dead workers: each job is safe to run twice."""
    abandonnes = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SANS_NOUVELLES)
    for un in abandonnes:
        if contexte.job and un.id == contexte.job.id:
            continue
        journal.warning("tâche reprise : %s", un.task_name)
        await app.job_manager.retry_job(un, retry_at=datetime.now(UTC))


@app.periodic(cron="17 3 * * *")
@app.task(name="socle.oublier", queueing_lock="socle.oublier")
async def oublier_les_anciens(timestamp: int) -> None:
    """Delete the jobs that ended long ago, failed ones included."""
    await app.job_manager.delete_old_jobs(
        nb_hours=GARDES, include_failed=True, include_cancelled=True, include_aborted=True
    )
