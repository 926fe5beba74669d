"""The wall of the caseload alone: PostgreSQL refuses, without any filter of ours."""

from typing import Any

import psycopg
import pytest
from django.apps import apps
from psycopg.errors import InsufficientPrivilege

from relais.annuaire.contexte import contexte, contexte_systeme
from relais.reperage.models import Correspondance, Import, Lot, Morceau, Personne
from tests.banc import Base
from tests.personas import Personas
from tests.reperage.personnes import DEPARTEMENT, NOE, NOVEMBRE, ODE, enregistrer, le_jour
from tests.reperage.test_purge_du_reperage import deposer

MURES = (Personne, Import, Morceau, Lot, Correspondance)
AUTRES = (None, "", "carsat-bretagne", "autre-caisse", "cd35 ", "%")


def nombres(base: Base, organisation: str | None, role: str = "execution") -> list[int]:
    """How many rows of each walled table come through."""
    with psycopg.connect(base.url(role)) as sql:
        if organisation is not None:
            sql.execute("SELECT set_config('relais.organisation', %s, true)", [organisation])
        return [
            sql.execute(f"SELECT count(*) FROM {m._meta.db_table}").fetchone()[0]  # type: ignore[index]
            for m in MURES
        ]


@pytest.fixture
def rempli(personnel: Personas) -> Personas:
    enregistrer(ODE, NOE, au=NOVEMBRE)
    deposer(personnel, le_jour(NOVEMBRE))
    with contexte_systeme(DEPARTEMENT):
        Correspondance.objects.create(
            organisation_id=DEPARTEMENT,
            titre="venue au monde",
            champ="naissance",
            choisie_le=le_jour(NOVEMBRE),
            servie_le=NOVEMBRE,
        )
    return personnel


@pytest.mark.parametrize("role", ["execution", "proprietaire"])
def test_une_autre_organisation_ne_voit_rien_du_reperage(
    role: str, rempli: Personas, base: Base
) -> None:
    for organisation in AUTRES:
        assert nombres(base, organisation, role) == [0, 0, 0, 0, 0], organisation
    assert nombres(base, DEPARTEMENT, role) == [2, 1, 1, 1, 1]


def test_l_orm_sans_filtre_ne_rend_rien_a_la_caisse(rempli: Personas) -> None:
    assert [m._default_manager.count() for m in MURES] == [0, 0, 0, 0, 0]
    with contexte(rempli.agent_caisse):
        assert [m._default_manager.count() for m in MURES] == [0, 0, 0, 0, 0]
        assert Personne.objects.update(urgence=4) == 0
        assert Personne.objects.all().delete()[0] == 0


def test_personne_n_ecrit_une_ligne_chez_une_autre_organisation(
    rempli: Personas, base: Base
) -> None:
    for ordre in (
        "UPDATE reperage_personne SET organisation_id = 'carsat-bretagne'",
        "UPDATE reperage_import SET organisation_id = 'carsat-bretagne'",
        "UPDATE reperage_morceau SET organisation_id = 'carsat-bretagne'",
        "UPDATE reperage_lot SET organisation_id = 'carsat-bretagne'",
        "UPDATE reperage_correspondance SET organisation_id = 'carsat-bretagne'",
    ):
        with psycopg.connect(base.url()) as sql:
            sql.execute("SELECT set_config('relais.organisation', %s, true)", [DEPARTEMENT])
            with pytest.raises(InsufficientPrivilege):
                sql.execute(ordre)
            sql.rollback()


def test_chaque_table_du_reperage_est_muree_de_force(base: Any) -> None:
    tables = {m._meta.db_table for m in apps.get_app_config("reperage").get_models()}
    with psycopg.connect(base.url("proprietaire")) as sql:
        forcees = {
            ligne[0]
            for ligne in sql.execute(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            )
        }
    assert tables - forcees == set()
