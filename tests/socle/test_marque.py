"""What a demonstration shows needs its mark, its setting, and a browser on this machine."""

import psycopg
import pytest
from django.test import Client

from relais.socle import attrape_courriels, marque
from tests import banc

COURRIELS = "/demonstration/courriels/"


@pytest.fixture
def marquee(base: banc.Base) -> banc.Base:
    with psycopg.connect(base.url("proprietaire"), autocommit=True) as connexion:
        connexion.execute(f"COMMENT ON SCHEMA public IS '{marque.MARQUE}'")
    return base


@pytest.fixture
def en_demonstration(settings) -> None:
    settings.DEMONSTRATION = True


@pytest.mark.usefixtures("en_demonstration")
def test_les_courriels_se_lisent_sur_cette_machine(marquee: banc.Base) -> None:
    assert "Aucun courriel pour l’instant" in Client().get(COURRIELS).content.decode()
    for rang in range(30):
        attrape_courriels.garder(marquee.dossier, f"Subject: Essai {rang}\n\n<b>mot</b>".encode())
    page = Client().get(COURRIELS).content.decode()
    assert "Essai 29" in page
    assert "Essai 2<" not in page
    assert "&lt;b&gt;mot" in page
    assert "Essai 2<" in Client().get(f"{COURRIELS}?page=2").content.decode()
    assert Client().post(COURRIELS).status_code == 405


@pytest.mark.usefixtures("en_demonstration")
@pytest.mark.parametrize(
    "ailleurs",
    [
        {"REMOTE_ADDR": "192.0.2.1"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_personne_ne_les_lit_d_une_autre_machine(
    marquee: banc.Base, ailleurs: dict[str, str]
) -> None:
    assert Client().get(COURRIELS, **ailleurs).status_code == 404


@pytest.mark.usefixtures("en_demonstration", "base")
def test_une_base_sans_marque_ne_montre_rien() -> None:
    assert Client().get(COURRIELS).status_code == 404


@pytest.mark.usefixtures("marquee")
def test_une_marque_sans_le_reglage_ne_montre_rien() -> None:
    assert Client().get(COURRIELS).status_code == 404


def test_une_base_pleine_n_est_jamais_marquee(base: banc.Base) -> None:
    with psycopg.connect(base.url("proprietaire"), autocommit=True) as connexion:
        assert not marque.est_vide(connexion)
        assert not marque.marquer(connexion)
        assert not marque.est_marquee(connexion)


@pytest.mark.parametrize(
    "chose",
    [
        "CREATE TABLE une (x int)",
        "CREATE SCHEMA autre CREATE VIEW vue AS SELECT 1 AS un",
        "CREATE FUNCTION une() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE SEQUENCE une",
    ],
)
def test_la_moindre_chose_empeche_de_marquer(base: banc.Base, chose: str) -> None:
    with psycopg.connect(base.url("proprietaire"), autocommit=True) as connexion:
        connexion.execute("DROP SCHEMA public CASCADE")
        connexion.execute("CREATE SCHEMA public")
        assert marque.est_vide(connexion)
        connexion.execute(chose)
        assert not marque.marquer(connexion)


def test_le_role_qui_sert_ne_peut_pas_marquer(base: banc.Base) -> None:
    with (
        psycopg.connect(base.url("execution"), autocommit=True) as connexion,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connexion.execute(f"COMMENT ON SCHEMA public IS '{marque.MARQUE}'")
