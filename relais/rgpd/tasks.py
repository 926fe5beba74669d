"""Jobs of retention. Each is safe to run twice, killed anywhere."""

from procrastinate.contrib.django import app

from relais.rgpd import surveillance
from relais.rgpd.actions import mois_du_journal, orphelines, purge
from relais.socle import horloge


@app.periodic(cron="*/5 * * * *")
@app.task(name="rgpd.purger", queueing_lock="rgpd.purger")
def purger(timestamp: int) -> None:
    """Every five minutes: what has fallen due."""
    purge.purger_tout(maintenant=horloge.maintenant())


@app.periodic(cron="2-59/10 * * * *")
@app.task(name="rgpd.surveiller", queueing_lock="rgpd.surveiller")
def surveiller(timestamp: int) -> None:
    """Every ten minutes: is the purge late? Its own job may be the one that is stuck."""
    surveillance.surveiller(maintenant=horloge.maintenant())


@app.periodic(cron="40 3 * * *")
@app.task(name="rgpd.balayer", queueing_lock="rgpd.balayer")
def balayer(timestamp: int) -> None:
    """Each night: keys whose object never came."""
    orphelines.balayer_tout(maintenant=horloge.maintenant())


@app.periodic(cron="20 * * * *")
@app.task(name="rgpd.tenir_les_mois_du_journal", queueing_lock="rgpd.tenir_les_mois_du_journal")
def tenir_les_mois_du_journal(timestamp: int) -> None:
    """Each hour: the months to come are made, those past their retention dropped."""
    mois_du_journal.tenir(maintenant=horloge.maintenant())
