"""The probe says what the next person to save would meet, and leaves nothing behind."""

import os
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections
from django.test import RequestFactory

from relais.coffre import actions, sonde, tasks
from relais.coffre.actions import Genre
from relais.coffre.erreurs import (
    CoffreAbsent,
    CoffreCorrompu,
    CoffreEnLectureSeule,
    CoffreIndisponible,
    CoffrePlein,
    RacineRefusee,
)
from relais.coffre.models import Kek
from relais.socle import sante
from tests.coffre.conftest import Coffre


def perdre(coffre: Coffre, monkeypatch: pytest.MonkeyPatch) -> None:
    coffre.fichier.unlink()


def vider(coffre: Coffre, monkeypatch: pytest.MonkeyPatch) -> None:
    coffre.sql("DELETE FROM coffre_kek")


def brouiller(coffre: Coffre, monkeypatch: pytest.MonkeyPatch) -> None:
    coffre.fichier.write_bytes(os.urandom(8192))


def alterer(coffre: Coffre, monkeypatch: pytest.MonkeyPatch) -> None:
    bonne = bytes(Kek.objects.get().enveloppe)
    Kek.objects.update(enveloppe=bonne[:-1] + bytes([bonne[-1] ^ 1]))


def oter_la_racine(coffre: Coffre, monkeypatch: pytest.MonkeyPatch) -> None:
    coffre.racine.unlink()


def en_lecture_seule(coffre: Coffre, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.generation()
    with connections["coffre"].cursor() as curseur:
        curseur.execute("PRAGMA query_only=ON")


def remplir_le_disque(coffre: Coffre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sonde, "PLACE", 1 << 62)


PANNES = [
    (perdre, CoffreAbsent),
    (vider, CoffreAbsent),
    (brouiller, CoffreCorrompu),
    (alterer, CoffreCorrompu),
    (oter_la_racine, RacineRefusee),
    (en_lecture_seule, CoffreEnLectureSeule),
    (remplir_le_disque, CoffrePlein),
]


@pytest.fixture
def pret(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What /sante/pret answers, with a PostgreSQL that does."""
    monkeypatch.setattr(sante, "sonder_la_base", lambda: None)
    return lambda: sante.pret(RequestFactory().get("/sante/pret"))


def test_un_coffre_en_etat_ne_bouge_pas(coffre: Coffre, pret: Any) -> None:
    actions.creer_cle(Genre.NOTE, uuid4(), organisation="cd35")
    connections["coffre"].close()
    avant = coffre.fichier.read_bytes()
    sonde.sonder()
    assert pret().status_code == 200
    connections["coffre"].close()
    assert coffre.fichier.read_bytes() == avant


@pytest.mark.parametrize(("panne", "faute"), PANNES)
def test_chaque_panne_se_dit_ouvre_une_alerte_et_rend_le_service_non_pret(
    coffre: Coffre,
    monkeypatch: pytest.MonkeyPatch,
    pret: Any,
    panne: Any,
    faute: type[CoffreIndisponible],
) -> None:
    vues: list[str] = []
    monkeypatch.setattr(tasks.alertes, "alerter", lambda nature: vues.append(f"+{nature}"))
    monkeypatch.setattr(tasks.alertes, "clore", lambda nature: vues.append(f"-{nature}"))
    tasks.signaler_l_etat()
    panne(coffre, monkeypatch)
    with pytest.raises(faute):
        sonde.sonder()
    if panne is en_lecture_seule:
        panne(coffre, monkeypatch)  # a connection that failed is not kept
    reponse = pret()
    assert (reponse.status_code, reponse.content.decode()) == (503, "coffre ne répond pas\n")
    if panne is en_lecture_seule:
        panne(coffre, monkeypatch)
    tasks.signaler_l_etat()
    assert vues == ["-coffre", "+coffre"]
    assert coffre.fichier.exists() or panne is perdre  # nothing makes an empty one
