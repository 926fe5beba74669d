"""Jobs of accounts and journals. Each is safe to run twice, killed anywhere."""

from procrastinate.contrib.django import app

from relais.annuaire import courriers, surveillance
from relais.socle import horloge


@app.task(name="annuaire.expedier_courrier")
def expedier_courrier(courrier_id: str) -> None:
    """Send one mail; what fails waits for `relancer_courriers`."""
    courriers.expedier(courrier_id, maintenant=horloge.maintenant())


@app.periodic(cron="* * * * *")
@app.task(name="annuaire.relancer_courriers", queueing_lock="annuaire.relancer_courriers")
def relancer_courriers(timestamp: int) -> None:
    """Each minute: the mails whose turn has come, those of a killed worker included."""
    for courrier_id in courriers.en_attente(horloge.maintenant()):
        courriers.expedier(courrier_id, maintenant=horloge.maintenant())


@app.periodic(cron="0 * * * *")  # an hour's start is also midnight in Paris, the end of the day
@app.task(name="annuaire.signer_les_journaux", queueing_lock="annuaire.signer_les_journaux")
def signer_les_journaux(timestamp: int) -> None:
    """Each hour: the head of each chain, signed and laid for the other party."""
    surveillance.signer_et_deposer()


@app.periodic(cron="35 3 * * *")
@app.task(name="annuaire.verifier_les_journaux", queueing_lock="annuaire.verifier_les_journaux")
def verifier_les_journaux(timestamp: int) -> None:
    """Each night: each party verifies its own chain, and what it received of the other."""
    surveillance.verifier(maintenant=horloge.maintenant())


@app.periodic(cron="15 6 1 * *")
@app.task(name="annuaire.resumer_les_journaux", queueing_lock="annuaire.resumer_les_journaux")
def resumer_les_journaux(timestamp: int) -> None:
    """Each month: the summary for both DPOs, once."""
    surveillance.resumer_le_mois(maintenant=horloge.maintenant())
