"""Cancelled, purged or cancelled twice while a lot is compared: no key comes back, no row stays."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from relais.annuaire.contexte import contexte_systeme
from relais.coffre import actions as coffre
from relais.coffre.actions import Genre
from relais.fiches import effacement
from relais.journal.models import Certificat
from relais.reperage.actions import depots, lectures
from relais.reperage.imports import lots
from relais.reperage.models import Import, Lot, Morceau
from relais.rgpd.actions import purge
from tests.banc import Base
from tests.personas import Personas, connecter
from tests.reperage.gestes import LE, ORGANISATION, UN_FLUX, deposer, dernier

Geste = Callable[[Client, Import], object]


def annuler(charge: Client, depot: Import) -> None:
    assert charge.post(f"/reperage/imports/{depot.pk}/annuler/").status_code == 302
    depots.vider_pour(ORGANISATION, depot.pk, maintenant=LE)
    effacement.achever(ORGANISATION, maintenant=LE)


def purger(charge: Client, depot: Import) -> None:
    purge.purger(ORGANISATION, maintenant=depot.a_purger_le)


def autrement(geste: Callable[[], object]) -> None:
    """As another process does it: on connections of its own, to its end."""
    fautes: list[BaseException] = []

    def faire() -> None:
        try:
            geste()
        except BaseException as faute:
            fautes.append(faute)
        finally:
            connections.close_all()

    fil = threading.Thread(target=faire)
    fil.start()
    fil.join(30)
    assert not fil.is_alive()
    assert fautes == []


def restes() -> tuple[int, int]:
    with contexte_systeme(ORGANISATION):
        return Lot.objects.count(), Morceau.objects.count()


@pytest.mark.parametrize("geste", [annuler, purger])
def test_une_cle_detruite_pendant_qu_un_lot_se_compare_ne_revient_pas(
    geste: Geste, personnel: Personas, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge = connecter(personnel.charge_reperage)
    depot = deposer(charge, UN_FLUX)
    comparer = lectures._Relecture._comparer

    def pendant(relecture: lectures._Relecture, contenu: lots.Contenu) -> object:
        trouves = comparer(relecture, contenu)
        autrement(lambda: geste(charge, depot))
        return trouves

    monkeypatch.setattr(lectures._Relecture, "_comparer", pendant)
    lectures.lire(depot.pk, organisation=ORGANISATION, maintenant=LE)
    assert dernier().etat == "annule"
    assert restes() == (0, 0)
    assert coffre.presentes(Genre.DEPOT, [depot.pk]) == set()
    with contexte_systeme(ORGANISATION):
        assert Certificat.objects.filter(objet_id=depot.pk).count() == 1


def test_une_annulation_attend_le_lot_qui_s_ecrit_et_l_emporte(
    personnel: Personas, base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lot has the row's lock: who cancels comes after it, and takes it away."""
    charge = connecter(personnel.charge_reperage)
    depot = deposer(charge, UN_FLUX)
    sceller_un, fils = lots.sceller_un, []

    def pendant(*args: object) -> Lot:
        lot = sceller_un(*args)
        fil = threading.Thread(target=lambda: (annuler(charge, depot), connections.close_all()))
        fil.start()
        fil.join(1)
        assert fil.is_alive()  # it waits
        fils.append(fil)
        return lot

    monkeypatch.setattr(lots, "sceller_un", pendant)
    lectures.lire(depot.pk, organisation=ORGANISATION, maintenant=LE)
    for fil in fils:
        fil.join(30)
    assert (len(fils), dernier().etat) == (1, "annule")
    assert restes() == (0, 0)
    assert coffre.presentes(Genre.DEPOT, [depot.pk]) == set()


@pytest.mark.usefixtures("base")
def test_sans_cle_rien_ne_se_scelle(personnel: Personas) -> None:
    depot = deposer(connecter(personnel.charge_reperage), UN_FLUX)
    coffre.detruire(Genre.DEPOT, [depot.pk])
    with pytest.raises(coffre.CleAbsente):
        lots.sceller_un(depot, 1, [])
    assert coffre.presentes(Genre.DEPOT, [depot.pk]) == set()


def test_la_purge_emporte_ce_qui_reste_d_un_import_vide(personas: Personas) -> None:
    """What a race of before left: rows of an import that was emptied."""
    charge = connecter(personas.charge_reperage)
    depot = deposer(charge, UN_FLUX)
    with contexte_systeme(ORGANISATION):
        depot.constats = b"x"
        depot.vide_le, depot.etat = LE, "annule"
        depot.save()
        lots.sceller_un(depot, 1, []).save()
    assert restes() == (1, 1)
    purge.purger(ORGANISATION, maintenant=LE + timedelta(hours=1))
    assert restes() == (0, 0)
    assert dernier().constats is None
