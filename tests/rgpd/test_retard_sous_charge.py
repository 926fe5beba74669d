"""Copies fall due while people write: the real worker erases them 15 minutes late at the most.

Seen from outside, by the keys that leave the store. The quick test runs ten times faster: the
work weighs as much, in a tenth of the time. The long one goes by the clock.
"""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.db import connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from relais.coffre.actions import Genre, presentes
from relais.fiches.models import Exemplaire
from relais.rgpd.models import Passage
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE
from tests.personas import Personas
from tests.processus import attendre, processus
from tests.rgpd.gestes import certifies

PROMIS = timedelta(minutes=15)
CADENCE = timedelta(minutes=5)
REDACTEURS = 2
REGARD = 0.2  # seconds between two looks at the store


def copies_de_la_caisse(personnel: Personas, combien: int) -> list[UUID]:
    """So many fiches sent and answered not long ago: two copies each."""
    for _ in range(combien):
        fiche = gestes.transmettre(personnel.ts_rennes, le=timezone.now())
        gestes.repondre(personnel.agent_caisse, fiche, le=timezone.now())
    with gestes.vu_de(CAISSE):
        siennes = Exemplaire.objects.filter(organisation=CAISSE)
        return list(siennes.values_list("pk", flat=True))


def etaler(base: Base, copies: list[UUID], *, sur: timedelta) -> dict[UUID, datetime]:
    """Make them fall due one after another from now on; when each does."""
    debut, pas = timezone.now() + timedelta(seconds=1), sur / len(copies)
    dus = {pk: debut + rang * pas for rang, pk in enumerate(copies)}
    with psycopg.connect(base.url("postgres")) as sql, sql.cursor() as curseur:
        curseur.executemany(
            "UPDATE fiches_exemplaire SET a_purger_le = %s WHERE id = %s",
            [(le, pk) for pk, le in dus.items()],
        )
    return dus


@contextmanager
def redacteurs(personnel: Personas) -> Iterator[list[int]]:
    """People who send and answer without a pause; how many acts each has done."""
    finir, faits = threading.Event(), [0] * REDACTEURS

    def ecrire(rang: int) -> None:
        while not finir.is_set():
            fiche = gestes.transmettre(personnel.ts_rennes, le=timezone.now())
            gestes.repondre(personnel.agent_caisse, fiche, le=timezone.now())
            faits[rang] += 2
        connections.close_all()

    fils = [threading.Thread(target=ecrire, args=(rang,)) for rang in range(REDACTEURS)]
    for fil in fils:
        fil.start()
    try:
        yield faits
    finally:
        finir.set()
        for fil in fils:
            fil.join()


@contextmanager
def cadence(secondes: float) -> Iterator[None]:
    """The clock of the jobs, faster: a passage is asked for every so many seconds."""
    finir = threading.Event()

    def demander() -> None:
        while not finir.wait(secondes):
            with suppress(AlreadyEnqueued):
                app.configure_task("rgpd.purger").defer(timestamp=0)
        connections.close_all()

    fil = threading.Thread(target=demander)
    fil.start()
    try:
        yield
    finally:
        finir.set()
        fil.join()


def attendre_l_ouvrier(sortie: Path) -> None:
    """Until its first passage of the purge: what is measured is a service that runs."""
    app.configure_task("rgpd.purger").defer(timestamp=0)
    attendre(Passage.objects.filter(organisation=CAISSE).exists, sortie, secondes=300)


def retards(dus: dict[UUID, datetime], *, au_plus: timedelta) -> list[float]:
    """Seconds between the end of each and the destruction of its key, as an onlooker sees it."""
    restent, vus = dict(dus), []
    fin = max(dus.values()) + au_plus
    while restent and timezone.now() < fin:
        time.sleep(REGARD)
        encore, maintenant = presentes(Genre.EXEMPLAIRE, restent), timezone.now()
        for pk in restent.keys() - encore:
            vus.append((maintenant - restent.pop(pk)).total_seconds())
    assert restent == {}, "never erased"
    assert min(vus) > -REGARD, "before its time"
    return vus


def dire(capsys: pytest.CaptureFixture[str], vus: list[float], actes: int, echelle: int) -> None:
    with capsys.disabled():
        print(
            f"\nretard de l’effacement sous charge (temps × {echelle}) : {len(vus)} échéances,"
            f" {actes} actes pendant ce temps, médiane {statistics.median(vus) * echelle:.0f} s,"
            f" au plus {max(vus) * echelle:.0f} s",
            end=" ",
        )


@pytest.mark.seul
@pytest.mark.timeout(600)
def test_dix_fois_plus_vite_le_retard_reste_sous_un_quart_d_heure(
    personnel: Personas, base: Base, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    echelle, sortie = 10, tmp_path / "ouvrier.log"
    copies = copies_de_la_caisse(personnel, 40)
    with (
        processus(base, ["ouvrier"], sortie),
        cadence(CADENCE.total_seconds() / echelle),
        redacteurs(personnel) as faits,
    ):
        attendre_l_ouvrier(sortie)
        dus = etaler(base, copies, sur=timedelta(minutes=6) / echelle)
        vus = retards(dus, au_plus=2 * PROMIS / echelle)
    dire(capsys, vus, sum(faits), echelle)
    assert max(vus) * echelle <= PROMIS.total_seconds()
    assert certifies(CAISSE)["exemplaire_caisse"] == len(copies)
    assert sum(faits) > 0


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_la_vraie_heure_le_retard_reste_sous_un_quart_d_heure(
    personnel: Personas, base: Base, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The worker as it is installed, by its own clock, for a quarter of an hour."""
    copies, sortie = copies_de_la_caisse(personnel, 1000), tmp_path / "ouvrier.log"
    with processus(base, ["ouvrier"], sortie), redacteurs(personnel) as faits:
        attendre_l_ouvrier(sortie)
        dus = etaler(base, copies, sur=timedelta(minutes=12))
        vus = retards(dus, au_plus=2 * PROMIS)
    dire(capsys, vus, sum(faits), 1)
    assert max(vus) <= PROMIS.total_seconds()
    assert certifies(CAISSE)["exemplaire_caisse"] == len(copies)
