"""Jobs of the fiches: mails, erasures to finish. Each is safe to run twice, killed anywhere."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from procrastinate.contrib.django import app

from relais.annuaire.models import Organisation
from relais.fiches import avis, effacement, point_du_jour, rappels
from relais.fiches.actions import cloture_d_office
from relais.socle import horloge
from relais.socle.travaux import tenter_chacun


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
    _chez_chacune(partial(rappels.faire, maintenant=horloge.maintenant()))


@app.periodic(cron="* * * * *")
@app.task(name="fiches.faire_le_point", queueing_lock="faire_le_point")
def faire_le_point(timestamp: int) -> None:
    """Each minute: the day's summaries, once their hour has come."""
    point_du_jour.faire(maintenant=horloge.maintenant())


@app.periodic(cron="* * * * *")
@app.task(name="fiches.achever_effacements", queueing_lock="achever_effacements")
def achever_effacements(timestamp: int) -> None:
    """Each minute: the keys that an act decided to destroy and that a crash kept."""
    _chez_chacune(effacement.achever)


@app.periodic(cron="7 * * * *")
@app.task(name="fiches.clore_d_office", queueing_lock="clore_d_office")
def clore_d_office(timestamp: int) -> None:
    """Each hour: the fiches answered long ago of which nobody said how they ended."""
    _chez_chacune(partial(_clore_toutes, maintenant=horloge.maintenant()))


def _clore_toutes(organisation: str, *, maintenant: datetime) -> None:
    while cloture_d_office.clore_les_echues(organisation, maintenant=maintenant):
        pass


def _chez_chacune(travail: Callable[[str], object]) -> None:
    """That work for each organisation; one that fails does not hold the others back."""
    travaux = (partial(travail, code) for code in Organisation.objects.codes())
    tenter_chacun(travaux, sinon="organisations whose turn failed")
