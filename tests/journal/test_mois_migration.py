"""A base of before the months, with its acts: they become the first month, none written again."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from relais.journal.chaine import verifier
from relais.socle.base import accorder, creer_base, supprimer_base
from tests import banc

from .conftest import CARSAT, CD35, inserer, murer
from .temps import PARENTS, mois_de, noter

NOM = "base_d_avant"


def migrer(ancienne: banc.Base, *cible: str) -> None:
    resultat = subprocess.run(
        [sys.executable, "-m", "relais", "migrate", "journal", *cible, "--verbosity=0"],
        cwd=banc.RACINE,
        env=ancienne.environnement() | {"RELAIS_ROLE": "proprietaire"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert resultat.returncode == 0, resultat.stderr


@pytest.fixture
def ancienne(base: banc.Base) -> Iterator[banc.Base]:
    """Migrated up to the months, with acts of two organisations."""
    with banc.superutilisateur(base.banc) as connexion:
        creer_base(connexion, NOM)
    ancienne = banc.Base(NOM, base.dossier, base.banc)
    try:
        migrer(ancienne, "0007")
        for organisation in (CD35, CARSAT, CD35):
            with psycopg.connect(ancienne.url("proprietaire")) as connexion:
                murer(connexion, organisation)
                inserer(connexion, organisation)
        yield ancienne
    finally:
        with banc.superutilisateur(base.banc) as connexion:
            supprimer_base(connexion, NOM)


def lire(une: banc.Base, requete: str) -> list[Any]:
    with psycopg.connect(une.url("postgres")) as connexion:
        return connexion.execute(requete).fetchall()


def test_une_base_pleine_devient_son_premier_mois(ancienne: banc.Base) -> None:
    places = "SELECT relfilenode FROM pg_class WHERE relname = ANY ('{%s}') ORDER BY 1"
    avant = {table: lire(ancienne, f"SELECT ctid, * FROM {table} ORDER BY 2") for table in PARENTS}
    fichiers = lire(ancienne, places % ",".join(PARENTS))
    migrer(ancienne)
    assert fichiers == lire(ancienne, places % ",".join(f"{p}_origine" for p in PARENTS))
    for table, lignes in avant.items():
        assert lire(ancienne, f"SELECT ctid, * FROM {table} ORDER BY 2") == lignes
    with psycopg.connect(ancienne.url("proprietaire")) as connexion:
        accorder(connexion)
        assert [len(mois_de(connexion, parent)) for parent in PARENTS] == [5, 5]
    with banc.branche_sur(ancienne):
        noter(CD35)
        for organisation, nombre in ((CD35, 3), (CARSAT, 1)):
            constat = verifier(organisation)
            assert (constat.intacte, constat.nombre) == (True, nombre)
