"""A flood of logins takes a part of the service, never all of it, and locks nobody out."""

import threading
import time
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client

from relais.annuaire import affluence
from tests.annuaire.gestes import donner_mot_de_passe
from tests.hachage import Argon2Rapide
from tests.personas import connecter, creer_personas

LENT = 0.1  # seconds that one password takes


class Compteur:
    """How many passwords are examined at this instant, and the most there were."""

    def __init__(self) -> None:
        self.verrou, self.ici, self.au_plus = threading.Lock(), 0, 0

    def passer(self, hacher: Any) -> Any:
        def hachage(*arguments: Any) -> Any:
            with self.verrou:
                self.ici += 1
                self.au_plus = max(self.au_plus, self.ici)
            time.sleep(LENT)
            try:
                return hacher(*arguments)
            finally:
                with self.verrou:
                    self.ici -= 1

        return hachage


@pytest.fixture
def compteur(monkeypatch: pytest.MonkeyPatch) -> Compteur:
    un = Compteur()
    monkeypatch.setattr(Argon2Rapide, "encode", un.passer(Argon2Rapide.encode))
    monkeypatch.setattr(Argon2Rapide, "verify", un.passer(Argon2Rapide.verify))
    return un


def inonder(fils: int, fin: threading.Event) -> tuple[list[threading.Thread], Counter[int]]:
    """Threads that try invented accounts until the end, and what they get."""
    obtenus, verrou = Counter[int](), threading.Lock()

    def tenter(rang: int) -> None:
        essai = 0
        while not fin.is_set():
            essai += 1
            adresse = f"invente{rang}-{essai}@exemple.test"
            statut = donner_mot_de_passe(Client(), adresse, "au hasard", REMOTE_ADDR="192.0.2.1")
            with verrou:
                obtenus[statut.status_code] += 1
            if statut.status_code == 503:
                time.sleep(LENT)
        connections.close_all()

    equipe = [threading.Thread(target=tenter, args=(rang,)) for rang in range(fils)]
    for fil in equipe:
        fil.start()
    return equipe, obtenus


@pytest.mark.seul
def test_mille_comptes_inventes_n_occupent_que_leurs_places(base: Any, compteur: Compteur) -> None:
    personas = creer_personas()
    agent, fin = connecter(personas.ts_rennes), threading.Event()
    compteur.au_plus = 0
    equipe, obtenus = inonder(12, fin)
    try:
        assert min(duree_d_une_page(agent) for _ in range(3)) < 2  # these threads share one process
        entrees = entrer_malgre_tout(personas.ts_redon.agent.email)
    finally:
        fin.set()
        for fil in equipe:
            fil.join()
    assert compteur.au_plus == settings.CONNEXIONS_ENSEMBLE
    assert set(obtenus) == {422, 503}
    assert entrees == 302


def duree_d_une_page(agent: Client) -> float:
    debut = time.monotonic()
    assert agent.get("/fiches/").status_code == 200
    return time.monotonic() - debut


def entrer_malgre_tout(adresse: str) -> int:
    """Somebody from the same office, who tries again when told to."""
    fin, statut = time.monotonic() + 30, 503
    while statut == 503 and time.monotonic() < fin:
        statut = donner_mot_de_passe(Client(), adresse, REMOTE_ADDR="192.0.2.1").status_code
        time.sleep(0.05)
    return statut


def test_la_page_dit_quoi_faire(
    personas: Any, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(affluence, "_file", threading.BoundedSemaphore(1))
    with affluence.guichet():
        reponse = donner_mot_de_passe(client, personas.ts_rennes.agent.email)
    assert reponse.status_code == 503
    assert reponse.headers["Retry-After"] == "5"
    assert "Recommencez dans quelques secondes" in reponse.content.decode()
    assert client.get("/compte/connexion/").status_code == 200
    assert donner_mot_de_passe(client, personas.ts_rennes.agent.email).status_code == 302


def test_une_place_se_rend_meme_apres_une_panne() -> None:
    for _ in range(10):
        with pytest.raises(ZeroDivisionError), affluence.guichet():
            raise ZeroDivisionError
    with affluence.guichet():
        pass


def test_qui_commence_trop_de_fiches_attend(personas: Any, settings: Any) -> None:
    settings.LIMITES = settings.LIMITES | {"brouillon": (2, timedelta(hours=1))}
    social = connecter(personas.ts_rennes)
    pages = [social.post("/fiches/nouvelle/").headers["Location"] for _ in range(3)]
    assert [page == "/fiches/" for page in pages] == [False, False, True]
    assert (
        "Beaucoup de fiches commencées en peu de temps" in social.get("/fiches/").content.decode()
    )
    assert connecter(personas.ts_redon).post("/fiches/nouvelle/").headers["Location"] != "/fiches/"
