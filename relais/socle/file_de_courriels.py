"""Mails as rows: claimed, sent, retried for two days, then an alert (docs/adr/0007-avis.md).

At least once: a mail that the server took and that we could not record is sent again under the
same Message-ID, which mail servers and readers treat as one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import QuerySet

from relais.adaptateurs import courriel
from relais.socle import alertes
from relais.socle.models import Alerte, CourrielEnFile

Courrier = TypeVar("Courrier", bound=CourrielEnFile)

# Growing waits; their sum passes two days, then an operator is told.
ATTENTES = [timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240, 480, 720, 720, 720)]
EN_MAIN = timedelta(minutes=2)  # a claim outlives the SMTP timeout, not the patience of people
PAR_PASSAGE = 200


@dataclass(frozen=True)
class Lettre:
    """What leaves: made at the last moment, so that the row keeps neither text nor address."""

    destinataire: str
    objet: str
    corps: str


def expedier(
    file: QuerySet[Courrier],
    pk: str,
    *,
    ecrire: Callable[[Courrier], Lettre],
    abandonner: Callable[[Courrier, datetime], None],
    maintenant: datetime,
) -> bool:
    """Try to send one mail of that queue; whether it is now gone. Safe to call twice, killed
    anywhere. `abandonner` is told of a mail given up for good, and calls `noter_l_abandon`.
    """
    pris = _prendre(file, pk, maintenant)
    if pris is None:
        return False
    lettre = ecrire(pris)
    try:
        courriel.expedier(
            destinataire=lettre.destinataire,
            objet=lettre.objet,
            corps=lettre.corps,
            message_id=message_id(pris),
            expediteur=settings.SMTP["expediteur"],
            reglages=courriel.Reglages(**settings.SMTP),
        )
    except courriel.RefusDefinitif:
        abandonner(pris, maintenant)
        return False
    except courriel.EchecPassager:
        if pris.essais >= len(ATTENTES):
            abandonner(pris, maintenant)
        else:
            _remettre(pris, maintenant)
        return False
    file.filter(pk=pris.pk).update(etat=CourrielEnFile.Etat.ENVOYE, envoye_le=maintenant)
    return True


def en_attente(file: QuerySet[Courrier], maintenant: datetime) -> list[str]:
    """The mails whose time has come: what a killed worker left included."""
    dus = file.filter(etat=CourrielEnFile.Etat.A_ENVOYER, prochain_essai_le__lte=maintenant)
    rangs = dus.order_by("prochain_essai_le").values_list("pk", flat=True)
    return [str(pk) for pk in rangs[:PAR_PASSAGE]]


def message_id(un: CourrielEnFile) -> str:
    """Always the same for one mail."""
    return f"<{un.pk}@{urlsplit(settings.ADRESSE_PUBLIQUE).hostname}>"


def noter_l_abandon(un: CourrielEnFile, *, maintenant: datetime) -> None:
    """Nothing is dropped in silence: the row says it, and an operator is alerted."""
    un.etat = CourrielEnFile.Etat.ABANDONNE
    un.save(update_fields=["etat"])
    alertes.alerter(Alerte.Nature.COURRIEL, str(un.pk), maintenant=maintenant)


def _prendre(file: QuerySet[Courrier], pk: str, maintenant: datetime) -> Courrier | None:
    """Claim it by a conditional update: two workers never send the same mail at once."""
    pris = file.filter(
        pk=pk, etat=CourrielEnFile.Etat.A_ENVOYER, prochain_essai_le__lte=maintenant
    ).update(prochain_essai_le=maintenant + EN_MAIN)
    return file.get(pk=pk) if pris else None


def _remettre(un: CourrielEnFile, maintenant: datetime) -> None:
    un.prochain_essai_le = maintenant + ATTENTES[un.essais]
    un.essais += 1
    un.save(update_fields=["essais", "prochain_essai_le"])
