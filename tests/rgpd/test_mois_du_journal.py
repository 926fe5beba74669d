"""The months of the journal: made before they come, dropped when due, told when they are not."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from relais.annuaire import conventions
from relais.journal import mois
from relais.journal.chaine import supprimes, verifier
from relais.journal.mur import pour
from relais.rgpd import surveillance, tasks
from relais.rgpd.actions import mois_du_journal
from relais.socle import horloge
from relais.socle.models import Alerte
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.journal.temps import finir_le_premier_mois, minuit_du_mois, noter, vieillir


@pytest.fixture
def echu(base: Any) -> Any:
    """Acts that will be 36 months old by the end of their month, which was made alone."""
    conventions.enregistrer()
    for organisation in (DEPARTEMENT, CAISSE):
        noter(organisation, 2)
    vieillir(base, mois=37)
    finir_le_premier_mois(base, minuit_du_mois(horloge.maintenant(), -36))
    return base


def ouvertes() -> set[str]:
    return set(
        Alerte.objects.filter(nature="mois_du_journal", close_le=None).values_list(
            "objet", flat=True
        )
    )


def test_la_tache_fait_les_mois_et_supprime_les_echus(echu: Any) -> None:
    tasks.tenir_les_mois_du_journal(0)
    assert mois.prets_jusqu_a() == minuit_du_mois(horloge.maintenant(), 4)
    for organisation in (DEPARTEMENT, CAISSE):
        with pour(organisation):
            assert [un.nombre for un in supprimes(organisation)] == [2]
        assert verifier(organisation).intacte


def test_un_mois_a_venir_qui_manque_est_une_alerte(base: Any) -> None:
    maintenant = horloge.maintenant()
    surveillance.surveiller(maintenant=minuit_du_mois(maintenant, 3) - timedelta(hours=1))
    assert ouvertes() == set()
    surveillance.surveiller(maintenant=minuit_du_mois(maintenant, 3) + timedelta(hours=1))
    assert ouvertes() == {"mois-a-venir"}
    assert not mois_du_journal.manques(maintenant=maintenant)["mois-a-venir"]


def test_un_mois_garde_une_semaine_de_trop_est_une_alerte(echu: Any) -> None:
    mois.preparer()
    fin = minuit_du_mois(horloge.maintenant())
    assert not mois_du_journal.manques(maintenant=fin + timedelta(days=7))["mois-echu"]
    surveillance.surveiller(maintenant=fin + timedelta(days=8, hours=1))
    assert ouvertes() == {"mois-echu"}
    tasks.tenir_les_mois_du_journal(0)
    surveillance.surveiller(maintenant=fin + timedelta(days=8, hours=2))
    assert ouvertes() == set()


def test_des_tables_occupees_attendent_l_heure_suivante(echu: Any) -> None:
    mois.preparer()
    with psycopg.connect(echu.url("sauvegarde")) as lecteur:
        lecteur.execute("SELECT count(*) FROM journal_maillon_origine")
        tasks.tenir_les_mois_du_journal(0)
        assert verifier(CAISSE).nombre == 2
    tasks.tenir_les_mois_du_journal(0)
    with pour(CAISSE):
        assert len(supprimes(CAISSE)) == 1


def test_un_mois_vit_autant_que_la_convention_qui_le_garde_le_plus(
    echu: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    longue = SimpleNamespace(exigee=lambda _: 48)
    autre = SimpleNamespace(conservation=SimpleNamespace(journal_mois=longue))
    servies = conventions.chargees() | {"autre": autre}
    monkeypatch.setattr(conventions, "chargees", lambda: servies)
    tasks.tenir_les_mois_du_journal(0)
    assert verifier(CAISSE).nombre == 2
