"""kill -9 of backups and restores, at their lines and at any instant, pg_dump and pg_restore in the
middle: nothing unfinished passes for finished, the base is the former or the restored one, what was
purged is never read, and the rerun finishes."""

import fcntl
import itertools
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from relais.fiches.models import Fiche
from relais.rgpd import sauvegardes
from relais.rgpd.actions import restauration
from relais.rgpd.actions.sauvegarde import sauvegarder
from relais.rgpd.sauvegardes import Sauvegarde
from relais.socle import demarrage, horloge
from tests.banc import Base
from tests.fiches import gestes
from tests.fiches.gestes import CAISSE, DEPARTEMENT
from tests.personas import Personas
from tests.rgpd.gestes import lisibles, purger
from tests.rgpd.lame import compter_les_lignes, lacher, tuer_a_la_ligne, tuer_apres
from tests.rgpd.sauvegarde import mises_de_cote, sql

LUS = (
    *("rgpd/actions/sauvegarde.py", "rgpd/actions/restauration.py", "rgpd/actions/rejeu.py"),
    *("rgpd/sauvegardes.py", "socle/vidage.py", "socle/exploitation.py", "socle/base.py"),
)
# Between the mark and the new name, every line counts.
PIVOTS = tuple(f"rgpd/actions/restauration.py:{f}" for f in ("_marquer", "_echanger", "_renommer"))
Tuer = Callable[[], bool]


def morts(
    geste: Callable[[], Any],
    base: Base,
    *,
    lignes: int = 0,
    instants: int = 0,
    lues: tuple[str, ...] = LUS,
) -> list[Tuer]:
    """Ways to kill that gesture: at so many lines spread over it, 0 for each of them, and at so
    many instants of its length. Counting its lines plays it once to its end.
    """
    debut = horloge.maintenant()
    toutes = compter_les_lignes(geste, lues=lues)
    duree = (horloge.maintenant() - debut).total_seconds()
    voulues = min(lignes or toutes, toutes)
    tirage = random.Random(instants)
    return [
        *(_a_la_ligne(1 + rang * toutes // voulues, geste, base, lues) for rang in range(voulues)),
        *(_apres(tirage.uniform(0, 0.8 * duree), geste, base) for _ in range(instants)),
    ]


def _a_la_ligne(rang: int, geste: Callable[[], Any], base: Base, lues: tuple[str, ...]) -> Tuer:
    return lambda: tuer_a_la_ligne(rang, geste, lues=lues, dossier=base.dossier)


def _apres(instant: float, geste: Callable[[], Any], base: Base) -> Tuer:
    """Sooner when it was over by then: counting its lines, or other programs, made it longer."""

    def tuer() -> bool:
        attente = instant
        while not tuer_apres(attente, geste, dossier=base.dossier):
            attente /= 2
        return True

    return tuer


def tuer_des_sauvegardes(base: Base, dossier: Path, *, lignes: int, instants: int) -> int:
    """How many died. Each complete one reads back as its manifest says."""

    def sauver() -> None:
        sauvegarder(dossier)

    lacher()
    vues: set[Sauvegarde] = set()
    tuees = 0
    for tuer in morts(sauver, base, lignes=lignes, instants=instants):
        tuees += tuer()
        attendre_le_verrou(dossier)
        for une in set(sauvegardes.toutes(dossier)) - vues:
            une.manifeste()
            assert sorted(f.name for f in une.dossier.iterdir()) == ["base.dump", "manifeste.json"]
            vues.add(une)
    sauver()
    assert not list(dossier.glob("*.part"))
    assert set(sauvegardes.toutes(dossier)) > vues
    return tuees


def attendre_le_verrou(dossier: Path) -> None:
    """A child that was being made when its parent died holds the lock until it becomes pg_dump."""
    dossier.mkdir(parents=True, exist_ok=True)
    with (dossier / ".verrou").open("a") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)


class Restaurations:
    """A base restored again and again from one backup, killed on the way."""

    def __init__(self, base: Base, sauvegarde: Sauvegarde, vivante: Fiche, purgee: list[UUID]):
        self.base, self.sauvegarde = base, sauvegarde
        self.vivante, self.purgee = vivante, purgee
        self.tours = itertools.count(1)

    def restaurer(self) -> None:
        with restauration.seul():
            restauration.mettre_en_place(
                self.sauvegarde, confirmer=True, maintenant=horloge.maintenant()
            )
            restauration.rejouer(maintenant=horloge.maintenant())

    def vieillir(self) -> None:
        """Something that the backup has not: by it the former base is known."""
        sql(self.base, f"UPDATE socle_restauration SET empreinte = 'vue {next(self.tours)}'")
        list(mises_de_cote(self.base))

    def regarder(self) -> bool:
        """Whether the restored base is in place; whatever is, is one whole base that is safe."""
        ((marques, en_attente, vues),) = sql(
            self.base,
            "SELECT count(*), count(*) FILTER (WHERE rejouee_le IS NULL),"
            " count(*) FILTER (WHERE empreinte LIKE 'vue %') FROM socle_restauration",
        )
        assert marques, "restored, and nothing says so"
        if en_attente:
            with pytest.raises(SystemExit, match="n’ont pas été rejoués"):
                demarrage.verifier_pret()
        else:
            demarrage.verifier_pret()
            self.rien_de_purge()
        lacher()
        return not vues

    def rien_de_purge(self) -> None:
        assert not any(gestes.a_une_cle("exemplaire", copie) for copie in self.purgee)
        assert lisibles(self.vivante, CAISSE) == lisibles(self.vivante, DEPARTEMENT) == 1

    def tuer(self, **points: Any) -> int:
        tuees = 0
        for tuer in morts(self.restaurer, self.base, **points):
            if self.regarder():  # put in place by the last one: the rerun ends it
                lacher()
                self.restaurer()
                self.rien_de_purge()
                self.vieillir()
            lacher()
            tuees += tuer()
        lacher()
        self.restaurer()
        assert self.regarder()
        self.rien_de_purge()
        return tuees


def preparer(personnel: Personas, base: Base, dossier: Path) -> Restaurations:
    """A backup from before a purge, and the purge."""
    vingt_jours = timezone.now() - timedelta(days=19, hours=23)
    vivante = gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    purgees = [gestes.transmettre(personnel.ts_rennes, le=vingt_jours) for _ in range(3)]
    copies = [copie for une in purgees for copie in gestes.copies(une, CAISSE)]
    lacher()
    faite = sauvegarder(dossier).sauvegarde
    purger(timezone.now() + timedelta(hours=2))
    assert not any(gestes.a_une_cle("exemplaire", copie) for copie in copies)
    lacher()
    return Restaurations(base, faite, vivante, copies)


@pytest.mark.usefixtures("exploitant")
@pytest.mark.timeout(900)
def test_tuee_la_sauvegarde_ne_passe_jamais_pour_finie(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    """30 points here; every line in the long test."""
    gestes.transmettre(personnel.ts_rennes, le=timezone.now())
    assert tuer_des_sauvegardes(base, tmp_path / "s", lignes=20, instants=10) >= 24


@pytest.mark.usefixtures("exploitant")
@pytest.mark.timeout(900)
def test_tuee_la_restauration_s_acheve_et_ne_rend_rien_de_purge(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    """Lines around the change of names here, and instants; every line in the long test."""
    restaurations = preparer(personnel, base, tmp_path / "s")
    assert restaurations.tuer(lues=PIVOTS, lignes=10, instants=6) >= 12


@pytest.mark.long
@pytest.mark.usefixtures("exploitant")
@pytest.mark.timeout(7200)
def test_tuees_a_chaque_ligne_sauvegarde_et_restauration_s_achevent(
    personnel: Personas, base: Base, tmp_path: Path
) -> None:
    siennes = ("rgpd/actions/restauration.py",)
    tuees = preparer(personnel, base, tmp_path / "s").tuer(lues=siennes, instants=40)
    tuees += tuer_des_sauvegardes(base, tmp_path / "sauvegardes", lignes=0, instants=40)
    assert tuees >= 200
