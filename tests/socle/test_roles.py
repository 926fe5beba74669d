"""What each role of the base may do, proved by trying."""

import psycopg
import pytest

from relais.socle.base import accorder
from tests import banc

REFUS = (psycopg.errors.InsufficientPrivilege,)


@pytest.fixture
def en(base):
    """`en(role, sql)`: one statement under a role, in the base of the test."""

    def executer(role: str, sql: str) -> list:
        with psycopg.connect(base.url(role), autocommit=True) as connexion:
            curseur = connexion.execute(sql)
            return curseur.fetchall() if curseur.description else []

    return executer


@pytest.mark.parametrize(
    "sql",
    [
        "TRUNCATE socle_cache",
        "CREATE TABLE essai (n int)",
        "ALTER TABLE socle_cache ADD n int",
        "DROP TABLE socle_cache",
        "ALTER TABLE socle_cache DISABLE TRIGGER ALL",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('x', 'x', now())",
        "DELETE FROM django_migrations",
        "UPDATE journal_evenement SET objet = ''",
        "DELETE FROM journal_evenement",
        "TRUNCATE journal_evenement",
        "INSERT INTO journal_maillon DEFAULT VALUES",
        "DELETE FROM journal_maillon",
        "SET ROLE proprietaire",
        "SET session_replication_role = replica",
    ],
)
def test_le_role_qui_sert_ne_peut_ni_defaire_ni_maquiller(en, sql):
    with pytest.raises(REFUS):
        en("execution", sql)


def test_le_role_qui_sert_lit_et_ecrit_les_tables_ordinaires(en):
    en("execution", "INSERT INTO socle_cache VALUES ('a', 'b', now())")
    en("execution", "UPDATE socle_cache SET value = 'c'")
    assert en("execution", "DELETE FROM socle_cache RETURNING value") == [("c",)]


@pytest.mark.parametrize(
    ("role", "droit", "accorde"),
    [
        ("execution", "CONNECT", True),
        ("execution", "TEMP", False),
        ("execution", "CREATE", False),
        ("sauvegarde", "CREATE", False),
    ],
)
def test_une_base_migree_n_est_ouverte_qu_a_nos_roles(en, role, droit, accorde):
    question = f"SELECT has_database_privilege('{role}', '{banc.MODELE}', '{droit}')"
    assert en("proprietaire", question) == [(accorde,)]


def test_le_role_qui_sert_ne_possede_rien(en):
    possede = "SELECT relname FROM pg_class WHERE relowner = 'execution'::regrole"
    assert en("execution", possede) == []


def test_le_controle_ne_lit_que_le_journal(en):
    en("controle", "SELECT count(*) FROM journal_evenement")
    with pytest.raises(REFUS):
        en("controle", "SELECT count(*) FROM annuaire_agent")
    with pytest.raises(REFUS):
        en("controle", "INSERT INTO journal_maillon DEFAULT VALUES")


def test_la_sauvegarde_lit_tout_et_n_ecrit_rien(en):
    illisibles = en(
        "sauvegarde",
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'S') AND NOT has_table_privilege(oid, 'SELECT')",
    )
    assert illisibles == []
    with pytest.raises(REFUS):
        en("sauvegarde", "DELETE FROM socle_cache")


def test_l_entretien_ne_lit_aucune_table(en):
    lisibles = en(
        "entretien",
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'SELECT')",
    )
    assert lisibles == []


def test_aucune_fonction_n_est_ouverte_a_tous(en):
    ouvertes = en(
        "controle",
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND has_function_privilege(oid, 'EXECUTE')",
    )
    assert ouvertes == []


def test_les_droits_accordes_deux_fois_restent_les_memes(base):
    def droits(connexion):
        return connexion.execute(
            "SELECT relname, relacl::text FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()

    with psycopg.connect(base.url("proprietaire")) as connexion:
        connexion.execute("GRANT TRUNCATE ON socle_cache TO execution")
        connexion.execute("GRANT SELECT ON annuaire_agent TO controle")
        accorder(connexion)
        avant = droits(connexion)
        accorder(connexion)
        assert droits(connexion) == avant
        assert "D" not in dict(avant)["socle_cache"].split("execution=")[1].split("/")[0]


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Éléonore d’Œuvre", "Eleonore d'OEuvre"),
        ("ÿ ñ ç Å ß æ Ø ł", "y n c A ss ae O l"),
        ("e\u0301te\u0301", "ete"),
        ("", ""),
    ],
)
def test_le_tri_ignore_les_accents(en, texte, attendu):
    assert en("execution", f"SELECT f_unaccent($t${texte}$t$)") == [(attendu,)]


def test_le_tri_sans_accent_tient_dans_un_index(en):
    en("proprietaire", "CREATE INDEX ON socle_alerte (lower(f_unaccent(objet)))")
