"""Jobs of the caseload: read a file, store it, empty it. Each is safe to run twice."""

from functools import partial
from uuid import UUID

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from relais.annuaire.models import Organisation
from relais.reperage.actions import actualisation, applications, depots, lectures
from relais.socle import horloge
from relais.socle.travaux import tenter_chacun

ESSAIS = lectures.ESSAIS  # then the operator is told, and the file is refused
REPRISE = RetryStrategy(max_attempts=ESSAIS, linear_wait=20)


@app.task(name="reperage.lire", retry=REPRISE, pass_context=True)
def lire(contexte: JobContext, depot: str, organisation: str) -> None:
    """Read a file that was given; what does not come of the file itself is tried again."""
    try:
        lectures.lire(UUID(depot), organisation=organisation, maintenant=horloge.maintenant())
    except Exception:
        if contexte.job is not None and contexte.job.attempts >= ESSAIS:
            lectures.abandonner(
                UUID(depot), organisation=organisation, maintenant=horloge.maintenant()
            )
        raise


@app.task(name="reperage.appliquer", retry=REPRISE)
def appliquer(depot: str, organisation: str) -> None:
    """Store a file that was confirmed, from the first lot that is not stored."""
    applications.appliquer(UUID(depot), organisation=organisation, maintenant=horloge.maintenant())


@app.task(name="reperage.vider", retry=REPRISE)
def vider(depot: str, organisation: str) -> None:
    """Destroy what is left of a file; the purge does it too, within 24 hours."""
    depots.vider_pour(organisation, UUID(depot), maintenant=horloge.maintenant())


@app.periodic(cron="11 * * * *")
@app.task(name="reperage.reexaminer", queueing_lock="reperage.reexaminer")
def reexaminer(timestamp: int) -> None:
    """Each hour: whose level is of before today, so that lists say what is true this morning."""
    reexaminer = partial(actualisation.reexaminer, maintenant=horloge.maintenant())
    travaux = (partial(reexaminer, code) for code in Organisation.objects.codes())
    tenter_chacun(travaux, sinon="organisations whose turn failed")
