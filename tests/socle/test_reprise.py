"""Jobs that a killed worker left: each is taken again, whatever waits beside it."""

from types import SimpleNamespace
from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from relais.socle.tasks import reprendre_les_abandonnes


def tuer_en_plein_travail(*numeros: int) -> None:
    """What is left of a worker killed by -9: jobs that say « doing », and nobody who does them."""
    with connection.cursor() as curseur:
        curseur.execute(
            "UPDATE procrastinate_jobs SET status = 'doing' WHERE id = ANY (%s)", [list(numeros)]
        )


def etats() -> dict[int, str]:
    return dict(ProcrastinateJob.objects.values_list("id", "status"))


def reprendre() -> None:
    async_to_sync(reprendre_les_abandonnes.func)(SimpleNamespace(job=None), timestamp=0)


def test_un_travail_dont_le_suivant_attend_deja_n_empeche_pas_les_autres_de_repartir(
    base: Any,
) -> None:
    copie = app.configure_task("coffre.copier", queueing_lock="coffre.copier")
    autre = app.configure_task("rgpd.purger", queueing_lock="rgpd.purger")
    perdue = copie.defer(timestamp=0)
    tuer_en_plein_travail(perdue)
    suivante = copie.defer(timestamp=60)
    purge = autre.defer(timestamp=0)
    tuer_en_plein_travail(purge)
    reprendre()
    assert etats().keys() == {suivante, purge}
    assert "doing" not in etats().values()
