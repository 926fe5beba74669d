"""What a restore leaves on the server: the former base, and one that a killed restore was loading.

Both still hold what was erased since; PostgreSQL tells their names to whoever is connected, and
their contents to no role that serves.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from relais.annuaire.conventions import duree_commune
from relais.socle.exploitation import base_servie
from relais.socle.horloge import jour_de

INSTANT = "%Y%m%d_%H%M%S"  # UTC: the name of a former base bears it


def nom_de_la_mise_de_cote(base: str, maintenant: datetime) -> str:
    return f"{base}_avant_{maintenant.astimezone(UTC):{INSTANT}}"


def nom_de_la_neuve(base: str) -> str:
    return f"{base}_restauration"


@dataclass(frozen=True, slots=True)
class BaseDeCote:
    """`a_supprimer_le`: by when; at once for what a killed restore left, which serves nothing."""

    nom: str
    a_supprimer_le: datetime


def trouver(*, maintenant: datetime) -> list[BaseDeCote]:
    """Those of the base that is served, by name."""
    servie = base_servie()
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY datname",
            [f"{servie}_"],
        )
        noms = [str(nom) for (nom,) in curseur.fetchall()]
    heures = timedelta(hours=duree_commune("base_de_cote_heures", jour=jour_de(maintenant)))
    datees = re.compile(rf"{re.escape(servie)}_avant_([0-9]{{8}}_[0-9]{{6}})(?:_[0-9]+)?")
    trouvees = []
    for nom in noms:
        if lu := datees.fullmatch(nom):
            depuis = datetime.strptime(lu[1], INSTANT).replace(tzinfo=UTC)
            trouvees.append(BaseDeCote(nom, depuis + heures))
        elif nom == nom_de_la_neuve(servie):
            trouvees.append(BaseDeCote(nom, maintenant))
    return trouvees
