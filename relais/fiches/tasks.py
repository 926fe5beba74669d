"""Jobs of the fiches: mails, erasures to finish. Each is safe to run twice, killed anywhere."""

from procrastinate.contrib.django import app

from relais.annuaire.models import Organisation
from relais.fiches import avis, effacement
from relais.socle import horloge


@app.task(name="fiches.expedier_avis")
def expedier_avis(avis_id: str) -> None:
    """Send one mail; what fails waits for `relancer_avis`."""
    avis.expedier(avis_id, maintenant=horloge.maintenant())


@app.periodic(cron="* * * * *")
@app.task(name="fiches.relancer_avis", queueing_lock="relancer_avis", pass_context=False)
def relancer_avis(timestamp: int) -> None:
    """Each minute: the mails whose turn has come, those of a killed worker included."""
    for avis_id in avis.en_attente(horloge.maintenant()):
        avis.expedier(avis_id, maintenant=horloge.maintenant())


@app.periodic(cron="* * * * *")
@app.task(name="fiches.achever_effacements", queueing_lock="achever_effacements")
def achever_effacements(timestamp: int) -> None:
    """Each minute: the keys that an act decided to destroy and that a crash kept."""
    for code in Organisation.objects.values_list("code", flat=True):
        effacement.achever(code)
