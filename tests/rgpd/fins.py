"""A fiche whose support ends: closed, its end said, engaged; days as instants."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from relais.annuaire.contexte import contexte
from relais.annuaire.models import Affectation
from relais.fiches.actions import conservation
from relais.fiches.models import Fiche
from tests.fiches import gestes
from tests.fiches.gestes import DEPARTEMENT, apres
from tests.personas import Personas

FINI, CLOS = date(2026, 12, 1), date(2026, 11, 30)
LE = apres(days=40)


def terminee(personas: Personas) -> Fiche:
    """Sent on Monday, answered, closed four hours later."""
    fiche = gestes.transmettre(personas.ts_rennes)
    gestes.repondre(personas.agent_caisse, fiche)
    gestes.clore(personas.ts_rennes, fiche)
    return gestes.relire(fiche, DEPARTEMENT)


def faire(acte: Callable[..., Any], fiche: Fiche, par: Affectation, **dit: Any) -> Fiche:
    with contexte(par):
        return acte(Fiche.objects.get(pk=fiche.pk), par=par, **{"maintenant": LE, **dit})


def minuit(annee: int, mois: int, jour: int) -> datetime:
    return datetime(annee, mois, jour, tzinfo=gestes.LUNDI.tzinfo) - timedelta(
        hours=2 if 4 <= mois <= 10 else 1
    )


def engagee(personas: Personas) -> Fiche:
    fiche = terminee(personas)
    faire(conservation.finir_accompagnement, fiche, personas.ts_rennes, le=FINI)
    with gestes.vu_de(DEPARTEMENT):
        Fiche.objects.engager([fiche.pk], LE)
    return fiche
