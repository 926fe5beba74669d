"""Jobs of the fiches: mails, erasures to finish. Each is safe to run twice, killed anywhere."""

from procrastinate.contrib.django import app

from relais.annuaire.models import Organisation
from relais.fiches import avis, effacement, point_du_jour, rappels
from relais.fiches.actions import cloture_d_office
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
@app.task(name="fiches.faire_les_rappels", queueing_lock="faire_les_rappels")
def faire_les_rappels(timestamp: int) -> None:
    """Each minute: the reminders whose time has come."""
    for code in Organisation.objects.codes():
        rappels.faire(code, maintenant=horloge.maintenant())


@app.periodic(cron="* * * * *")
@app.task(name="fiches.faire_le_point", queueing_lock="faire_le_point")
def faire_le_point(timestamp: int) -> None:
    """Each minute: the day's summaries, once their hour has come."""
    point_du_jour.faire(maintenant=horloge.maintenant())


@app.periodic(cron="* * * * *")
@app.task(name="fiches.achever_effacements", queueing_lock="achever_effacements")
def achever_effacements(timestamp: int) -> None:
    """Each minute: the keys that an act decided to destroy and that a crash kept."""
    for code in Organisation.objects.codes():
        effacement.achever(code)


@app.periodic(cron="7 * * * *")
@app.task(name="fiches.clore_d_office", queueing_lock="clore_d_office")
def clore_d_office(timestamp: int) -> None:
    """Each hour: the fiches answered long ago of which nobody said how they ended."""
    maintenant = horloge.maintenant()
    for code in Organisation.objects.codes():
        while cloture_d_office.clore_les_echues(code, maintenant=maintenant):
            pass
