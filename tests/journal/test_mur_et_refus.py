"""The wall between organisations, and what nobody can do to a journal."""

from itertools import product
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from .conftest import CARSAT, CD35, Ouvrir, inserer, sequences

TABLES = ("journal_evenement", "journal_maillon", "journal_chaine")
GESTES = ("DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET organisation = 'autre-organisation'")


@pytest.fixture
def deux_journaux(ouvrir: Ouvrir) -> None:
    for organisation in (CD35, CARSAT):
        with ouvrir(organisation) as connexion:
            inserer(connexion, organisation)


def test_une_organisation_ne_lit_que_son_journal(deux_journaux: None, ouvrir: Ouvrir) -> None:
    for organisation, attendu in ((CD35, [(CD35,)]), (CARSAT, [(CARSAT,)]), ("", [])):
        with ouvrir(organisation) as connexion:
            for table in TABLES:
                assert connexion.execute(f"SELECT organisation FROM {table}").fetchall() == attendu


def test_le_mur_tient_aussi_pour_le_proprietaire(deux_journaux: None, ouvrir: Ouvrir) -> None:
    with ouvrir(CD35, role="proprietaire") as connexion:
        for table in TABLES:
            lues = connexion.execute(f"SELECT organisation FROM {table}").fetchall()
            assert lues == [(CD35,)]


def test_une_organisation_n_ecrit_pas_chez_une_autre(ouvrir: Ouvrir) -> None:
    with (
        pytest.raises(InsufficientPrivilege, match="row-level security"),
        ouvrir(CD35) as connexion,
    ):
        inserer(connexion, CARSAT)


def test_le_destinataire_seul_lit_l_evenement_de_sa_reception(depot: None, ouvrir: Ouvrir) -> None:
    with ouvrir(CD35) as connexion:
        inserer(connexion, CD35, action="transmettre")
        connexion.execute("SELECT essai_deposer(%s)", [CARSAT])
        assert connexion.execute("SELECT current_setting('relais.organisation')").fetchone() == (
            CD35,
        )
        assert connexion.execute("SELECT action FROM journal_evenement").fetchall() == [
            ("transmettre",)
        ]
    with ouvrir(CARSAT) as connexion:
        recus = connexion.execute("SELECT action, objet, agent FROM journal_evenement").fetchall()
        assert recus == [("depot_recu", "K7QF-3MWP", None)]
        assert connexion.execute("SELECT sequence FROM journal_maillon").fetchall() == [(1,)]


@pytest.mark.parametrize("role", ["execution", "proprietaire", "entretien", "controle"])
def test_personne_ne_modifie_ni_n_efface_le_journal(
    role: str, deux_journaux: None, ouvrir: Ouvrir
) -> None:
    for table, geste in product(TABLES, GESTES):
        with pytest.raises(InsufficientPrivilege), ouvrir(CD35, role=role) as connexion:
            connexion.execute(geste.format(table))


def test_le_mode_de_replication_ne_leve_pas_le_refus(deux_journaux: None, base: Any) -> None:
    with psycopg.connect(base.url("postgres"), autocommit=True) as connexion:
        connexion.execute("SET session_replication_role = replica")
        for table in TABLES:
            with pytest.raises(InsufficientPrivilege, match="ne se modifie pas"):
                connexion.execute(f"DELETE FROM {table}")


def test_le_mode_de_replication_n_evite_pas_la_chaine(deux_journaux: None, base: Any) -> None:
    with psycopg.connect(base.url("postgres")) as connexion:
        connexion.execute("SET session_replication_role = replica")
        inserer(connexion, CD35)
    with psycopg.connect(base.url("postgres")) as connexion:
        assert connexion.execute(
            "SELECT sequence FROM journal_chaine WHERE organisation = %s", [CD35]
        ).fetchone() == (2,)


@pytest.mark.parametrize("table", ["journal_maillon", "journal_chaine"])
def test_execution_n_ecrit_pas_la_chaine(table: str, ouvrir: Ouvrir) -> None:
    with pytest.raises(InsufficientPrivilege), ouvrir(CD35) as connexion:
        connexion.execute(f"INSERT INTO {table} DEFAULT VALUES")


def test_la_tete_d_une_chaine_ne_se_place_pas_a_la_main(ouvrir: Ouvrir) -> None:
    faux = (
        "INSERT INTO journal_chaine VALUES ('cd35', 7, sha256('faux'))",
        "UPDATE journal_chaine SET sequence = sequence + 1, empreinte = sha256('faux')",
    )
    with ouvrir(CARSAT) as connexion:
        inserer(connexion, CARSAT)
    for requete, organisation in zip(faux, (CD35, CARSAT), strict=True):
        with (
            pytest.raises(InsufficientPrivilege, match="tête de la chaîne"),
            ouvrir(organisation, role="proprietaire") as connexion,
        ):
            connexion.execute(requete)


def test_execution_n_appelle_aucune_fonction_du_journal(ouvrir: Ouvrir) -> None:
    with ouvrir("", role="proprietaire") as connexion:
        permises = connexion.execute(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'journal\\_%'"
            " AND has_function_privilege('execution', oid, 'EXECUTE')"
        ).fetchall()
    assert permises == []
    with pytest.raises(InsufficientPrivilege), ouvrir(CD35) as connexion:
        connexion.execute("SELECT journal_consigner_pour('carsat-bretagne', 'lecture', '')")


def test_ni_le_numero_ni_l_heure_ne_viennent_de_l_appelant(ouvrir: Ouvrir) -> None:
    with ouvrir(CD35) as connexion:
        rangee = connexion.execute(
            "INSERT INTO journal_evenement"
            " (id, cree_le, organisation, action, objet, issue, nombre)"
            " VALUES (987654, '2020-01-01', 'cd35', 'lecture', '', 'fait', 1)"
            " RETURNING id, clock_timestamp() - cree_le"
        ).fetchone()
    assert rangee is not None
    numero, ecart = rangee
    assert numero != 987654
    assert ecart.total_seconds() < 30


def test_un_reglage_truque_ne_casse_pas_la_chaine(ouvrir: Ouvrir) -> None:
    reglages = ("relais.journal_verrous", "relais.journal_organisations")
    for reglage in ("relais.sans_effet", *reglages):
        with ouvrir(CD35) as connexion:
            connexion.execute("SELECT set_config(%s, 'cd35', true)", [reglage])
            inserer(connexion, CD35)
    with ouvrir(CD35) as connexion:
        assert sequences(connexion, CD35) == [1, 2, 3]
