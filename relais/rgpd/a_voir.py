"""What a DPO must see on arriving: erasure late, a journal to examine, holds about to end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from relais.annuaire.models import Affectation
from relais.journal.models import Verdict
from relais.rgpd import surveillance
from relais.rgpd.models import Retenue
from relais.rgpd.preuve import NUIT
from relais.socle.horloge import jour_de
from relais.socle.templatetags.relais_affichage import pluriel

BIENTOT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AVoir:
    """A sentence, and the name of the page that tells more."""

    phrase: str
    page: str


def pour(qui: Affectation, *, maintenant: datetime) -> list[AVoir]:
    """Empty when all is well; a few queries whatever there is. Called inside the wall."""
    trouves = []
    if qui.organisation_id in surveillance.en_retard(maintenant=maintenant):
        trouves.append(AVoir("L’effacement est en retard.", "rgpd:effacements"))
    if phrase := _des_verifications(qui.organisation_id, maintenant):
        trouves.append(AVoir(phrase, "rgpd:preuve"))
    jour = jour_de(maintenant)
    finissent = Retenue.objects.posees_chez(qui).en_cours(jour).finies_au(jour + BIENTOT).count()
    if finissent:
        s, nt = pluriel(finissent), pluriel(finissent, "t,ssent")
        phrase = f"{finissent} retenue{s} fini{nt} dans les 30 jours."
        trouves.append(AVoir(phrase, "rgpd:retenues"))
    return trouves


def _des_verifications(organisation: str, maintenant: datetime) -> str:
    """What the last night found, or that it did not look."""
    siennes = Verdict.objects.filter(organisation=organisation)
    derniere = siennes.order_by("-pk").first()
    if derniere is None:
        return ""
    if maintenant - derniere.faite_le > NUIT:
        return "Les journaux n’ont pas été vérifiés la nuit dernière."
    if siennes.fautifs().filter(faite_le=derniere.faite_le).exists():
        return "Un journal est à examiner."
    return ""
