"""Settings read from the environment: what reaches another machine is encrypted."""

import pytest

from config.environnement import postgresql


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://execution:x@base.exemple.test:5432/relais",
        "postgresql://execution:x@192.0.2.7/relais?connect_timeout=3",
        "postgresql://execution@/relais?host=base.exemple.test",
    ],
)
def test_une_base_sur_une_autre_machine_exige_un_certificat_verifie(url):
    assert postgresql(url)["OPTIONS"]["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://execution:x@127.0.0.1:5432/relais",
        "postgresql://execution:x@localhost/relais",
        "postgresql://execution@/relais?host=/run/postgresql&port=5432",
    ],
)
def test_sur_ce_poste_rien_n_est_exige(url):
    assert "sslmode" not in postgresql(url)["OPTIONS"]


def test_un_autre_choix_s_ecrit_dans_l_adresse():
    choisi = postgresql("postgresql://e@base.exemple.test/relais?sslmode=verify-ca")
    assert choisi["OPTIONS"] == {"sslmode": "verify-ca"}
