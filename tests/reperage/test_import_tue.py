"""kill -9 while a file is read or stored: run again it finishes, nobody twice, nothing in clear."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.test import Client

from relais.coffre.actions import Genre, ouvrir_plusieurs
from relais.coffre.models import Cle
from relais.reperage import dossiers
from relais.reperage.actions import applications, lectures
from relais.reperage.models import Import, Personne
from tests.banc import Base
from tests.couteau import JAMAIS, tuer_au
from tests.fiches.canaris import fichiers
from tests.fiches.gestes import vu_de
from tests.personas import Personas, connecter
from tests.processus import attendre, processus
from tests.reperage.flux import flux, foyer, personne
from tests.reperage.gestes import LE, ORGANISATION, appliquer, deposer, dernier, lire, vider
from tests.rgpd.test_residus_de_la_purge import du_serveur

COMBIEN = 6
CANARI = b"CORMORAN"
ETAPES: dict[str, Callable[..., None]] = {
    "lire": lectures.lire,
    "appliquer": applications.appliquer,
}


def un_flux(combien: int = COMBIEN) -> bytes:
    gens = (
        foyer(
            personne(f"19{60 + rang % 3}-{1 + rang % 12:02}-{1 + rang % 28:02}"),
            personne(f"19{57 + rang % 3}-{1 + rang % 12:02}-{1 + rang % 28:02}", "CJT"),
            demande=str(rang),
        )
        for rang in range(combien)
    )
    return flux(*(un.replace("CORMORAN", f"CORMORAN {n}") for n, un in enumerate(gens)))


@dataclass(frozen=True)
class Atelier:
    """One person who gives files, and the base where they go."""

    base: Base
    charge: Client

    def voles(self) -> list[tuple[UUID, bytes, str]]:
        """Every ciphertext of the file, as a superuser reads it: import, octets, part."""
        requete = (
            "SELECT depot_id, chiffre, 'morceau:' || rang FROM reperage_morceau"
            " UNION ALL SELECT depot_id, chiffre, 'lot:' || rang FROM reperage_lot"
            " UNION ALL SELECT id, constats, 'constats' FROM reperage_import"
            " WHERE constats IS NOT NULL"
        )
        with psycopg.connect(self.base.url("postgres")) as sql:
            return sql.execute(requete).fetchall()

    def en_clair(self) -> list[str]:
        """The files of the base's folder that name somebody."""
        return [
            str(chemin)
            for chemin in self.base.dossier.rglob("*")
            if chemin.is_file() and CANARI in chemin.read_bytes()
        ]


def lus(voles: list[tuple[UUID, bytes, str]]) -> list[bytes]:
    """What opens of these, with the store as it is."""
    ouverts = (
        ouvrir_plusieurs(
            Genre.DEPOT, [(pk, bytes(chiffre))], organisation=ORGANISATION, partie=partie
        )[pk]
        for pk, chiffre, partie in voles
    )
    return [clair for clair in ouverts if clair is not None]


@pytest.fixture
def atelier(personnel: Personas, base: Base, monkeypatch: pytest.MonkeyPatch) -> Atelier:
    monkeypatch.setattr("relais.reperage.imports.lots.NOMBRE", 4)
    return Atelier(base, connecter(personnel.charge_reperage))


def pret_a(etape: str, atelier: Atelier) -> Import:
    """An import about to be read, or about to be stored."""
    depot = deposer(atelier.charge, un_flux())
    if etape == "appliquer":
        lire(depot)
        atelier.charge.post(f"/reperage/imports/{depot.pk}/confirmer/")
    return dernier()


def gardees() -> list[str]:
    """Everybody who is kept, with the birth date."""
    with vu_de(ORGANISATION):
        tous = dossiers.lire_plusieurs(Personne.objects.all()).values()
    return sorted(f"{un.identite.nom} {un.identite.naissance}" for un in tous)


def mourir(etape: str, rang: int, atelier: Atelier, *, apres: bool) -> bool:
    """Kill that job at its point `rang`, then finish: the same end, whatever the point."""
    depot = pret_a(etape, atelier)
    avant = len(gardees())
    geste: Any = partial(ETAPES[etape], depot.pk, organisation=ORGANISATION, maintenant=LE)
    mort = tuer_au(rang, geste, dossier=atelier.base.dossier, apres=apres)
    assert atelier.en_clair() == [], rang
    voles = atelier.voles()
    if etape == "lire":
        assert lire(depot).etat == "pret", rang
        assert (dernier().total, len(gardees())) == (2 * COMBIEN, avant), rang
        atelier.charge.post(f"/reperage/imports/{depot.pk}/annuler/")
        vider(depot)
    else:
        appliquer(depot)
        assert (dernier().etat, dernier().lus) == ("fait", 2 * COMBIEN), rang
        assert len(gardees()) == len(set(gardees())) == 2 * COMBIEN, rang
    assert (dernier().vide_le is not None, atelier.voles(), lus(voles)) == (True, [], []), rang
    assert Cle.objects.filter(genre=Genre.DEPOT).count() == 0, rang
    return mort


@pytest.mark.timeout(400)
@pytest.mark.parametrize("apres", [False, True], ids=["avant", "après"])
@pytest.mark.parametrize("etape", ETAPES)
def test_tue_a_quelques_points_l_import_repris_finit_et_personne_n_y_est_deux_fois(
    etape: str, apres: bool, atelier: Atelier
) -> None:
    """Some points here, all of them in the long test."""
    morts = 0
    for rang in (3, 11, 24, 41, 67, 96) if etape == "lire" else (4, 23, 52, 95, 140):
        morts += mourir(etape, rang, atelier, apres=apres)
    assert morts >= 3


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("apres", [False, True], ids=["avant", "après"])
@pytest.mark.parametrize("etape", ETAPES)
def test_tue_a_tout_point_l_import_repris_finit(etape: str, apres: bool, atelier: Atelier) -> None:
    morts = 0
    for rang in range(1, JAMAIS):
        if not mourir(etape, rang, atelier, apres=apres):
            break
        morts += 1
    assert morts > 40


@pytest.mark.timeout(900)
def test_l_ouvrier_tue_en_pleine_lecture_puis_en_plein_enregistrement(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    """The worker itself, with the jobs as they are queued; another one takes them up."""
    charge, sortie = connecter(personnel.charge_reperage), tmp_path / "ouvrier.log"
    combien = 1500
    depot = deposer(charge, un_flux(combien))
    with au_troisieme_lot(base) as tenu, processus(base, ["ouvrier"], sortie) as premier:
        attendre(tenu, sortie, secondes=120)
        tuer(premier)
    assert dernier().etat == "lecture"
    oublies(base)
    with processus(base, ["ouvrier"], sortie) as deuxieme:
        attendre(lambda: dernier().etat == "pret", sortie, secondes=150)
        with au_troisieme_lot(base) as tenu:
            charge.post(f"/reperage/imports/{depot.pk}/confirmer/")
            attendre(tenu, sortie, secondes=120)
            tuer(deuxieme)
    assert 0 < dernier().lus < dernier().total
    oublies(base)
    with processus(base, ["ouvrier"], sortie):
        attendre(lambda: dernier().vide_le, sortie, secondes=150)
    assert (dernier().etat, dernier().lus) == ("fait", dernier().total)
    assert len(gardees()) == len(set(gardees())) == dernier().total
    assert Cle.objects.filter(genre=Genre.DEPOT).count() == 0
    assert CANARI not in sortie.read_bytes()
    assert CANARI not in fichiers(base.dossier)
    assert [lieu for lieu, octets in du_serveur(base).items() if CANARI in octets] == []


ATTENDRE_AU_TROISIEME_LOT = """
CREATE OR REPLACE FUNCTION essai_attendre() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_advisory_xact_lock_shared(226); RETURN NEW; END $$;
CREATE OR REPLACE TRIGGER essai_attendre BEFORE INSERT OR UPDATE ON reperage_lot
FOR EACH ROW WHEN (NEW.rang = 3) EXECUTE FUNCTION essai_attendre()
"""


@contextmanager
def au_troisieme_lot(base: Base) -> Iterator[Callable[[], bool]]:
    """Who writes the third lot of a file, or stores it, waits; whether somebody does."""
    with psycopg.connect(base.url("postgres"), autocommit=True) as sql:
        sql.execute(ATTENDRE_AU_TROISIEME_LOT)
        sql.execute("SELECT pg_advisory_lock(226)")

        def tenu() -> bool:
            attentes = "SELECT FROM pg_locks WHERE objid = 226 AND NOT granted"
            return sql.execute(attentes).rowcount > 0

        yield tenu


def tuer(lance: Any) -> None:
    os.kill(lance.pid, signal.SIGKILL)
    lance.wait(20)


def oublies(base: Base) -> None:
    """As if a minute had passed since their last heartbeat."""
    with psycopg.connect(base.url("postgres")) as sql:
        sql.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - %s",
            [timedelta(minutes=5)],
        )
